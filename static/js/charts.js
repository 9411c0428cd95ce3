// Draws each canvas[data-chart] from the JSON in the script element whose id it names:
// {"labels": [ISO dates or numbers], "x": "time" | "number", "unit": "percent" | "dollars" | "dollars_k",
//  "series": [{"name", "values", "tone": "accent" | "muted" | "bad" | "ok" | "warn", "dashed": true | false}]}
// Dollars are dollars in both units; dollars_k writes the axis in thousands. null leaves a gap. data-legend names an
// element for the legend; otherwise it stands above the drawing.
(() => {
  const DAY = 86400000;
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const font = (size) => ({ family: '"Inter Variable", system-ui, sans-serif', size });

  // Chart.js can't read color-mix() or var(): the browser resolves them through an element.
  const color = (tone, host) => {
    const probe = host.appendChild(document.createElement("span"));
    probe.className = `tone-${tone}`;
    const resolved = getComputedStyle(probe).color;
    probe.remove();
    return resolved;
  };

  const money = (value, digits = 0) => value.toLocaleString("en-US", { style: "currency", currency: "USD", maximumFractionDigits: digits, minimumFractionDigits: digits });
  const write = (unit, value) => (unit === "percent" ? `${value.toFixed(2)}%` : money(value));
  const tick = (unit, step) => (value) => {
    if (unit === "percent") return `${value.toFixed(step < 0.1 ? 2 : 1)}%`;
    return unit === "dollars_k" && value !== 0 ? `${money(value / 1000, step < 1000 ? 1 : 0)}k` : money(value);
  };
  const day = (iso) => Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / DAY;
  const dated = (value) => { const at = new Date(value * DAY); return `${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}, ${at.getUTCFullYear()}`; };

  // Month starts, as many as have room. A year is written where it begins.
  const months = (axis) => {
    const [from, to] = [new Date(axis.min * DAY), new Date(axis.max * DAY)];
    const span = (to - from) / DAY / 30.4;
    const room = Math.max(2, Math.floor(axis.chart.width / 72));
    const step = [1, 2, 3, 6, 12, 24, 36, 60, 72, 120].find((size) => span / size <= room) ?? 240;
    const first = from.getUTCFullYear() * 12 + from.getUTCMonth() + (from.getUTCDate() > 1 ? 1 : 0);
    const ticks = [];
    for (let month = Math.ceil(first / step) * step; ; month += step) {
      const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY;
      if (at > axis.max) break;
      const year = Math.floor(month / 12);
      ticks.push({ value: at, label: step >= 12 ? String(year) : month % 12 === 0 ? `Jan ${year}` : MONTHS[month % 12] });
    }
    axis.ticks = ticks;
  };

  const points = (data) => data.series.map((series) => series.values
    .map((value, at) => ({ x: data.x === "number" ? Number(data.labels[at]) : day(data.labels[at]), y: value === null ? null : Number(value) })));

  const describe = (data) => data.series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null).map(Number);
    if (!known.length) return `${name}: no values`;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return `${name}: from ${write(data.unit, known[0])} to ${write(data.unit, known.at(-1))}, lowest ${write(data.unit, low)}, highest ${write(data.unit, high)}`;
  }).join(". ");

  const legend = (canvas, data) => {
    const list = document.createElement("ul");
    list.className = "legend";
    for (const series of data.series) {
      const item = list.appendChild(document.createElement("li"));
      item.className = `tone-${series.tone ?? "accent"}${series.dashed ? " dashed" : ""}`;
      item.appendChild(document.createElement("span")).textContent = series.name;
    }
    const place = document.getElementById(canvas.dataset.legend ?? "");
    if (place) place.replaceChildren(list);
    else {
      canvas.parentElement.previousElementSibling?.matches(".legend") && canvas.parentElement.previousElementSibling.remove();
      canvas.parentElement.before(list);
    }
  };

  const draw = (canvas) => {
    const source = document.getElementById(canvas.dataset.chart);
    if (!source) return;
    const data = JSON.parse(source.textContent);
    const host = canvas.parentElement;
    const [ink, grid, ground] = ["tick", "grid", "bg"].map((tone) => color(tone, host));
    const lines = points(data);
    if (!canvas.getAttribute("aria-label")) canvas.setAttribute("aria-label", describe(data));
    canvas.setAttribute("role", "img");
    legend(canvas, data);
    Chart.getChart(canvas)?.destroy();
    const chart = new Chart(canvas, {
      type: "line",
      data: {
        datasets: data.series.map((series, at) => {
          const tone = color(series.tone ?? "accent", host);
          const last = lines[at].findLastIndex((point) => point.y !== null);
          return {
            label: series.name, data: lines[at], borderColor: tone, backgroundColor: tone, borderWidth: 1.6,
            borderDash: series.dashed ? [5, 3] : [], order: data.series.length - at, tension: 0, spanGaps: false,
            pointRadius: (context) => (data.x !== "number" && context.dataIndex === last && data.unit === "percent" ? 3.5 : 0), pointHoverRadius: 4, pointHitRadius: 8,
          };
        }),
      },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
        interaction: { mode: "nearest", axis: "x", intersect: false },
        layout: { padding: { top: 6, right: 6 } },
        plugins: {
          legend: { display: false },
          tooltip: {
            backgroundColor: ground, borderColor: grid, borderWidth: 1, titleColor: color("ink", host), bodyColor: color("ink", host), padding: 8,
            titleFont: { ...font(12), weight: 600 }, bodyFont: font(12), boxWidth: 8, boxHeight: 2, cornerRadius: 6,
            callbacks: {
              title: (items) => (data.x === "number" ? String(items[0].parsed.x) : dated(items[0].parsed.x)),
              label: (item) => ` ${item.dataset.label} ${write(data.unit, item.parsed.y)}`,
            },
          },
        },
        scales: {
          x: {
            type: "linear", border: { display: false }, grid: { display: false }, bounds: "data",
            ...(data.x === "number" ? {} : { afterBuildTicks: months }),
            ticks: {
              color: ink, font: font(11), maxRotation: 0, autoSkip: data.x === "number", maxTicksLimit: 7,
              ...(data.x === "number" ? { callback: (value) => String(value) } : { callback(value, at) { return this.ticks[at]?.label ?? ""; } }),
            },
          },
          y: {
            border: { display: false }, grid: { color: grid, drawTicks: false }, ...(data.unit === "percent" ? {} : { beginAtZero: true }),
            ticks: { color: ink, font: font(11), padding: 8, maxTicksLimit: 6, callback: (value, at, ticks) => tick(data.unit, ticks.length > 1 ? Math.abs(ticks[1].value - ticks[0].value) : 1)(value) },
          },
        },
      },
    });
    canvas.dataset.drawn = String(chart.id);
  };

  const drawAll = (root = document) => root.querySelectorAll("canvas[data-chart]").forEach(draw);
  document.fonts.load('11px "Inter Variable"').finally(() => drawAll());
  document.addEventListener("desk:theme", () => drawAll());
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
})();
