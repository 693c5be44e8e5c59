/* An officer's session ends when nothing is done for a while; a dialog says so two minutes before. What is written by
   then stays in this tab, for the same person, and is there again after signing in. Never passwords, never files. */
"use strict";
(() => {
  const told = document.querySelector("[data-idle]"), dialog = document.getElementById("idle");
  if (!told || !dialog?.showModal) return;
  const LIMIT = told.dataset.idle * 1000, BEFORE = Math.min(120000, LIMIT / 2), AFTER = 40000;
  const who = told.dataset.who, place = `huiyin-idle-${location.pathname}`;
  const forms = () => [...document.querySelectorAll("main form[method=post]")];
  const fields = (form) => [...form.elements].filter((one) => one.name && one.matches(
    "textarea, select, input:not([type=hidden]):not([type=password]):not([type=file])"));
  const said = (one) => (one.type === "checkbox" || one.type === "radio" ? [one.value, one.checked] : [one.value]);

  const keep = () => {
    const kept = forms().map((form) => fields(form).map((one) => [one.name, ...said(one)]));
    try { sessionStorage.setItem(place, JSON.stringify({ who, kept })); } catch { /* full: then nothing is kept */ }
  };
  const giveBack = () => {
    let lying = null;
    try { lying = JSON.parse(sessionStorage.getItem(place) || "null"); } catch { /* another's */ }
    sessionStorage.removeItem(place);
    if (lying?.who !== who) return;
    forms().forEach((form, n) => fields(form).forEach((one, m) => {
      const [name, value, checked] = lying.kept[n]?.[m] || [];
      if (name !== one.name) return;
      if (checked === undefined) one.value = value;
      else if (value === one.value) one.checked = checked;
    }));
  };

  let last = Date.now(), heard = last;
  const stay = () => {
    last = heard = Date.now();
    fetch(told.dataset.stay, { cache: "no-store" }).catch(() => {});
  };
  const moved = () => {
    if (dialog.open) return;
    last = Date.now();
    if (last - heard > LIMIT / 4) stay();
  };
  for (const kind of ["input", "keydown", "pointerdown"]) document.addEventListener(kind, moved);
  dialog.addEventListener("close", stay);
  dialog.addEventListener("click", (event) => { if (event.target.closest("[data-closes]")) dialog.close(); });
  setInterval(() => {
    const idle = Date.now() - last;
    if (idle > LIMIT + AFTER) {
      keep();
      location.reload();
    } else if (idle > LIMIT - BEFORE && !dialog.open) {
      dialog.showModal();
      dialog.querySelector(".btn-primary")?.focus();
    }
  }, 5000);
  giveBack();
})();
