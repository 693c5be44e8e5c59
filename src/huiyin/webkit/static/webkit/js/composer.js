/* Writing at the desk: what is typed is kept as a draft on the server, a template goes in where the cursor is, a name is
   called by a click, others see that somebody writes, and what waits to leave counts its seconds. Each of these is also
   a button that works without. */
"use strict";
(() => {
  const timers = new WeakMap();
  const keep = (form, leaving = false) => {
    clearTimeout(timers.get(form));
    return kept.keep(form, { to: form.dataset.keeps, leaving });
  };
  const again = () => { for (const form of document.querySelectorAll("form[data-keeps]:has([data-cut]:not([hidden]))")) keep(form); };
  document.addEventListener("visibilitychange", again);
  setInterval(again, 15000);
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-keeps]");
    if (!form) return;
    form.dataset.dirty = "1";
    const writing = document.querySelector("[data-writing]"), action = form.dataset.composer ?? "note";
    if (writing && writing.value !== action) {
      writing.value = action;
      htmx.trigger(writing.form, "huiyin:writing");
    }
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), 1200));
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-keeps]")) kept.hold(event, () => keep(event.target));
  }, true);
  document.addEventListener("submit", ({ target }) => {
    clearTimeout(timers.get(target));
    delete target.dataset.dirty;
  });
  window.addEventListener("pagehide", () => {
    for (const form of document.querySelectorAll("form[data-keeps][data-dirty]")) keep(form, true);
  });
  document.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-inserts]"), call = event.target.closest("[data-calls]");
    const fill = event.target.closest("[data-fills]"), filled = fill?.closest("form")?.elements[fill.dataset.fills];
    if (filled) {
      event.preventDefault();
      filled.value = fill.dataset.text;
      filled.dispatchEvent(new Event("input", { bubbles: true }));
      filled.focus();
    }
    if (insert) {
      const { field, text } = insert.dataset.text ? insert.dataset : insert.form.elements.template.selectedOptions[0].dataset;
      const cites = insert.closest("li")?.querySelector("[name=cites]");
      event.preventDefault();
      if (cites) cites.checked = true;
      if (text) put(insert.form.elements[field], text);
    } else if (call) put(call.form.elements.remark, call.dataset.calls);
  });
  document.addEventListener("keydown", (event) => {
    const nth = event.altKey && !event.ctrlKey && /^Digit([1-5])$/.exec(event.code)?.[1];
    const one = nth && document.querySelectorAll("[data-composer] [data-inserts][data-text]")[nth - 1];
    if (!one) return;
    event.preventDefault();
    one.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest("[data-finds]")) event.preventDefault();
  });
  const number = () => {
    for (const [at, one] of document.querySelectorAll("[data-composer] [data-inserts][data-text]").entries()) {
      const key = one.querySelector("[data-nth]");
      if (key) [key.textContent, key.hidden] = [`Alt ${at + 1}`, at > 4];
    }
  };
  const put = (area, text) => {
    if (!area) return;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    const gap = area.value.indexOf("[");
    if (gap >= 0) area.setSelectionRange(gap, area.value.indexOf("]", gap) + 1);
  };
  const wait = () => {
    for (const bar of document.querySelectorAll("[data-outgoing]:not([data-counting])")) {
      const until = Date.now() + Number(bar.dataset.outgoing) * 1000, shown = bar.querySelector("[data-seconds]");
      bar.dataset.counting = "1";
      const tick = setInterval(async () => {
        const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        shown.textContent = left;
        if (!bar.isConnected) clearInterval(tick);
        if (left || !bar.isConnected) return;
        clearInterval(tick);
        const form = bar.querySelector("[data-goes]");
        if (document.querySelector("form[data-dirty]")) {
          await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => {});
          bar.remove();
        } else form.requestSubmit();
      }, 250);
    }
    for (const one of document.querySelectorAll("#pane [data-needs-script]")) one.hidden = false;
    document.getElementById("preview")?.focus();
  };
  document.addEventListener("huiyin:shown", wait);
  document.addEventListener("huiyin:shown", number);
  document.addEventListener("htmx:afterSwap", number);
  wait();
  number();
})();
