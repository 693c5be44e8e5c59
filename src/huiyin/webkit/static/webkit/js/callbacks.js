/* The callback desk by keyboard: d dials, digits choose what was said, in the order in which it is asked; what follows
   from it is proposed. */
"use strict";
(() => {
  const form = document.querySelector("form[data-callback]");
  const dial = () => document.querySelector("[data-dials]");
  for (const [at, radio] of [...(form?.querySelectorAll("input[type=radio]") ?? [])].entries()) {
    if (at > 8) break;
    const key = document.createElement("kbd");
    key.textContent = at + 1;
    radio.after(" ", key);
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("textarea, select, input:not([type=radio])") || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey && event.key === "Enter" && form) form.requestSubmit();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "d" && dial()) dial().click();
    else if (/^[1-9]$/.test(event.key) && form) {
      const radio = form.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      if (!radio) return;
      radio.checked = true;
      radio.focus();
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    } else return;
    event.preventDefault();
  });
  form?.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    const { reached, solved, satisfied } = Object.fromEntries(new FormData(form));
    const rated = solved && satisfied, good = solved === "yes" && satisfied === "yes";
    const next = { unreached: "again", declined: "close", reached: rated ? (good ? "close" : "rehandle") : null }[reached];
    if (next) form.elements.then.value = next;
    form.elements.reason.required = next === "rehandle";
  });
  document.querySelector("a[data-dials]")?.focus();
})();
