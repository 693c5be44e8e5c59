/* The cockpit: counters that run, a draft kept on the server while one types, proposals put into the form by one key, a
   ringing call that waits under the cursor. Everything here is also a button or a form that works without. */
"use strict";
(() => {
  const find = (what) => document.querySelector(what), all = (what) => [...document.querySelectorAll(what)];
  const form = () => find("form[data-call-form]");
  const tick = () => {
    for (const one of all("[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(one.dataset.since)) / 1000));
      const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
      one.textContent = parts.slice(parts[0] ? 0 : 1).map((part) => String(part).padStart(2, "0")).join(":");
    }
  };
  let ahead = 0;
  const clock = find("[data-now]");
  if (clock) ahead = Date.parse(clock.dataset.now) - Date.now();
  setInterval(tick, 1000);
  tick();

  const rest = () => document.activeElement === document.body || document.activeElement === document.documentElement;
  let held = "";
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const here = document.activeElement;
    held = detail.target.contains(here) ? here.closest("form")?.action ?? here.href ?? "" : "";
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    tick();
    if (target.id !== "news") return;
    const token = find("#news [data-token]")?.dataset.token;
    if (token) for (const one of all("input[name=csrfmiddlewaretoken]")) one.value = token;  // of whoever signed in again
    if (find("[data-cut]:not([hidden])")) keep().then((may) => { if (may) kept.cut(document, 200); });
    const open = find("[data-cockpit]").dataset.cockpit;
    if (held) all("#news button, #news a").find((one) => (one.form?.action ?? one.href) === held)?.focus();
    if (open) return;
    const taken = find("[data-hand]");
    if (taken && rest()) location.assign(taken.href);
    else if (rest()) find("[data-answer]")?.focus();
  });
  if (find("[data-cockpit='']") && rest()) find("[data-answer]")?.focus();

  document.addEventListener("htmx:responseError", ({ detail }) => {
    const { status } = detail.xhr;
    if (status === 401 || status >= 500) kept.cut(document, status);
  });
  document.addEventListener("htmx:sendError", () => kept.cut(document, 0));

  let timer, changes = 0;
  const keep = async (leaving = false) => {
    clearTimeout(timer);
    const written = form(), change = written?.dataset.dirty;
    if (!change) return true;
    const may = await kept.keep(written, { to: written.dataset.drafts, within: document, leaving });
    if (may && written.dataset.dirty === change) delete written.dataset.dirty;
    return may;
  };
  const label = () => {
    const shown = find("[data-save-label]"), fields = form()?.elements;
    if (!shown) return;
    const how = fields.reply.value.trim() ? "answered" : fields.lead?.value.trim() ? "dispatched" : "taken";
    shown.textContent = shown.dataset[how];
  };
  const script = () => {
    const reason = form()?.elements.reason?.value;
    for (const one of all("[data-script]")) one.hidden = one.dataset.script !== reason;
  };
  const written = (event) => {
    const { target } = event;
    if (!target.form?.matches("[data-call-form]")) return;
    if (event.isTrusted) target.dataset.touched = "1";
    if (event.isTrusted && target.name === "kind") target.form.elements.chose_kind.value = target.value;
    target.form.dataset.dirty = changes += 1;
    clearTimeout(timer);
    timer = setTimeout(() => keep(), 500);
    label();
    script();
  };
  document.addEventListener("input", written);
  document.addEventListener("change", written);
  window.addEventListener("pagehide", () => keep(true));
  document.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-enter]")) return;
    event.preventDefault();
    event.stopPropagation();
    keep();
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.matches("[data-call-form]")) kept.hold(event, () => keep(), document);
    else keep(true);
  }, true);
  label();
  script();

  const put = (name, text) => {
    const field = form()?.elements[name];
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const cite = (article, question) => {
    const shown = find("[data-citing]");
    put("article", article);
    shown.hidden = !article;
    shown.querySelector("strong").textContent = question;
  };
  const answer = (button) => {
    const { text, stale, answers } = button.dataset;
    put("reply", stale ? `${text}${stale}` : text);
    cite(button.value, answers);
    form().elements.reply.focus();
  };
  document.addEventListener("click", (event) => {
    const one = event.target.closest("[data-puts], [data-puts-only]"), every = event.target.closest("[data-puts-all]");
    const said = event.target.closest("[data-answers]");
    if (one) put(one.dataset.puts ?? one.dataset.putsOnly, one.dataset.text);
    if (one?.matches("[data-place]")) find("#place-hints").replaceChildren();
    if (every) {
      for (const each of all("#heard [data-puts]")) {
        if (!form().elements[each.dataset.puts]?.dataset.touched) put(each.dataset.puts, each.dataset.text);
      }
      form().elements.body.focus();
    }
    if (said) {
      event.preventDefault();
      answer(said);
    }
    if (event.target.closest("[data-uncites]")) cite("", "");
  });
  const open = (what) => {
    const box = find(what);
    if (!box) return;
    box.open = true;
    box.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  };
  const doing = {
    KeyP: () => find("[data-puts-all]")?.click(),
    KeyK: () => find("[data-answers]")?.click(),
    KeyM: () => find("[data-follow]")?.focus(),
    KeyN: () => form()?.elements.body.focus(),
    KeyR: () => form()?.elements.reply.focus(),
    KeyL: () => form()?.elements.lead?.focus(),
    KeyG: () => form()?.elements.area.focus(),
    KeyB: () => open("[data-refusal]"),
    KeyW: () => open("[data-whisper]"),
    KeyH: () => find("[data-key=h]")?.click(),
    KeyX: () => find("[data-key=x]")?.focus(),
    KeyZ: () => find("[data-danger], [data-emergency]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !form()) return;
    const nth = /^Digit([1-5])$/.exec(event.code)?.[1];
    const does = nth ? () => all("[data-join]")[nth - 1]?.focus() : doing[event.code];
    if (!does) return;
    event.preventDefault();
    does();
  });
})();
