// One message: who, when, what, and what may be done with it.
import { attachment, file } from "./attachment.js";
import { avatar } from "./avatar.js";
import { array, blocks } from "./blocks.js";
import { clock, day, exactly, moment } from "./dates.js";
import { el, icon, uid } from "./dom.js";
import { editor } from "./editor.js";
import { emoji } from "./emoji.js";
import { ICONS } from "./icons.js";
import { menu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { attempt } from "./toast.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./desk.js").Desk} Desk */

const LONG = 2400;

/**
 * Who wrote it.
 * @param {Message & {bot_profile?: {name?: string}}} message
 * @param {import("./store.js").Store} store
 */
export function author(message, store) {
  if (message.username) return message.username;
  if (store.isOurBot(message)) return store.workspace.bot.name;
  if (message.bot_profile?.name) return message.bot_profile.name;
  return message.user ? store.person(message.user) : (message.bot_id ?? "Somebody");
}

/**
 * @param {Message} message
 * @param {string} channel
 * @param {Desk} desk
 * @param {{inThread: boolean}} where
 */
export function messageItem(message, channel, desk, where) {
  const { store } = desk;
  const name = author(message, store);
  const app = store.isApp(message);
  const at = moment(message.ts);
  const head = el(
    "div",
    { class: "m-head" },
    el("span", { class: "m-name", text: name }),
    app ? el("span", { class: "badge", text: "APP" }) : null,
    ...standing(message, store),
    el("time", { class: "m-time", datetime: at.toISOString(), title: exactly(at), text: clock(at) }),
  );
  const body = el("div", { class: "m-body" }, ...content(message, channel, desk));
  const article = el(
    "article",
    {
      class: message.only_for ? "message ephemeral" : "message",
      "aria-label": `${name}, ${day(at)} ${clock(at)}`,
      tabindex: "-1",
      testid: "message",
      data: { ts: message.ts, author: message.user ?? message.bot_id },
    },
    avatar(name, app),
    el(
      "div",
      { class: "m-main" },
      message.only_for ? onlyYou(message, channel, desk) : null,
      head,
      body,
      reactions(message),
      where.inThread ? null : replies(message, channel, desk),
    ),
    message.only_for ? null : tools(message, channel, desk, where, body),
  );
  return article;
}

/** @param {Message} message @param {import("./store.js").Store} store */
function standing(message, store) {
  const user = message.user ? store.user(message.user) : undefined;
  if (!user || store.isApp(message)) return [];
  if (user.team_id && user.team_id !== store.workspace.team.id)
    return [el("span", { class: "badge", text: "OTHER COMPANY" })];
  return user.is_restricted ? [el("span", { class: "badge", text: "GUEST" })] : [];
}

/** @param {Message} message @param {string} channel @param {Desk} desk */
function content(message, channel, desk) {
  const surface = desk.surface("message", `message ${channel} ${message.ts}`, {
    channel,
    message_ts: message.ts,
  });
  surface.form.renew();
  /** @type {HTMLElement[]} */
  const parts = [];
  const text = message.text ?? "";
  if (array(message.blocks).length)
    parts.push(
      shortened(
        blocks(/** @type {any[]} */ (message.blocks), surface),
        message.user && !message.bot_id ? text.length : 0,
      ),
    );
  else if (text) parts.push(shortened(el("div", { class: "mrkdwn" }, mrkdwn(text, surface)), text.length));
  for (const item of array(message.attachments)) parts.push(attachment(item, surface));
  for (const item of array(message.files)) parts.push(file(item));
  if (!parts.length) parts.push(el("p", { class: "hint", text: "(no text)" }));
  if (message.edited) parts.push(el("span", { class: "m-edited", text: "(edited)" }));
  return parts;
}

/**
 * A long paste is folded, so that the answer stays in sight.
 * @param {HTMLElement} box
 * @param {number} length
 */
function shortened(box, length) {
  if (length < LONG) return box;
  const id = uid("long");
  const inner = el("div", { class: "folded", id }, box);
  const more = el("button", {
    type: "button",
    class: "link-button",
    "aria-expanded": "false",
    "aria-controls": id,
    text: "Show more",
  });
  more.addEventListener("click", () => {
    const open = inner.classList.toggle("folded") === false;
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Show less" : "Show more";
  });
  return el("div", {}, inner, more);
}

/** @param {Message} message @param {string} channel @param {Desk} desk */
function onlyYou(message, channel, desk) {
  const dismiss = el("button", {
    type: "button",
    class: "link-button",
    text: "Dismiss",
    on: { click: () => desk.store.drop(channel, message.ts) },
  });
  return el(
    "div",
    { class: "m-only" },
    icon(ICONS.eye),
    el("span", { text: "Only visible to you" }),
    dismiss,
  );
}

/** @param {Message} message */
function reactions(message) {
  const all = array(message.reactions);
  if (!all.length) return null;
  const chips = all.map((one) => {
    const count = one.count ?? one.users?.length ?? 1;
    return el("li", { class: "reaction" }, emoji(one.name), el("span", { text: String(count) }));
  });
  return el("ul", { class: "reactions", "aria-label": "Reactions" }, ...chips);
}

/** @param {Message} message @param {string} channel @param {Desk} desk */
function replies(message, channel, desk) {
  const all = desk.store.replies(channel, message.ts);
  const busy = desk.store.status(channel, message.ts);
  if (!all.length && !busy) return null;
  const last = all[all.length - 1];
  const count = all.length === 1 ? "1 reply" : `${all.length} replies`;
  const when = last ? `Last reply ${clock(moment(last.ts))}` : "";
  return el(
    "button",
    {
      type: "button",
      class: "m-replies",
      testid: "open-thread",
      on: { click: () => desk.store.openThread(message.ts) },
    },
    ...[...new Set(all.map((one) => author(one, desk.store)))].slice(0, 3).map((name) => avatar(name)),
    el("span", { class: "m-count", text: all.length ? count : "Thread" }),
    el("span", { class: "m-when", text: busy ? `${desk.store.workspace.bot.name} ${busy}` : when }),
  );
}

/**
 * @param {Message} message
 * @param {string} channel
 * @param {Desk} desk
 * @param {{inThread: boolean}} where
 * @param {HTMLElement} body
 */
function tools(message, channel, desk, where, body) {
  const { store, driver } = desk;
  const root = message.thread_ts ?? message.ts;
  const shortcuts = store.workspace.shortcuts.filter((one) => one.type === "message");
  const items = shortcuts.map((one) => ({
    text: one.name,
    note: one.description ?? store.workspace.bot.name,
    run: () =>
      attempt(() =>
        driver.shortcut({ channel, message_ts: message.ts, callback_id: one.callback_id, user: store.me }),
      ),
  }));
  const mine = message.user === store.me && !message.bot_id;
  return el(
    "div",
    { class: "m-tools", role: "group", "aria-label": "Message actions" },
    where.inThread ? null : tool("Reply in thread", ICONS.reply, () => store.openThread(root)),
    mine ? tool("Edit message", ICONS.edit, () => editor(body, message, channel, desk)) : null,
    items.length ? menu("More message actions", ICONS.more, items, "tool") : null,
  );
}

/** @type {(label: string, drawing: string, run: () => void) => HTMLButtonElement} */
function tool(label, drawing, run) {
  return el(
    "button",
    { type: "button", class: "tool", "aria-label": label, title: label, on: { click: run } },
    icon(drawing),
  );
}
