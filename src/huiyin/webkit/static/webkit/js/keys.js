/* The keyboard at the desk: one letter goes, opens, chooses; Ctrl K finds any command of the page by its words; ? shows
   what there is. Nothing needs it. The letters can be switched off, for those whose tools type for them. */
"use strict";
(() => {
  const OFF = "huiyin-keys-off", find = (what) => document.querySelector(what);
  // The rows of a list; on a page that marks none, of its tables and lists of links.
  const rows = () => {
    const marked = [...document.querySelectorAll("[data-row]")];
    if (marked.length) return marked;
    const lines = document.querySelectorAll("main tbody tr, main .hy-rows > li, main .hy-doors > li, main .hy-plain-list > li");
    return [...lines].map((line) => line.querySelector("a[href]")).filter((link) => link && link.checkVisibility());
  };
  const here = () => {
    const all = rows(), focused = all.indexOf(document.activeElement);
    return focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
  };
  const go = (step) => {
    const all = rows(), row = all[Math.min(Math.max(here() + step, 0), all.length - 1)];
    row?.focus();
    row?.dispatchEvent(new CustomEvent("huiyin:row", { bubbles: true }));
  };
  const focusIn = (form) => {
    const field = form?.querySelector("textarea, input:not([type=hidden]):not([disabled]), select");
    field?.focus();
    field?.scrollIntoView({ block: "nearest" });
    return field;
  };
  const letters = {
    j: () => go(1),
    k: () => go(here() < 0 ? 1 : -1),
    o: () => { const row = rows()[here()]; if (row) location.assign(row.href); },
    x: () => rows()[here()]?.closest("tr")?.querySelector("[name=number]")?.click(),
    b: () => find("[data-bulk]")?.requestSubmit(),
    g: () => location.assign(find("#palette").dataset.deskHome),
    "/": () => find("[data-find]") ? find("[data-find]").focus() : show(),
    r: () => focusIn(find("form[data-composer]")),
    n: () => { const box = find("[data-note-box]"); if (box) { box.open = true; focusIn(box); } },
    a: () => find("form[data-composer] [name=lead]") ? find("form[data-composer] [name=lead]").focus() : find("[data-assign]")?.click(),
    ".": () => find(".hy-actions a")?.focus(),
    t: () => {
      const clock = find("[data-clocks] details");
      if (clock) [clock.open, clock.querySelector("summary").tabIndex] = [!clock.open, 0];
      clock?.querySelector("summary").focus();
    },
    "?": () => find("#keys")?.showModal(),
  };
  const palette = find("#palette"), field = find("#palette_text"), list = find("#palette_list");
  let shown = [], at = 0, moved = false, elsewhere = null;
  const words = (element) => {
    const copy = element.cloneNode(true);
    for (const aside of copy.querySelectorAll(".hy-count, .hy-muted")) aside.remove();
    return (element.dataset.label || copy.textContent).replace(/\s+/g, " ").trim();
  };
  const commands = () => {
    const seen = new Set();
    const here = [...document.querySelectorAll("[data-command], .hy-top nav a, .hy-foot nav a")].map((element) => ({
      label: words(element), group: element.closest("section")?.querySelector("h2")?.textContent.trim() ?? "",
      href: element.href ?? "", go: () => element.click(),
    }));
    return [...here, ...(elsewhere ?? [])].filter(({ label, href }) => {
      const name = `${label} ${href}`;
      return label && !seen.has(name) && seen.add(name);
    });
  };
  // Lists and pages that this page doesn't lead to, asked for once.
  const learn = async () => {
    if (elsewhere) return;
    elsewhere = [];
    try {
      const answer = await fetch(palette.dataset.commands, { headers: { Accept: "application/json" } });
      const { commands } = answer.ok ? await answer.json() : { commands: [] };
      elsewhere = commands.map(({ label, group, href }) => ({
        label, group, href: new URL(href, location).href, go: () => location.assign(href),
      }));
    } catch { elsewhere = null; }
    if (palette.open) narrow(moved);
  };
  const narrow = (stay = false) => {
    moved = stay === true;
    const chosen = moved ? shown[at] : undefined;
    const typed = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    shown = commands().filter(({ label, group }) => typed.every((w) => `${group} ${label}`.toLowerCase().includes(w)));
    if (/^[\d\s-]{8,}$/.test(field.value)) {
      const go = () => location.assign(`${palette.dataset.goto}?number=${encodeURIComponent(field.value.trim())}`);
      shown.unshift({ go, label: `${list.dataset.number} ${field.value.trim()}`, group: "" });
    }
    shown = shown.slice(0, 40);
    const sought = field.value.trim(), digits = sought.replace(/\D/g, "").length;
    if (sought && digits < 7) { // a telephone stands in no address
      const go = () => location.assign(`${palette.dataset.search}?q=${encodeURIComponent(sought)}`);
      shown.push({ go, label: `${list.dataset.words} “${sought}”`, group: "" });
    }
    at = Math.max(0, shown.findIndex(({ label, href }) => label === chosen?.label && href === chosen?.href));
    draw();
  };
  const draw = () => {
    list.replaceChildren(...shown.map(({ label, group }, n) => {
      const item = document.createElement("li"), side = document.createElement("span");
      [item.id, item.textContent, side.textContent] = [`palette_${n}`, label, group];
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(n === at));
      item.append(side);
      item.addEventListener("click", () => run(n));
      return item;
    }));
    field.setAttribute("aria-activedescendant", shown.length ? `palette_${at}` : "");
    find("#palette [data-none]").hidden = shown.length > 0;
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const run = (n) => {
    if (!shown[n]) return;
    palette.close();
    shown[n].go();
  };
  const show = () => {
    if (!palette || palette.open) return;
    field.value = "";
    palette.showModal();
    narrow();
    learn();
  };
  field?.addEventListener("input", narrow);
  field?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { moved = true; at = (at + step + shown.length) % Math.max(shown.length, 1); draw(); }
    else if (event.key === "Enter") run(at);
    else return;
    event.preventDefault();
  });
  palette?.addEventListener("toggle", () => { if (palette.open && !field.value) { narrow(); learn(); } });
  const single = find("[data-single-keys]");
  try { if (single) single.checked = !localStorage.getItem(OFF); } catch { /* nothing is kept */ }
  single?.addEventListener("change", () => {
    try { single.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch { /* nothing is kept */ }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      if (event.key.toLowerCase() === "k" && palette) { event.preventDefault(); show(); }
      if (event.key === "Enter" && typing?.form?.method === "post") { event.preventDefault(); typing.form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape" && typing && !event.target.closest("dialog")) typing.blur();
    if (typing || event.altKey || find("dialog[open]") || !letters[event.key] || single?.checked === false) return;
    event.preventDefault();
    letters[event.key]();
  });
})();
