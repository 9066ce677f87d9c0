// The page starts here: ask the workspace for its state, draw it, and follow what happens.
import { channelPane } from "./channel.js";
import { Desk } from "./desk.js";
import { append, el, must } from "./dom.js";
import { Driver, Refused } from "./driver.js";
import { modals } from "./modal.js";
import { panelPane } from "./panel.js";
import { sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { speak } from "./speak.js";
import { threadPane } from "./thread.js";
import { attempt, toast } from "./toast.js";

const app = must("app");

/** Where both the thread and the panel fit beside the channel. */
const WIDE = matchMedia("(min-width: 1500px)");
const PHONE = matchMedia("(max-width: 799px)");

async function start() {
  const driver = new Driver();
  const store = new Store(await driver.state());
  const desk = new Desk(store, driver);
  document.title = `${store.workspace.team.name} — demo workspace`;
  app.replaceChildren();
  layout(store);
  append(app, [sidebar(desk), channelPane(desk), threadPane(desk), panelPane(desk)]);
  modals(desk);
  speak(store);
  store.on("delivery", ({ kind, what, attempt: number, outcome }) => {
    if (kind !== "events_api" || outcome === "acknowledged" || number > 0) return;
    toast(
      `${store.workspace.bot.name} did not take the event “${what}” (${outcome}). Slack would send it again.`,
      "refusal",
    );
  });

  await new Promise((resolve) => {
    driver.follow(
      (event) => hear(desk, event),
      async (connected, again) => {
        const was = app.dataset.link;
        app.dataset.link = connected ? "up" : "down";
        if (!connected && was !== "down")
          toast("The connection to the demo is lost; trying again.", "refusal");
        if (again && was === "down") toast("Connected again.");
        if (connected) resolve(await fetchAll(desk));
      },
    );
  });
  if (!PHONE.matches) store.panel = "try";
  const mine = store.channels();
  store.open((mine.find((one) => !one.is_im) ?? mine[0])?.id ?? "");
}

/** Take in an event, and the channel it is about where that is a new one. @param {Desk} desk @param {any} event */
function hear({ store, driver }, event) {
  store.apply(event);
  if (event.channel && !store.channelOf(event.channel)) {
    attempt(async () => store.meet((await driver.state()).channels));
  }
}

/** Read every channel's messages. @param {Desk} desk */
async function fetchAll({ store, driver }) {
  const channels = store.workspace.channels;
  await Promise.all(
    channels.map(async ({ id }) => {
      const messages = await attempt(() => driver.messages(id));
      if (messages) store.load(id, messages);
    }),
  );
}

/** Which columns are shown, and which one a phone shows. @param {Store} store */
function layout(store) {
  let before = {
    channel: "",
    thread: /** @type {string | null} */ (null),
    panel: /** @type {string | null} */ (null),
    tab: "",
  };
  store.on("place", () => {
    const { channel, thread, panel, tab } = store;
    if (thread && thread !== before.thread && panel === "try" && !WIDE.matches) store.panel = null;
    const opened =
      panel && panel !== before.panel
        ? "panel"
        : thread && thread !== before.thread
          ? "thread"
          : channel !== before.channel || tab !== before.tab
            ? "channel"
            : "";
    const closed =
      (!thread && before.thread) || (!panel && before.panel)
        ? thread
          ? "thread"
          : panel
            ? "panel"
            : "channel"
        : "";
    before = { channel, thread, panel: store.panel, tab };
    app.dataset.pane = opened || closed || app.dataset.pane;
    app.dataset.thread = thread ? "open" : "closed";
    app.dataset.panel = store.panel ?? "closed";
  });
}

start().catch((error) => {
  const words =
    error instanceof Refused
      ? error.message
      : "The page could not start. Reload it; if that does not help, see the terminal.";
  app.replaceChildren(el("p", { class: "boot", role: "alert", text: words }));
  if (!(error instanceof Refused)) throw error;
});
