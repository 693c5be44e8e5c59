/* Keys of the desk: j and k go through a list, Enter opens, / finds a number. Everything works without them. */
"use strict";
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...document.querySelectorAll("[data-row]")];
  const here = links.indexOf(document.activeElement);
  if (event.key === "j" && links.length) links[Math.min(here + 1, links.length - 1)].focus();
  else if (event.key === "k" && links.length) links[Math.max(here - 1, 0)].focus();
  else if (event.key === "/") document.querySelector("[data-find]")?.focus();
  else return;
  event.preventDefault();
});
