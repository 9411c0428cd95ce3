// The editor of templates: data-insert puts its merge field where one last typed.
(() => {
  let last = null;
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-insert-into]")) last = event.target; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const field = last ?? document.querySelector("textarea[data-insert-into]");
    if (!button || !field) return;
    field.focus();
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
