/* The place by map or by list: whichever was used last counts. A click on an area of a map checks the radio button of
   its code; the buttons below the map do the same without script. */
"use strict";
document.addEventListener("change", ({ target }) => {
  const list = document.getElementById("id_area");
  if (target.name === "tile" && list) list.value = target.value;
  else if (target === list) for (const tile of document.querySelectorAll('[name="tile"]')) tile.checked = false;
});
for (const map of document.querySelectorAll("[data-picks]")) {
  const radio = (code) => document.querySelector(`[name="${map.dataset.picks}"][value="${CSS.escape(code)}"]`);
  const mark = () => {
    for (const area of map.querySelectorAll("[data-code]")) {
      area.classList.toggle("is-chosen", radio(area.dataset.code)?.checked ?? false);
    }
  };
  map.addEventListener("click", (event) => {
    const found = radio(event.target.closest("[data-code]")?.dataset.code ?? "");
    if (!found) return;
    found.checked = true;
    found.dispatchEvent(new Event("input", { bubbles: true }));
    found.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", mark);
}
