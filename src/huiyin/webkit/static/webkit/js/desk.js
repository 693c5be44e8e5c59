/* The list with a reading pane beside it, where there is room: a matter opens there, and the address says which, so
   that it can be reloaded and gone back to. Elsewhere, and without script, its page opens. */
"use strict";
(() => {
  const desk = document.querySelector("[data-desk]"), pane = document.getElementById("pane");
  if (!desk || !pane) return;
  const wide = () => matchMedia("(min-width: 1200px)").matches;
  const whole = location.pathname;
  const mark = (number) => {
    for (const row of document.querySelectorAll("[data-row]")) {
      const open = row.dataset.row === number;
      row.closest("tr").classList.toggle("is-open", open);
      if (open) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    }
  };
  const read = async (number, more = "") => {
    const query = new URLSearchParams(more);
    query.set("back", desk.dataset.desk);
    await htmx.ajax("GET", `${whole}${encodeURIComponent(number)}/pane/?${query}`, { target: pane, swap: "innerHTML" });
    if (pane.querySelector("[data-case]")?.dataset.case !== number) return location.assign(`${whole}${number}/`);
    desk.classList.add("is-split");
    mark(number);
    pane.scrollTop = 0;
    document.dispatchEvent(new Event("huiyin:shown"));
    const shown = new URLSearchParams(desk.dataset.desk);
    shown.set("open", number);
    for (const [name, value] of new URLSearchParams(more)) shown.set(name, value);
    history.pushState(null, "", `?${shown}`);
  };
  let waiting;
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button || !wide()) return;
    const row = event.target.closest("[data-row]");
    const inner = event.target.closest('#pane a[href^="?"]:not(.hy-pane-back)');
    if (row) read(row.dataset.row);
    else if (inner) {
      const query = new URLSearchParams(inner.getAttribute("href"));
      const number = query.get("open") ?? pane.querySelector("[data-case]").dataset.case;
      for (const name of [...query.keys()]) if (new URLSearchParams(desk.dataset.desk).has(name) || name === "open") query.delete(name);
      read(number, query.toString()).then(() => pane.querySelector("form[data-composer] textarea, form[data-composer] input:not([type=hidden])")?.focus());
    } else return;
    event.preventDefault();
  });
  document.addEventListener("huiyin:row", (event) => {
    if (!wide() || !desk.classList.contains("is-split")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => read(event.target.dataset.row), 180);
  });
  window.addEventListener("popstate", () => location.reload());
  document.querySelector(".is-open")?.scrollIntoView({ block: "nearest" });

  const boxes = [...document.querySelectorAll('[form="bulk"][name="number"]')], all = document.querySelector("[data-picks-all]");
  const told = document.querySelector("[data-picked]"), bulk = document.querySelector("[data-bulk]");
  const count = () => {
    const n = boxes.filter((box) => box.checked).length;
    if (!bulk) return;
    bulk.hidden = n === 0;
    told.hidden = n === 0;
    told.querySelector("strong").textContent = n;
    [all.checked, all.indeterminate] = [n === boxes.length, n > 0 && n < boxes.length];
  };
  all?.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; count(); });
  for (const box of boxes) box.addEventListener("change", count);
  count();
})();
