// The dialog before a press that says it wants one, and the page's own questions.
import { el, uid } from "./dom.js";
import { textObject, words } from "./text.js";

/**
 * Ask, and wait for the answer. Escape and the second button say no.
 * @param {any} spec a Block Kit confirmation dialog object
 * @param {import("./mrkdwn.js").Names} names
 * @returns {Promise<boolean>}
 */
export function confirmed(spec, names) {
  return new Promise((resolve) => {
    const title = uid("confirm");
    const danger = spec.style === "danger";
    const yes = el("button", {
      type: "button",
      class: `button ${danger ? "danger" : "primary"}`,
      text: words(spec.confirm) || "Yes",
      testid: "confirm-yes",
    });
    const no = el("button", {
      type: "button",
      class: "button plain",
      text: words(spec.deny) || "Cancel",
      testid: "confirm-no",
    });
    const dialog = el(
      "dialog",
      { class: "dialog confirm", "aria-labelledby": title, testid: "confirm" },
      el("h2", { id: title, class: "dialog-title", text: words(spec.title) || "Are you sure?" }),
      el("div", { class: "dialog-body mrkdwn" }, textObject(spec.text, names)),
      el("div", { class: "dialog-foot" }, no, yes),
    );
    const end = (/** @type {boolean} */ answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    yes.addEventListener("click", () => end(true));
    no.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    (danger ? no : yes).focus();
  });
}
