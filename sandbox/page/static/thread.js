// The thread: the message, its replies, what the app says it is doing, and a composer.
import { composer } from "./composer.js";
import { el } from "./dom.js";
import { stream } from "./stream.js";
import { waysOut } from "./way_out.js";

/** @param {import("./desk.js").Desk} desk */
export function threadPane(desk) {
  const { store } = desk;
  const list = () => {
    if (!store.thread) return [];
    const root = store.messages.get(store.channel)?.get(store.thread);
    return [...(root && store.sees(root) ? [root] : []), ...store.replies(store.channel, store.thread)];
  };
  const messages = stream(desk, { label: "Thread", inThread: true, list });
  const status = el("p", { class: "typing", role: "status", testid: "status" });
  const where = el("p", { class: "pane-note" });
  const { close, back } = waysOut("thread", () => store.openThread(null));
  let shown = "";

  const busy = () => {
    const words = store.thread ? store.status(store.channel, store.thread) : "";
    const stay = messages.atEnd();
    status.textContent = words ? `${store.workspace.bot.name} ${words}` : "";
    status.classList.toggle("on", words !== "");
    if (stay) messages.toEnd();
  };
  const place = () => {
    where.textContent = store.channelOf(store.channel)?.is_im
      ? store.workspace.bot.name
      : `#${store.channelName(store.channel)}`;
    const now = `${store.channel} ${store.thread} ${store.me}`;
    if (now !== shown) messages.redraw();
    shown = now;
    busy();
  };
  store.on("place", place);
  store.on("status", busy);
  store.on("messages", ({ channel }) => channel === store.channel && messages.redraw());
  store.on("message", ({ channel, ts }) => {
    if (channel === store.channel && store.thread) messages.one(ts);
  });
  const head = el(
    "header",
    { class: "pane-head" },
    back,
    el("div", { class: "pane-heading" }, el("h2", { class: "pane-title", text: "Thread" }), where),
    close,
  );
  return el(
    "aside",
    { class: "pane thread", "aria-label": "Thread", testid: "thread" },
    head,
    messages.frame,
    status,
    composer(desk, "thread"),
  );
}
