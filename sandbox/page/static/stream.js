// A list of messages that is redrawn message by message, and stays where the reader left it.
import { day, moment } from "./dates.js";
import { el } from "./dom.js";
import { messageItem } from "./message.js";

/**
 * @param {import("./desk.js").Desk} desk
 * @param {{label: string, inThread: boolean, list: () => import("./types.js").Message[], before?: () => Node | null}} what
 */
export function stream(desk, { label, inThread, list, before }) {
  const { store } = desk;
  const items = el("div", { class: "stream-items" });
  const box = el("div", { class: "stream", tabindex: "0", role: "group", "aria-label": label }, items);
  const jump = el("button", {
    type: "button",
    class: "jump",
    hidden: true,
    text: "New messages below",
    on: { click: () => (box.scrollTop = box.scrollHeight) },
  });
  const frame = el("div", { class: "stream-frame" }, box, jump);
  box.addEventListener("scroll", () => atEnd() && (jump.hidden = true));
  const atEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const toEnd = () => {
    const last = items.lastElementChild;
    const tall = last && last.clientHeight > box.clientHeight;
    box.scrollTop = tall
      ? box.scrollTop + last.getBoundingClientRect().top - box.getBoundingClientRect().top
      : box.scrollHeight;
  };

  const redraw = (end = true) => {
    const keep = end || atEnd();
    const all = list();
    const nodes = [before?.() ?? null];
    let last = "";
    for (const message of all) {
      const today = day(moment(message.ts));
      if (today !== last && !inThread)
        nodes.push(
          el("div", { class: "day", role: "separator", "aria-label": today }, el("span", { text: today })),
        );
      last = today;
      nodes.push(messageItem(message, store.channel, desk, { inThread }));
    }
    items.replaceChildren(...nodes.filter((node) => node !== null));
    if (keep) toEnd();
  };

  const one = (/** @type {string} */ ts) => {
    const old = /** @type {HTMLElement | null} */ (items.querySelector(`[data-ts="${CSS.escape(ts)}"]`));
    const all = list();
    const message = all.find((item) => item.ts === ts);
    const keep = atEnd();
    if (!message) return old?.remove();
    if (!old) {
      const place = all.indexOf(message);
      const before = all[place - 1];
      if (place < all.length - 1 || (!inThread && (!before || day(moment(before.ts)) !== day(moment(ts)))))
        return redraw(false);
      items.append(messageItem(message, store.channel, desk, { inThread }));
      if (keep) toEnd();
      jump.hidden = keep || atEnd();
      return undefined;
    }
    const focus = focused(old);
    const fresh = messageItem(message, store.channel, desk, { inThread });
    old.replaceWith(fresh);
    if (focus !== null) refocus(fresh, focus);
    if (keep) toEnd();
    return undefined;
  };
  return { frame, box, redraw, one, toEnd, atEnd };
}

/** The action that has the focus inside a message, "" for another place in it, null for none. @param {HTMLElement} old */
function focused(old) {
  const active = document.activeElement;
  if (!active || !old.contains(active)) return null;
  return /** @type {HTMLElement} */ (active).dataset.actionId ?? "";
}

/** @param {HTMLElement} fresh @param {string} action */
function refocus(fresh, action) {
  const same = action
    ? /** @type {HTMLElement | null} */ (fresh.querySelector(`[data-action-id="${CSS.escape(action)}"]`))
    : null;
  (same ?? fresh).focus({ preventScroll: true });
}
