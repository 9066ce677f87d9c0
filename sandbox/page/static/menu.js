// A button that opens a short menu; arrow keys walk it, Escape closes it.
import { el, icon, uid } from "./dom.js";

/** @typedef {{text: string, note?: string, run: () => void}} Item */

/** @type {(() => void) | null} */
let shut = null;

/**
 * @param {string} label
 * @param {string} drawing
 * @param {Item[]} items
 * @param {string} [kind]
 * @returns {HTMLButtonElement}
 */
export function menu(label, drawing, items, kind = "icon-button") {
  const opener = el(
    "button",
    {
      type: "button",
      class: kind,
      "aria-label": label,
      title: label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
    icon(drawing),
  );
  opener.addEventListener("click", (event) => {
    event.stopPropagation();
    if (opener.getAttribute("aria-expanded") === "true") shut?.();
    else open(opener, label, items);
  });
  return opener;
}

/** @type {(opener: HTMLButtonElement, label: string, items: Item[]) => void} */
function open(opener, label, items) {
  shut?.();
  const list = el("div", {
    class: "menu",
    role: "menu",
    "aria-label": label,
    id: uid("menu"),
    popover: "manual",
  });
  const close = (/** @type {boolean} */ back) => {
    list.remove();
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("click", away);
    shut = null;
    if (back) opener.focus();
  };
  const away = () => close(false);
  for (const item of items) {
    const note = item.note ? el("span", { class: "menu-note", text: item.note }) : null;
    const pick = () => {
      close(true);
      item.run();
    };
    list.append(
      el(
        "button",
        { type: "button", role: "menuitem", class: "menu-item", on: { click: pick } },
        el("span", { text: item.text }),
        note,
      ),
    );
  }
  list.addEventListener("keydown", (event) => walk(event, list, () => close(true)));
  (opener.closest("dialog") ?? document.body).append(list);
  list.showPopover();
  place(list, opener.getBoundingClientRect());
  opener.setAttribute("aria-expanded", "true");
  shut = () => close(false);
  document.addEventListener("click", away);
  /** @type {HTMLElement | null} */ (list.firstElementChild)?.focus();
}

/** @type {(list: HTMLElement, beside: DOMRect) => void} */
function place(list, beside) {
  const { width, height } = list.getBoundingClientRect();
  const left = Math.max(8, Math.min(beside.right - width, innerWidth - width - 8));
  const below = beside.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, beside.top - height - 4) : below;
  list.style.setProperty("left", `${left}px`);
  list.style.setProperty("top", `${top}px`);
}

/** @type {(event: KeyboardEvent, list: HTMLElement, close: () => void) => void} */
function walk(event, list, close) {
  const items = /** @type {HTMLElement[]} */ ([...list.children]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (Object.hasOwn(steps, event.key)) {
    const next = steps[/** @type {keyof typeof steps} */ (event.key)];
    items[(next + items.length) % items.length]?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
