/* Forms and the frame: where one is in a long navigation or drawing, focus on the first mistake, no second click, choices that submit by themselves. All of it works without. */
"use strict";
(() => {
  const first = () => document.querySelector("[aria-invalid=true]")?.focus();
  first();
  document.addEventListener("htmx:afterSwap", first);
  /* Signed out meanwhile: to where one signs in, and back. Where somebody writes, the page stays. */
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const writes = document.querySelector("form[data-dirty], form[data-call-form]") || detail.requestConfig.verb !== "get";
    if (detail.xhr.status === 401 && !writes) location.reload();
  });
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("button[type=submit]")) {
      setTimeout(() => { button.disabled = true; }, 0);
      setTimeout(() => { button.disabled = false; }, 5000);
    }
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[type=submit]")) button.disabled = false;
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
    const { allOf } = event.target.dataset;
    if (allOf) for (const box of event.target.form.querySelectorAll(`[name="${allOf}"]`)) box.checked = event.target.checked;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) window.print();
  });
  const nav = document.querySelector(".hy-top nav"), here = nav?.querySelector("[aria-current]");
  if (here && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - nav.clientWidth / 2;
  for (const box of document.querySelectorAll(".hy-chart-box:has(> .hy-diagram)")) {  // begins at the first state
    const [begin] = [...box.querySelectorAll(".hy-box rect")].map((one) => one.getBBox()).sort((a, b) => a.y - b.y);
    box.scrollLeft = begin.x + (begin.width - box.clientWidth) / 2;
  }
  for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;
})();
