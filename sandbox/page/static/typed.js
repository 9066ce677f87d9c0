// Between what a person types and what Slack stores: names for ids, and back.
import { unescape } from "./mrkdwn.js";

/** @typedef {import("./store.js").Store} Store */

/** Everybody who can be called by name, longest name first. @param {Store} store */
export function callable(store) {
  const { bot, users } = store.workspace;
  const all = [{ id: bot.user_id, name: bot.name, handle: handle(bot.name) }];
  for (const user of users) {
    if (user.id !== bot.user_id)
      all.push({ id: user.id, name: user.real_name || user.name, handle: user.name });
  }
  return all.sort((a, b) => b.name.length - a.name.length);
}

/** @param {string} name */
function handle(name) {
  return name.toLowerCase().replace(/\s+/g, "-");
}

/**
 * `@name` becomes `<@ID>`; the rest stays as it was typed.
 * @param {string} text
 * @param {Store} store
 */
export function coded(text, store) {
  const people = callable(store);
  return text.replace(/(?<![^\s(])@([^\n@]{1,80})/g, (whole, rest) => {
    const lower = rest.toLowerCase();
    for (const { id, name, handle: short } of people) {
      for (const called of [name.toLowerCase(), short.toLowerCase()]) {
        if (lower.startsWith(called) && !/^[\p{L}\p{N}_-]/u.test(rest.slice(called.length))) {
          return `<@${id}>${rest.slice(called.length)}`;
        }
      }
    }
    return whole;
  });
}

/**
 * A stored text as its author typed it.
 * @param {string} text
 * @param {Store} store
 */
export function asTyped(text, store) {
  const named = text.replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_whole, id) => `@${store.person(id)}`);
  return unescape(named.replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1"));
}
