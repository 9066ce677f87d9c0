// Who is in the workspace, which channels there are, and what the acting person sees of both.

/** @typedef {import("./types.js").Message} Message */

export class Roster {
  /** @param {import("./types.js").Workspace} workspace */
  constructor(workspace) {
    this.workspace = workspace;
    this.me = workspace.me;
  }

  /** @param {string} id */
  user(id) {
    return this.workspace.users.find((user) => user.id === id);
  }

  /** @param {string} id */
  person(id) {
    if (id === this.workspace.bot.user_id) return this.workspace.bot.name;
    const user = this.user(id);
    return user ? user.real_name || user.name : id;
  }

  /** A user group's handle. @param {string} id */
  group(id) {
    return this.workspace.groups?.find((group) => group.id === id)?.handle ?? id;
  }

  /** @param {string} id */
  channelName(id) {
    return this.workspace.channels.find((channel) => channel.id === id)?.name ?? id;
  }

  /** @param {string} id */
  channelOf(id) {
    return this.workspace.channels.find((channel) => channel.id === id);
  }

  /** The channels that the acting user sees: full members all public ones, others only their own. */
  channels() {
    const me = this.user(this.me);
    const limited = me?.is_restricted || (me?.team_id && me.team_id !== this.workspace.team.id);
    return this.workspace.channels.filter((channel) => {
      const inside = !channel.members?.length || channel.members.includes(this.me);
      return inside || (!channel.is_im && !limited);
    });
  }

  /** @param {Message} message */
  sees(message) {
    return !message.only_for || message.only_for === this.me;
  }

  /** @param {Message} message */
  isApp(message) {
    return Boolean(message.bot_id) || message.user === this.workspace.bot.user_id;
  }

  /** @param {Message} message */
  isOurBot(message) {
    const { bot } = this.workspace;
    return message.bot_id === bot.bot_id || message.user === bot.user_id;
  }
}

/** Whether it stands in the channel itself. @param {Message} message */
export function isRoot(message) {
  return !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}
