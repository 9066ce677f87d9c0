// A bot's new or changed answer is read aloud once, in the words of its `text`.
import { must } from "./dom.js";
import { unescape } from "./mrkdwn.js";

/** @param {import("./store.js").Store} store */
export function speak(store) {
  store.on("reply", ({ channel, message }) => {
    if (channel !== store.channel) return;
    const text = unescape(String(message.text ?? "")).replace(/[*_~`]/g, "");
    must("live").textContent = `${store.workspace.bot.name} answered: ${text.slice(0, 400)}`;
  });
}
