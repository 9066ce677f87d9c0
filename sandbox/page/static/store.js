// What the page knows, and who wants to hear that it changed.

import { isRoot, Roster } from "./roster.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").View} View */

/**
 * Topics: `message` {channel, ts} · `messages` {channel} (all of them) · `place` (channel, thread or
 * tab) · `me` · `unread` · `status` {channel, thread} · `views` · `home` · `reply` {channel, message} (a
 * bot's new or changed answer) · `delivery` {event} · `starting` (whether the bot is)
 * @typedef {"message"|"messages"|"place"|"me"|"unread"|"status"|"views"|"home"|"reply"|"delivery"|"starting"} Topic
 */

export class Store extends Roster {
  /** @param {import("./types.js").Workspace} workspace */
  constructor(workspace) {
    super(workspace);
    /** @type {Map<string, Map<string, Message>>} */
    this.messages = new Map();
    /** @type {Map<string, string>} */
    this.statuses = new Map();
    /** @type {Map<string, number>} */
    this.unread = new Map();
    /** @type {View[]} the open views, the top one last */
    this.views = [];
    /** @type {Map<string, View>} by user */
    this.homes = new Map();
    this.channel = "";
    /** @type {string | null} */
    this.thread = null;
    /** @type {"home" | "messages"} what an app's own channel shows */
    this.tab = "messages";
    /** @type {"try" | "world" | null} the demo's own panel beside the conversation */
    this.panel = null;
    /** @type {Set<string>} the messages posted from this page whose answer opens a thread */
    this.awaited = new Set();
    this.starting = Boolean(workspace.starting); // what is posted then waits for the bot
    /** @type {Map<Topic, Set<(detail: any) => void>>} */
    this.listeners = new Map();
  }

