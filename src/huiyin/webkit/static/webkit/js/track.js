/* A receipt's QR code carries the query code after the #: it goes into its field and out of the address. */
"use strict";
(() => {
  const code = document.getElementById("id_code"), said = location.hash.slice(1);
  if (!code || !/^[0-9A-Za-z-]{6,20}$/.test(said)) return;
  code.value = said;
  history.replaceState(null, "", location.pathname + location.search);
  code.form.querySelector("button")?.focus();
})();
