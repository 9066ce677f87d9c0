// Editing a message of one's own, in its place.
import { el, uid } from "./dom.js";
import { asTyped, coded } from "./typed.js";
import { attempt } from "./toast.js";

/**
 * @param {HTMLElement} body
 * @param {import("./types.js").Message} message
 * @param {string} channel
 * @param {import("./desk.js").Desk} desk
 */
export function editor(body, message, channel, desk) {
  const id = uid("edit");
  const before = [...body.childNodes];
  const box = el("textarea", { id, class: "field", rows: "4" });
  box.value = asTyped(message.text ?? "", desk.store);
  const restore = () => body.replaceChildren(...before);
  const save = async () => {
    const text = coded(box.value.trim(), desk.store);
    if (!text) return;
    const done = await attempt(() =>
      desk.driver.edit({ channel, ts: message.ts, text, user: desk.store.me }),
    );
    if (done && body.contains(box)) restore();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") restore();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  body.replaceChildren(
    el("label", { class: "unseen", for: id, text: "Edit message" }),
    box,
    el(
      "div",
      { class: "edit-foot" },
      el("button", { type: "button", class: "button plain", text: "Cancel", on: { click: restore } }),
      el("button", { type: "button", class: "button primary", text: "Save", on: { click: save } }),
    ),
  );
  box.focus();
}