  /**
   * @param {Topic} topic
   * @param {(detail: any) => void} listener
   */
  on(topic, listener) {
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(listener));
  }

  /**
   * @param {Topic} topic
   * @param {any} [detail]
   */
  tell(topic, detail) {
    for (const listener of this.listeners.get(topic) ?? []) listener(detail);
  }

  // --- who and where -------------------------------------------------------------------------

  /** @param {string} user */
  actAs(user) {
    this.me = user;
    this.views = [];
    this.tell("me");
    this.tell("views");
    if (!this.channels().some((channel) => channel.id === this.channel)) {
      this.open(this.channels()[0]?.id ?? "");
    } else {
      this.tell("messages", { channel: this.channel });
      this.tell("place");
    }
  }

  /**
   * @param {string} channel
   * @param {"home" | "messages"} [tab]
   */
  open(channel, tab = "messages") {
    const moved = channel !== this.channel;
    this.channel = channel;
    this.tab = tab;
    if (moved) this.thread = null;
    if (tab === "messages") this.unread.delete(channel);
    this.tell("place");
    this.tell("unread");
  }

  /** @param {string | null} thread */
  openThread(thread) {
    this.thread = thread;
    this.tell("place");
  }

  /** @param {"try" | "world" | null} panel */
  showPanel(panel) {
    this.panel = panel;
    this.tell("place");
  }

  // --- messages ------------------------------------------------------------------------------

  /**
   * Everything the acting user sees in a channel, oldest first.
   * @param {string} channel
   */
  all(channel) {
    const seen = [...(this.messages.get(channel)?.values() ?? [])].filter((message) => this.sees(message));
    return seen.sort((a, b) => Number(a.ts) - Number(b.ts));
  }

  /** @param {string} channel */
  roots(channel) {
    return this.all(channel).filter((message) => isRoot(message));
  }

  /**
   * @param {string} channel
   * @param {string} root
   */
  replies(channel, root) {
    return this.all(channel).filter((message) => message.thread_ts === root && message.ts !== root);
  }

  /**
   * Take in a channel's messages as they were read; what arrived since then stays.
   * @param {string} channel
   * @param {Message[]} messages
   */
  load(channel, messages) {
    const newest = messages.reduce((most, { ts }) => Math.max(most, Number(ts)), 0);
    const known = [...(this.messages.get(channel)?.values() ?? [])];
    const kept = known.filter(({ ts, only_for: whispered }) => whispered || Number(ts) > newest);
    this.messages.set(channel, new Map([...messages, ...kept].map((message) => [message.ts, message])));
    this.tell("messages", { channel });
  }

  /**
   * @param {string} channel
   * @param {Message} message
   */
  put(channel, message) {
    const known = this.messages.get(channel) ?? new Map();
    this.messages.set(channel, known);
    known.set(message.ts, message);
    this.tell("message", { channel, ts: message.ts });
    const root = message.thread_ts;
    if (root && root !== message.ts && known.has(root)) this.tell("message", { channel, ts: root });
  }

  /**
   * @param {string} channel
   * @param {string} ts
   */
  drop(channel, ts) {
    const gone = this.messages.get(channel)?.get(ts);
    this.messages.get(channel)?.delete(ts);
    this.tell("message", { channel, ts });
    if (gone?.thread_ts && gone.thread_ts !== ts) this.tell("message", { channel, ts: gone.thread_ts });
  }

  /**
   * A message that only `user` sees.
   * @param {string} channel
   * @param {string} user
   * @param {any} message
   * @param {string} [thread]
   */
  whisper(channel, user, message, thread) {
    const ts = message.ts ?? String(Date.now() / 1000);
    const bot = { bot_id: this.workspace.bot.bot_id, user: this.workspace.bot.user_id };
    this.put(channel, { ...bot, ...message, ts, thread_ts: thread ?? message.thread_ts, only_for: user });
  }

  /**
   * @param {string} channel
   * @param {string} thread
   */
  status(channel, thread) {
    return this.statuses.get(`${channel}/${thread}`) ?? "";
  }

  /**
   * @param {string} channel
   * @param {string} thread
   * @param {string} status
   */
  setStatus(channel, thread, status) {
    if (status) this.statuses.set(`${channel}/${thread}`, status);
    else this.statuses.delete(`${channel}/${thread}`);
    this.tell("status", { channel, thread });
  }

  /** @param {string} channel @param {string} user */
  join(channel, user) {
    const known = this.channelOf(channel);
    if (!known || known.members?.includes(user)) return;
    known.members = [...(known.members ?? []), user];
    this.tell("unread");
  }

  /** Take in channels that were made since the page was opened. @param {import("./types.js").Channel[]} channels */
  meet(channels) {
    this.workspace.channels = channels;
    this.tell("unread");
  }

  /**
   * Wait for the answer to a message that was just posted here; it may have come already.
   * @param {string} channel
   * @param {string} ts
   */
  await(channel, ts) {
    this.awaited.add(ts);
    if (this.status(channel, ts) || this.replies(channel, ts).length) this.answered(channel, ts);
  }

  /**
   * Open the thread of a message that was just posted here, now that somebody answers it.
   * @param {string} channel
   * @param {string} thread
   */
  answered(channel, thread) {
    if (this.awaited.has(thread) && channel === this.channel) {
      this.awaited.delete(thread);
      this.openThread(thread);
    }
  }

  // --- events --------------------------------------------------------------------------------

  /** Take in one event of the workspace. @param {any} event */
  apply(event) {
    switch (event.type) {
      case "message":
        return this.arrive(event.channel, event.message);
      case "message_changed":
        return this.change(event.channel, event.message);
      case "reaction":
        return this.react(event);
      case "message_deleted":
        return this.drop(event.channel, event.ts);
      case "ephemeral":
        this.whisper(event.channel, event.user, event.message, event.thread_ts);
        if (event.user === this.me) this.tell("reply", event);
        if (event.thread_ts && event.user === this.me) this.answered(event.channel, event.thread_ts);
        return undefined;
      case "status":
        this.setStatus(event.channel, event.thread_ts, event.status);
        if (event.status) this.answered(event.channel, event.thread_ts);
        return undefined;
      case "view":
        return event.user === this.me ? this.turn(event.op, event.view) : undefined;
      case "home":
        this.homes.set(event.user, event.view);
        return this.tell("home");
      case "joined":
        return this.join(event.channel, event.user);
      case "delivery":
        return this.tell("delivery", event);
      case "starting":
        this.starting = event.starting;
        return this.tell("starting");
      default:
        return undefined;
    }
  }

  /**
   * @param {string} channel
   * @param {Message} message
   */
  arrive(channel, message) {
    this.put(channel, message);
    const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null;
    if (this.isOurBot(message)) {
      if (thread) {
        this.setStatus(channel, thread, "");
        this.answered(channel, thread);
      }
      this.tell("reply", { channel, message });
    }
    const away = channel !== this.channel || this.tab === "home";
    if (away && message.user !== this.me) {
      this.unread.set(channel, (this.unread.get(channel) ?? 0) + 1);
      this.tell("unread");
    }
  }

  /**
   * @param {string} channel
   * @param {Message} message
   */
  change(channel, message) {
    const before = this.messages.get(channel)?.get(message.ts);
    this.put(channel, message);
    if (this.isOurBot(message) && before?.text !== message.text) this.tell("reply", { channel, message });
  }

  /** @param {any} event */
  react(event) {
    const known = this.messages.get(event.channel)?.get(event.ts);
    if (event.message) this.put(event.channel, { ...known, ...event.message });
  }

  /**
   * @param {"open" | "push" | "update" | "close"} op
   * @param {View} view
   */
  turn(op, view) {
    const others = this.views.filter((open) => open.id !== view.id);
    if (op === "open") this.views = [view];
    else if (op === "push") this.views = [...others, view];
    else if (op === "update") this.views = this.views.map((open) => (open.id === view.id ? view : open));
    else this.views = others;
    this.tell("views", { op, id: view.id });
  }
}
