/* What somebody writes is kept on the server, and a form is sent once what stands in it is kept: sent by somebody who
   was signed out meanwhile, or to a server that is away, it would be lost. The page says so; the words stay in it. */
"use strict";
const kept = (() => {
  const headers = { "X-Requested-With": "fetch" }, TOKEN = "input[name=csrfmiddlewaretoken]";
  const LOST = [0, 401, 403];
  /* Says in `within` that what stands on the page goes nowhere: signed out, or (0) no answer. Whether that is so. */
  const cut = (within, status) => {
    const of = status >= 500 ? 0 : status, lost = LOST.includes(of);
    for (const one of within.querySelectorAll("[data-cut]")) one.hidden = !lost || (one.dataset.cut === "off") !== !of;
    return lost;
  };
  /* Whoever signed in again in another window has another token: any page has it, also the one that signing in leads to. */
  const renew = async (within) => {
    const answer = await fetch(within.querySelector("[data-cut] a").href, { headers });
    const token = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(TOKEN)?.value;
    if (token) for (const one of document.querySelectorAll(TOKEN)) one.value = token;
    return Boolean(token);
  };
  const post = (form, to, keepalive) => {
    const body = new FormData(form);
    for (const file of form.querySelectorAll("input[type=file]")) body.delete(file.name);
    return fetch(to, { method: "POST", body, headers, keepalive });
  };
  /* Whether what stands in the form can be sent. `leaving`: the page goes before the answer comes. */
  const keep = async (form, { to, within = form, leaving = false }) => {
    const said = form.querySelector("[data-draft-said]");
    let status = 0, text = "";
    try {
      let answer = await post(form, to, leaving);
      if (answer.status === 403 && !leaving && await renew(within)) answer = await post(form, to);
      if (answer.ok) text = (await answer.text()).trim();
      ({ status } = answer);
    } catch { /* no connection */ }
    const lost = cut(within, status);
    if (said && (text || lost)) said.textContent = text;
    return !lost;
  };
  /* Holds the submit of what isn't kept until `keeping` says that it may go; of a double click one goes. */
  const AGAIN = 5000;
  let held = false, goes = false, went = -AGAIN;
  const hold = async (event, keeping, within = event.target) => {
    const { target, submitter } = event, again = held || performance.now() - went < AGAIN;
    if (goes || !(again || target.dataset.dirty)) { went = performance.now(); return; }
    event.preventDefault();
    event.stopPropagation();
    if (again) return;
    held = true;
    const may = await keeping();
    [held, goes] = [false, may];
    if (may) target.requestSubmit(submitter);
    else within.querySelector("[data-cut]:not([hidden])")?.focus();
    goes = false;
  };
  window.addEventListener("pageshow", () => { went = -AGAIN; });
  return { cut, keep, hold };
})();
