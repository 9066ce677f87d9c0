// Text objects: `plain_text` shows emoji names only, `mrkdwn` is read in full.
import { el } from "./dom.js";
import { emoji, sign } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

/**
 * @param {any} object
 * @param {import("./mrkdwn.js").Names} names
 * @returns {Node}
 */
export function textObject(object, names) {
  if (object?.type === "mrkdwn") return mrkdwn(String(object.text ?? ""), names);
  return plain(object?.text);
}

/** @param {unknown} text */
export function plain(text) {
  const out = document.createDocumentFragment();
  const whole = typeof text === "string" ? text : "";
  let from = 0;
  for (const found of whole.matchAll(/:([a-z0-9_+-]{1,60}):/g)) {
    if (sign(found[1]) === null) continue;
    out.append(whole.slice(from, found.index), emoji(found[1]));
    from = found.index + found[0].length;
  }
  out.append(whole.slice(from));
  return out;
}

/** The bare words, for a label or a menu. @param {any} object */
export function words(object) {
  const text = typeof object === "string" ? object : (object?.text ?? "");
  return String(text).replace(/:([a-z0-9_+-]{1,60}):/g, (whole, name) => sign(name) ?? whole);
}

/**
 * A label and its field, tied together.
 * @param {string} label
 * @param {string} id
 */
export function labelFor(label, id) {
  return el("label", { class: "label", for: id, text: label });
}
