// A short word at the edge of the page, also read aloud; a refusal stays longer than a note.
import { el, must } from "./dom.js";
import { Refused } from "./driver.js";

/**
 * @param {string} sentence
 * @param {"note" | "refusal"} [kind]
 */
export function toast(sentence, kind = "note") {
  const drop = el("button", {
    type: "button",
    class: "toast-close",
    text: "Dismiss",
    on: { click: () => box.remove() },
  });
  const box = el("div", { class: `toast ${kind}` }, el("span", { text: sentence }), drop);
  must("toasts").append(box);
  setTimeout(() => box.remove(), kind === "refusal" ? 12_000 : 6000);
}

/**
 * Do something that the server may refuse; the refusal is shown in the server's own sentence.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T | null>}
 */
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message, "refusal");
    return null;
  }
}
