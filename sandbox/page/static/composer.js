// The box in which one writes: Enter sends, Shift+Enter breaks the line, "/" and "@" offer what there is.
import { el, icon, uid } from "./dom.js";
import { ICONS } from "./icons.js";
import { suggestions } from "./suggest.js";
import { attempt, toast } from "./toast.js";
import { coded } from "./typed.js";

const LARGEST = 1_000_000;

/**
 * @param {import("./desk.js").Desk} desk
 * @param {"channel" | "thread"} place
 */
export function composer(desk, place) {
  const { store } = desk;
  const id = `composer-${place}`;
  const box = el("textarea", {
    id,
    class: "composer-box",
    rows: "1",
    testid: id,
    autocomplete: "off",
    spellcheck: "true",
  });
  const label = el("label", { class: "unseen", for: id });
  const send = el(
    "button",
    { type: "submit", class: "send", "aria-label": "Send", title: "Send", testid: `send-${place}` },
    icon(ICONS.send),
  );
  const picked = el("ul", { class: "picked", "aria-label": "Attached files" });
  /** @type {{name: string, content: string}[]} */
  let files = [];

  const input = el("input", {
    type: "file",
    id: uid("file"),
    class: "unseen",
    tabindex: "-1",
    "aria-label": "Attach a text file",
  });
  const clip = el(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": "Attach a text file",
      title: "Attach a text file",
      on: { click: () => input.click() },
    },
    icon(ICONS.clip),
  );
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    if (file.size > LARGEST) {
      const size = file.size.toLocaleString();
      toast(`${file.name} has ${size} bytes; a text snippet may have 1,000,000.`, "refusal");
    } else files = [...files, { name: file.name, content: await file.text() }];
    show();
  });

  const without = (/** @type {{name: string, content: string}} */ file) => {
    files = files.filter((one) => one !== file);
    show();
  };
  const show = () => {
    picked.replaceChildren(
      ...files.map((file) => {
        const drop = el("button", {
          type: "button",
          class: "link-button",
          "aria-label": `Remove ${file.name}`,
          text: "Remove",
          on: { click: () => without(file) },
        });
        return el("li", {}, icon(ICONS.file), el("span", { text: file.name }), drop);
      }),
    );
    send.disabled = !box.value.trim() && !files.length;
  };

  const early = el("p", { class: "starting", role: "status", testid: `starting-${place}` });
  const wait = () => {
    early.textContent = store.starting
      ? `${store.workspace.bot.name} is starting. What you send now is answered when it is ready.`
      : "";
    early.hidden = !store.starting;
  };
  store.on("starting", wait);

  const form = el(
    "form",
    { class: "composer" },
    early,
    label,
    picked,
    el("div", { class: "composer-row" }, clip, box, send),
    place === "thread"
      ? null
      : el(
          "p",
          { class: "composer-hint" },
          el("kbd", { text: "Enter" }),
          " sends, ",
          el("kbd", { text: "Shift" }),
          "+",
          el("kbd", { text: "Enter" }),
          " starts a new line. ",
          el("kbd", { text: "/irsa" }),
          " and ",
          el("kbd", { text: "@" }),
          " call the bot.",
        ),
    input,
  );
  const offered = suggestions(box, form, store);

  const submit = async () => {
    const text = box.value.trim();
    if (!text && !files.length) return;
    const sent = { text, files, channel: store.channel, thread: place === "thread" ? store.thread : null };
    box.value = "";
    files = [];
    show();
    grow(box);
    if ((await deliver(desk, sent)) || box.value) return;
    box.value = text;
    files = sent.files;
    show();
    grow(box);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("keydown", (event) => {
    if (offered.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  box.addEventListener("input", () => {
    grow(box);
    show();
    offered.refresh();
  });
  const rename = () => {
    const name = store.channelOf(store.channel)?.is_im
      ? store.workspace.bot.name
      : `#${store.channelName(store.channel)}`;
    label.textContent = place === "thread" ? "Reply in the thread" : `Message ${name}`;
    box.placeholder = place === "thread" ? "Reply …" : `Message ${name}`;
  };
  store.on("place", rename);
  store.on("me", rename);
  rename();
  show();
  wait();
  return form;
}

/** @param {HTMLTextAreaElement} box */
function grow(box) {
  box.style.setProperty("height", "auto");
  box.style.setProperty("height", `${Math.min(box.scrollHeight, 220)}px`);
}

/**
 * @param {import("./desk.js").Desk} desk
 * @param {{text: string, files: {name: string, content: string}[], channel: string, thread: string | null}} sent
 * @returns {Promise<boolean>} whether it went out
 */
async function deliver(desk, { text, files, channel, thread }) {
  const { store, driver } = desk;
  const command = /^\/(\S+)/.exec(text);
  if (command && !files.length) return slash(desk, command[0], text, channel, thread);
  const post = {
    channel,
    text: coded(text, store),
    user: store.me,
    ...(thread && { thread_ts: thread }),
    ...(files.length && { files }),
  };
  const posted = await attempt(() => driver.post(post));
  if (posted?.ts && !thread) store.await(channel, posted.ts);
  return posted !== null;
}

/** @type {(desk: import("./desk.js").Desk, name: string, text: string, channel: string, thread: string | null) => Promise<boolean>} */
async function slash(desk, name, text, channel, thread) {
  const { store, driver } = desk;
  const slackbot = (/** @type {string} */ words) =>
    store.whisper(
      channel,
      store.me,
      { text: words, user: "USLACKBOT", username: "Slackbot", bot_id: undefined },
      thread ?? undefined,
    );
  if (thread) {
    slackbot(`\`${name}\` is not supported in threads. Sorry!`);
    return true;
  }
  if (!store.workspace.commands.some((one) => one.command === name)) {
    slackbot(
      `\`${name}\` is not a valid command. In Slack, all messages that start with the “/” character are interpreted as commands.\n\nIf you are trying to send a message and not run a command, try preceding the “/” with an empty space.`,
    );
    return true;
  }
  return (await attempt(() => driver.command({ channel, user: store.me, text }))) !== null;
}
