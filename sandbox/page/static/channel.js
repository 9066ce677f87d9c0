// The middle: a channel with its messages and composer, or the app's Home tab.
import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { homeTab } from "./home.js";
import { ICONS } from "./icons.js";
import { stream } from "./stream.js";
import { attempt } from "./toast.js";

/** @param {import("./desk.js").Desk} desk */
export function channelPane(desk) {
  const { store, driver } = desk;
  const head = el("header", { class: "pane-head" });
  const messages = stream(desk, {
    label: "Messages",
    inThread: false,
    list: () => store.roots(store.channel),
    before: () => opening(desk),
  });
  const writing = composer(desk, "channel");
  const home = homeTab(desk);
  let shown = "";

  const place = () => {
    const channel = store.channelOf(store.channel);
    const onHome = Boolean(channel?.is_im) && store.tab === "home";
    head.replaceChildren(...heading(desk, onHome));
    messages.frame.hidden = onHome;
    writing.hidden = onHome;
    home.hidden = !onHome;
    const now = `${store.channel} ${store.me}`;
    if (now !== shown) messages.redraw();
    shown = now;
    if (!onHome)
      for (const node of messages.box.querySelectorAll(".message"))
        node.classList.toggle("open", /** @type {HTMLElement} */ (node).dataset.ts === store.thread);
  };
  store.on("place", place);
  store.on("me", () => {
    if (store.tab === "home") attempt(() => driver.home({ user: store.me }));
  });
  store.on("messages", ({ channel }) => channel === store.channel && messages.redraw());
  store.on("message", ({ channel, ts }) => channel === store.channel && messages.one(ts));
  store.on("status", ({ channel, thread }) => channel === store.channel && messages.one(thread));
  return el("main", { class: "pane channel", "aria-label": "Channel" }, head, messages.frame, home, writing);
}

/** @param {import("./desk.js").Desk} desk @param {boolean} onHome */
function heading(desk, onHome) {
  const { store, driver } = desk;
  const channel = store.channelOf(store.channel);
  const name = channel?.is_im ? store.workspace.bot.name : (channel?.name ?? "No channel");
  const drawing = channel?.is_im ? ICONS.key : channel?.is_ext_shared ? ICONS.shared : ICONS.hash;
  const back = el(
    "button",
    {
      type: "button",
      class: "tool only-phone",
      "aria-label": "Channels and people",
      testid: "open-sidebar",
      on: { click: toSidebar },
    },
    icon(ICONS.menu),
  );
  const title = el("h1", { class: "pane-title" }, icon(drawing), el("span", { text: name }));
  const note = channel?.is_ext_shared ? "Shared with another company" : (channel?.topic ?? "");
  const parts = [
    back,
    el("div", { class: "pane-heading" }, title, note ? el("p", { class: "pane-note", text: note }) : null),
  ];
  if (channel?.is_im) {
    const tab = (/** @type {string} */ text, /** @type {boolean} */ here, /** @type {() => void} */ go) =>
      el("button", {
        type: "button",
        class: "tab",
        "aria-pressed": String(here),
        text,
        testid: `tab-${text.toLowerCase()}`,
        on: { click: go },
      });
    const toHome = () => {
      store.open(channel.id, "home");
      attempt(() => driver.home({ user: store.me }));
    };
    parts.push(
      el(
        "div",
        { class: "tabs", role: "group", "aria-label": "The app's tabs" },
        tab("Home", onHome, toHome),
        tab("Messages", !onHome, () => store.open(channel.id)),
      ),
    );
  }
  const flask = el(
    "button",
    { type: "button", class: "button plain only-phone", on: { click: () => store.showPanel("try") } },
    el("span", { text: "Try a failure" }),
  );
  parts.push(flask);
  return parts;
}

function toSidebar() {
  const app = document.getElementById("app");
  if (app) app.dataset.pane = "sidebar";
}

/** The words at a channel's beginning. @param {import("./desk.js").Desk} desk */
function opening({ store }) {
  const channel = store.channelOf(store.channel);
  if (!channel) return null;
  const bot = store.workspace.bot.name;
  const title = channel.is_im ? `Your conversation with ${bot}` : `This is the start of #${channel.name}`;
  const go = el("button", {
    type: "button",
    class: "button primary",
    text: "Try a failure",
    on: { click: () => store.showPanel("try") },
  });
  return el(
    "div",
    { class: "opening" },
    el("h2", { text: title }),
    el("p", {
      text: `Paste an error of a pod that cannot assume its IAM role, and ${bot} answers in the thread. Nothing here leaves this machine: the accounts and clusters are a small world of their own.`,
    }),
    go,
  );
}
