/* A link with data-opens="ID" opens that dialog instead of its page; without script the link is followed. */
"use strict";
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  } else if (event.target.closest("[data-closes]")) {
    event.target.closest("dialog")?.close();
  }
});
