// The `input` block: a label, one field, a hint, and room for what the app says is wrong.
import { el, uid } from "./dom.js";
import { field } from "./fields.js";
import { textObject, words } from "./text.js";

/**
 * @param {import("./types.js").Block} block
 * @param {import("./types.js").Surface} surface
 * @returns {HTMLElement}
 */
export function input(block, surface) {
  const spec = block.element ?? {};
  const id = uid("input");
  const made = field(spec, id, surface);
  if (!made)
    return el("p", {
      class: "unknown",
      role: "note",
      text: `This page does not draw “${spec.type}” inputs.`,
    });
  const action = String(spec.action_id ?? "");
  const kept = surface.form.before(block.block_id, action);
  if (kept !== undefined) made.write(kept);
  surface.form.watch(block.block_id, action, made.read);
  made.node.dataset.actionId = action;
  const hint = block.hint
    ? el("p", { class: "hint", id: `${id}-hint` }, textObject(block.hint, surface))
    : null;
  const error = el("p", { class: "field-error", id: `${id}-error`, role: "alert" });
  made.control.setAttribute("aria-describedby", [hint?.id, error.id].filter(Boolean).join(" "));
  if (!block.optional && !made.node.matches("fieldset")) made.control.setAttribute("aria-required", "true");
  const optional = block.optional ? el("span", { class: "optional", text: " (optional)" }) : null;
  if (block.dispatch_action) {
    made.node.addEventListener("change", () => {
      surface.press({ block_id: block.block_id, action_id: action, selected: made.read() ?? "" });
    });
  }
  const head = made.node.matches("fieldset")
    ? el("legend", { class: "label", text: words(block.label) }, optional)
    : el("label", { class: "label", for: id, text: words(block.label) }, optional);
  if (made.node.matches("fieldset")) made.node.prepend(head);
  return el("div", { class: "b-input" }, made.node.matches("fieldset") ? null : head, made.node, hint, error);
}

/**
 * Show what the app says is wrong, by block; gives the first field that it names.
 * @param {HTMLElement} form
 * @param {Record<string, string>} errors
 * @returns {HTMLElement | null}
 */
export function showErrors(form, errors) {
  /** @type {HTMLElement | null} */
  let first = null;
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(".b-input"))) {
    const words = errors[box.dataset.blockId ?? ""] ?? "";
    const control = /** @type {HTMLElement | null} */ (box.querySelector("[aria-describedby]"));
    const line = box.querySelector(".field-error");
    if (line) line.textContent = words;
    box.classList.toggle("wrong", words !== "");
    if (words) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
    if (words && !first) first = control;
  }
  return first;
}
