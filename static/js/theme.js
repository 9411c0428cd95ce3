// Puts light or dark on <html> before the first paint; it is loaded in <head> without defer.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try { return localStorage.getItem("desk-theme"); } catch { return null; }
  };
  const apply = () => {
    const choice = stored();
    const theme = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    document.documentElement.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("desk:theme", { detail: theme }));
  };
  const mark = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (stored() ?? "device")));
    }
  };
  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", () => { apply(); mark(); });
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice;
    if (!choice) return;
    try {
      if (choice === "device") localStorage.removeItem("desk-theme");
      else localStorage.setItem("desk-theme", choice);
    } catch { /* a private window: the choice holds for this page only */ }
    apply();
    mark();
  });
})();
