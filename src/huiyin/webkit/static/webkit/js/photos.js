/* Pictures chosen in a file field are shown small, each with a button that takes it out again; what won't be taken is
   said before it is sent. */
"use strict";
const MOST = 20 * 1024 * 1024;
const prepare = (list) => {
  const field = document.getElementById(list.dataset.previews);
  if (!field || list.dataset.ready) return;
  list.dataset.ready = "1";
  const without = (gone) => {
    const rest = new DataTransfer();
    for (const file of field.files) if (file !== gone) rest.items.add(file);
    field.files = rest.files;
    show();
  };
  const draw = async (file, picture) => {
    const bits = await createImageBitmap(file, { resizeWidth: 240 }).catch(() => null);
    if (!bits) return picture.replaceWith(file.name);
    [picture.width, picture.height] = [bits.width, bits.height];
    picture.getContext("2d").drawImage(bits, 0, 0);
  };
  const show = () => {
    list.replaceChildren(...[...field.files].map((file) => {
      const item = document.createElement("li"), button = document.createElement("button");
      if (file.type.startsWith("image/")) {
        const picture = document.createElement("canvas");
        picture.setAttribute("role", "img");
        picture.setAttribute("aria-label", file.name);
        item.append(picture);
        draw(file, picture);
      } else item.append(file.name);
      const why = file.size > MOST ? list.dataset.big : /\.hei[cf]$/i.test(file.name) ? list.dataset.heic : "";
      if (why) {
        const said = document.createElement("p");
        said.className = "hy-error";
        said.textContent = why;
        item.append(said);
      }
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `${list.dataset.remove} ${file.name}`);
      button.addEventListener("click", () => without(file));
      item.append(button);
      return item;
    }));
  };
  const label = field.parentElement.querySelector(".hy-pick-file");
  if (label) field.parentElement.classList.add("is-listed");
  field.addEventListener("change", show);
  if (field.files.length) show(); // chosen before this script had come, or kept by the browser's "back"
};
const all = (within) => within.querySelectorAll("[data-previews]").forEach(prepare);
all(document);
document.addEventListener("htmx:load", (come) => all(come.detail.elt));
