// Interactive elements that act at once: buttons, menus, selects and pickers.
import { confirmed } from "./confirm.js";
import { el, icon, uid, webAddress } from "./dom.js";
import { ICONS } from "./icons.js";
import { field } from "./fields.js";
import { menu } from "./menu.js";
import { plain, words } from "./text.js";

/** @typedef {import("./types.js").Surface} Surface */

/**
 * @param {any} spec
 * @param {string} blockId
 * @param {Surface} surface
 * @returns {HTMLElement}
 */
export function element(spec, blockId, surface) {
  const seenBy = spec.visible_to_user_ids;
  if (Array.isArray(seenBy) && seenBy.length && !seenBy.includes(surface.viewer))
    return el("span", { hidden: true });
  switch (spec.type) {
    case "button":
    case "workflow_button":
      return button(spec, blockId, surface);
    case "icon_button":
      return iconButton(spec, blockId, surface);
    case "feedback_buttons":
      return feedback(spec, blockId, surface);
    case "overflow":
      return overflow(spec, blockId, surface);
    default:
      return acting(spec, blockId, surface);
  }
}

/**
 * Press an element: ask first where it says so, and stay busy until the app has answered.
 * @param {any} spec
 * @param {string} blockId
 * @param {Surface} surface
 * @param {HTMLElement} node
 * @param {string | string[]} [selected]
 * @returns {Promise<boolean>} whether it was pressed
 */
async function press(spec, blockId, surface, node, selected) {
  if (node.getAttribute("aria-busy") === "true") return false;
  if (spec.confirm && !(await confirmed(spec.confirm, surface))) return false;
  node.setAttribute("aria-busy", "true");
  try {
    const choice = selected === undefined ? {} : { selected };
    await surface.press({ block_id: blockId, action_id: String(spec.action_id ?? ""), ...choice });
  } finally {
    node.removeAttribute("aria-busy");
  }
  return true;
}

/** @type {(spec: any, blockId: string, surface: Surface) => HTMLElement} */
function button(spec, blockId, surface) {
  const address = webAddress(spec.url);
  const style = ["primary", "danger"].includes(spec.style) ? spec.style : "plain";
  const label = spec.accessibility_label
    ? { "aria-label": spec.accessibility_label, title: spec.accessibility_label }
    : {};
  /** @type {HTMLButtonElement} */
  const node = el(
    "button",
    {
      type: "button",
      class: `button ${style}`,
      ...label,
      data: { actionId: spec.action_id },
      on: {
        click: async () => {
          if (address && spec.url) window.open(address, "_blank", "noopener,noreferrer");
          await press(spec, blockId, surface, node);
        },
      },
    },
    el("span", { class: "button-text" }, plain(spec.text?.text)),
  );
  return node;
}

/** @type {(spec: any, blockId: string, surface: Surface) => HTMLElement} */
function iconButton(spec, blockId, surface) {
  const label = words(spec.accessibility_label ?? spec.text) || "Delete";
  /** @type {HTMLButtonElement} */
  const node = el(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": label,
      title: label,
      data: { actionId: spec.action_id },
      on: { click: () => press(spec, blockId, surface, node) },
    },
    icon(spec.icon === "trash" ? ICONS.trash : ICONS.more),
  );
  return node;
}

/** @type {(spec: any, blockId: string, surface: Surface) => HTMLElement} */
function feedback(spec, blockId, surface) {
  const said = el("span", { class: "unseen", role: "status" });
  const side = (/** @type {any} */ half, /** @type {string} */ meaning) => {
    /** @type {HTMLButtonElement} */
    const node = el(
      "button",
      {
        type: "button",
        class: `icon-button ${meaning}`,
        "aria-pressed": "false",
        "aria-label": half?.accessibility_label ?? words(half?.text) ?? meaning,
        title: words(half?.text) || meaning,
        data: { actionId: spec.action_id },
        on: {
          click: async () => {
            if (!(await press(spec, blockId, surface, node, String(half?.value ?? "")))) return;
            for (const other of box.querySelectorAll("button"))
              other.setAttribute("aria-pressed", String(other === node));
            said.textContent = "Thanks, noted.";
          },
        },
      },
      icon(ICONS.up),
    );
    return node;
  };
  const box = el(
    "span",
    { class: "feedback", role: "group", "aria-label": "Feedback" },
    side(spec.positive_button, "Good"),
    side(spec.negative_button, "Bad"),
    said,
  );
  return box;
}

/** @type {(spec: any, blockId: string, surface: Surface) => HTMLElement} */
function overflow(spec, blockId, surface) {
  const items = (Array.isArray(spec.options) ? spec.options : []).map((/** @type {any} */ option) => ({
    text: words(option.text),
    note: words(option.description),
    run: async () => {
      const address = webAddress(option.url);
      if (address && option.url) window.open(address, "_blank", "noopener,noreferrer");
      await press(spec, blockId, surface, opener, String(option.value ?? ""));
    },
  }));
  const opener = menu(spec.accessibility_label ?? "More actions", ICONS.more, items);
  opener.dataset.actionId = spec.action_id;
  return opener;
}

/**
 * A select, picker or choice outside a form: each change is a press.
 * @type {(spec: any, blockId: string, surface: Surface) => HTMLElement}
 */
function acting(spec, blockId, surface) {
  const id = uid("field");
  const made = field(spec, id, surface);
  if (!made)
    return el("span", {
      class: "unknown",
      role: "note",
      text: `This page does not draw “${spec.type}” elements.`,
    });
  const action = String(spec.action_id ?? "");
  made.node.dataset.actionId = action;
  const named = made.node.matches("fieldset") ? made.node : made.control;
  if (!named.hasAttribute("aria-label"))
    named.setAttribute("aria-label", words(spec.accessibility_label ?? spec.placeholder) || "Choose");
  const kept = surface.form.before(blockId, action);
  if (kept !== undefined) made.write(kept);
  surface.form.watch(blockId, action, made.read);
  made.node.addEventListener("change", async () => {
    const answer = made.read();
    if (answer !== null || made.clears) await press(spec, blockId, surface, made.node, answer ?? "");
  });
  return made.node;
}
