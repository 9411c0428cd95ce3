// The shell: dialogs, messages, keys, rows. Pages bring no script of their own; they mark what they have with data attributes.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  if (/Mac|iPhone|iPad/.test(navigator.platform)) all("[data-command-key]").forEach((key) => { key.textContent = "⌘K"; });

  // htmx takes up what it has just put into the page a moment later; a key or a quick click may come before it.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog][hx-get]");
    if (opener) window.htmx.process(opener);
  }, true);

  // Dialogs: data-open-dialog="id" opens, data-close or a click beside closes.
  const open = (id) => { const sheet = document.getElementById(id); if (sheet && !sheet.open) sheet.showModal(); };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) { event.preventDefault(); open(opener.dataset.openDialog); }
    if (event.target.closest("[data-close]") || event.target.matches("dialog.sheet")) event.target.closest("dialog")?.close();
  });

  // Messages go by themselves unless they report trouble or can undo something.
  const settle = (notice) => { if (notice.dataset.stay === undefined && !one("form", notice)) setTimeout(() => notice.remove(), 8000); };
  all(".messages .notice").forEach(settle);
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".notice")?.remove());
  const say = (text) => {
    const notice = one("#trouble").content.firstElementChild.cloneNode(true);
    one("[data-text]", notice).textContent = text;
    one(".messages").replaceChildren(notice);
  };
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403) say("You may not do this, or the page is too old. Load it again.");
    else say("The desk could not do this. What you see is as it was before.");
  });
  document.addEventListener("htmx:sendError", () => say("The desk does not answer. What you see may be old."));
  document.addEventListener("htmx:afterSettle", (event) => all(".messages .notice", event.target).forEach(settle));

  // Copy: data-copy names the field.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    one("[data-copy-word]", button).textContent = "Copied";
  });

  // A form marked data-auto sends itself when a choice changes.
  document.addEventListener("change", (event) => event.target.form?.matches("form[data-auto]") && event.target.form.requestSubmit());

  // Rows: tables marked data-rows. The row's first link carries the focus, so that Enter opens it and readers follow.
  const rows = () => all("table[data-rows] tbody tr:not(.detail)").filter((row) => one("a[href]", row));
  const current = () => one("table[data-rows] tr.is-current");
  const select = (row, on) => {
    const box = one("input[type=checkbox]", row);
    if (box && box.checked !== on) box.click();
  };
  const mark = (row) => {
    all("tr.is-current").forEach((other) => other.classList.remove("is-current"));
    row.classList.add("is-current");
  };
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current());
    const row = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    mark(row);
    one("a[href]", row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("table[data-rows] tbody tr:not(.detail)");
    if (row) mark(row);
  });
  let anchor = null;
  const toggle = (range) => {
    const row = current();
    if (!row) return;
    const on = !one("input[type=checkbox]", row)?.checked;
    const list = rows();
    if (range && list.includes(anchor)) {
      const [from, to] = [list.indexOf(anchor), list.indexOf(row)].sort((a, b) => a - b);
      list.slice(from, to + 1).forEach((between) => select(between, true));
    } else select(row, on);
    anchor = row;
  };

  // Detail: a link marked data-detail loads a tr.detail under its row with htmx; a second time it closes.
  const detailOf = (row) => (row?.nextElementSibling?.matches("tr.detail") ? row.nextElementSibling : null);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.target.closest("[data-detail]");
    if (!link) return;
    const open = detailOf(link.closest("tr"));
    link.setAttribute("aria-expanded", String(!open));
    if (open) { event.preventDefault(); open.remove(); }
  });
  const unfold = () => {
    const link = one("[data-detail]", current() ?? document.createElement("tr"));
    if (link) link.click();
    return Boolean(link);
  };

  // A filter that is not set stays out of the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get" || !event.target.matches("form")) return;
    for (const [name, value] of [...event.detail.formData]) if (value === "") event.detail.formData.delete(name);
  });

  // The bar of selected rows: .bulk with [data-selected] for the count; a box marked data-all selects the page.
  const boxes = () => all("table[data-rows] tbody input[type=checkbox]");
  const recount = () => {
    const chosen = boxes().filter((box) => box.checked);
    boxes().forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    all(".bulk").forEach((bar) => { bar.hidden = chosen.length === 0; });
    all("[data-selected]").forEach((word) => { word.textContent = chosen.length; });
    all("table[data-rows] [data-all]").forEach((head) => {
      head.checked = chosen.length > 0 && chosen.length === boxes().length;
      head.indeterminate = chosen.length > 0 && chosen.length < boxes().length;
    });
  };
  const clear = () => { boxes().forEach((box) => { box.checked = false; }); recount(); };
  document.addEventListener("change", (event) => {
    if (!event.target.closest("table[data-rows]") || event.target.type !== "checkbox") return;
    if (event.target.matches("[data-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    recount();
  });
  document.addEventListener("click", (event) => event.target.closest("[data-clear]") && clear());
  document.addEventListener("htmx:afterSettle", recount);
  if (boxes().length) recount();

  // Keys. Off while typing; a page adds its own with data-key="s" on a link or button.
  const typing = (target) => target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  const press = (key) => {
    const button = one(`[data-key="${CSS.escape(key)}"]`);
    // With nothing selected, what the bar offers is about the row one is on.
    if (button?.closest(".bulk[hidden]") && current()) select(current(), true);
    if (button?.offsetParent) {
      button.click();
      // What unfolds to be written in takes the next key.
      if (button.matches("details[open] > summary")) one("textarea, input:not([type=hidden])", button.parentElement)?.focus();
    }
    return Boolean(button?.offsetParent);
  };
  const go = (key) => {
    const link = one(`[data-go="${CSS.escape(key)}"]`);
    if (link) window.location.assign(link.href);
  };
  const back = () => {
    if (boxes().some((box) => box.checked)) return clear();
    const link = one("[data-back]");
    if (link) window.location.assign(link.href);
  };
  let leading = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      const field = one("#desk-search");
      if (field) { event.preventDefault(); field.offsetParent ? field.select() : open("more"); }
      return;
    }
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || one("dialog[open]")) return;
    if (typing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === " " && event.target.matches("button, summary, input")) return;
    if (Date.now() - leading < 1500) { leading = 0; go(key); return; }
    const acts = {
      g: () => { leading = Date.now(); },
      j: () => (rows().length ? move(1) : press("j")), k: () => (rows().length ? move(-1) : press("k")), x: () => toggle(event.shiftKey),
      "/": () => (one("[data-filter]") ?? one("#desk-search"))?.focus(),
      "?": () => open("shortcuts"), Escape: back, " ": () => unfold(),
    };
    const act = acts[key] ?? (() => press(key));
    if (act() !== false) event.preventDefault();
  });
})();
