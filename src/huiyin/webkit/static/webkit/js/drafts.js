/* What somebody writes survives a lost connection or a closed tab: kept on this device alone, for seven days, until it
   is sent or cleared. Never files, never what others wrote, never on a page that doesn't ask for it by data-draft. */
"use strict";
(() => {
  const DAYS = 7, LEFT_OUT = new Set([
    "csrfmiddlewaretoken", "key", "step", "kept", "photos", "drop", "begun", "asked", "answer", "website",
  ]);
  const place = (name) => `huiyin-draft-${name}`;
  const forget = (name) => localStorage.removeItem(place(name));
  const read = (name) => {
    try {
      const kept = JSON.parse(localStorage.getItem(place(name)) || "null");
      return kept && Date.now() - kept.at < DAYS * 86400000 ? kept.said : null;
    } catch { return null; }
  };
  const said = (form) => [...new FormData(form)].filter(([k, v]) => !LEFT_OUT.has(k) && typeof v === "string" && v);
  const keep = (form) => {
    try {
      localStorage.setItem(place(form.dataset.draft), JSON.stringify({ at: Date.now(), said: said(form) }));
    } catch { /* full or forbidden: then nothing is kept */ }
    tell(form);
  };
  const tell = (form) => {
    const note = form.querySelector("[data-draft-note]");
    if (note) note.hidden = !read(form.dataset.draft);
  };
  const fill = (form) => {
    const kept = read(form.dataset.draft), written = form.elements.body?.value;
    if (!kept || (written && written !== new Map(kept).get("body"))) return;
    for (const [name, value] of kept) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else field.value = value;
      }
    }
    form.elements.body?.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const form of document.querySelectorAll("form[data-draft]")) {
    fill(form);
    tell(form);
    form.addEventListener("input", () => keep(form));
  }
  for (const done of document.querySelectorAll("[data-draft-sent]")) forget(done.dataset.draftSent);
  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-draft-clear]")?.closest("form");
    if (!form) return;
    forget(form.dataset.draft);
    form.reset();
    if (form.elements.body) form.elements.body.value = "";
    tell(form);
  });
  if ("serviceWorker" in navigator && document.querySelector("form[data-draft]")) {
    navigator.serviceWorker.register("/offline.js").catch(() => {});
  }
})();
