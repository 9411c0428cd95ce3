// Tells the page's server that a person is here. Only a real pointer, key or touch on a visible page counts; a program that
// follows links makes none. Everything on the page works without this.
(() => {
  const { proof, seen, times } = document.body.dataset;
  const told = new Set();
  // The server takes no proof that is younger than a second.
  const YOUNGEST = 2100;

  const tell = (url) => {
    if (!proof || !url || told.has(url)) return;
    told.add(url);
    window.setTimeout(() => {
      fetch(url, { method: "POST", body: new URLSearchParams({ proof }), credentials: "omit", keepalive: true }).catch(() => {});
    }, Math.max(0, YOUNGEST - performance.now()));
  };

  const notice = (event) => {
    if (!event.isTrusted || document.visibilityState !== "visible") return;
    tell(seen);
    // Moving past the times with the Tab key is not choosing one.
    const moving = event.type === "keydown" && event.key === "Tab";
    if (!moving && event.target instanceof Element && event.target.closest("[data-times]:not(body)")) tell(times);
  };
  for (const kind of ["pointerdown", "touchstart", "keydown"]) {
    window.addEventListener(kind, notice, { capture: true, passive: true });
  }

  const button = document.querySelector("[data-book]");
  document.querySelector("[data-booking]")?.addEventListener("change", (event) => {
    const words = event.target.dataset?.words;
    if (words && button) button.textContent = `Book ${words}`;
  });
})();
