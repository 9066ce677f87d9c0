// The shapes the page reads. They are the driver's (see sandbox/slack), not Slack's in full.

/**
 * @typedef {Object} User
 * @property {string} id
 * @property {string} name
 * @property {string} [real_name]
 * @property {boolean} [is_bot]
 * @property {boolean} [is_restricted]
 * @property {string} [team_id]
 * @property {string} [avatar_color]
 * @property {string} [title]
 */

/**
 * @typedef {Object} Channel
 * @property {string} id
 * @property {string} name
 * @property {string} [topic]
 * @property {boolean} [is_im]
 * @property {boolean} [is_ext_shared]
 * @property {string[]} [members]
 */

/** @typedef {{command: string, description?: string, usage_hint?: string}} Command */
/** @typedef {{name: string, type: string, callback_id: string, description?: string}} Shortcut */

/**
 * @typedef {Object} Workspace
 * @property {{id: string, name: string, domain?: string}} team
 * @property {string} me
 * @property {User[]} users
 * @property {Channel[]} channels
 * @property {{id: string, handle: string}[]} [groups]
 * @property {{user_id: string, bot_id: string, name: string}} bot
 * @property {Command[]} commands
 * @property {Shortcut[]} shortcuts
 * @property {boolean} [starting]
 */

/** A Block Kit object; its `type` decides who draws it. @typedef {{type: string, [key: string]: any}} Block */

/** @typedef {{name: string, users?: string[], count?: number}} Reaction */

/**
 * @typedef {Object} Message
 * @property {string} ts
 * @property {string} [thread_ts]
 * @property {string} [user]
 * @property {string} [bot_id]
 * @property {string} [username]
 * @property {string} [text]
 * @property {string} [subtype]
 * @property {Block[]} [blocks]
 * @property {any[]} [attachments]
 * @property {any[]} [files]
 * @property {Reaction[]} [reactions]
 * @property {any} [edited]
 * @property {string} [only_for] the one user who sees an ephemeral message; set by the page
 */

/** @typedef {{id: string, type: string, blocks: Block[], [key: string]: any}} View */

/**
 * What a press says: which element, and the chosen option where there is one.
 * @typedef {{block_id: string, action_id: string, selected?: string | string[]}} Press
 */

/**
 * All a block needs to know about the place that it is drawn in.
 * @typedef {Object} Surface
 * @property {"message" | "modal" | "home"} kind
 * @property {string} viewer the user that looks
 * @property {(id: string) => string} person
 * @property {(id: string) => string} channel
 * @property {User[]} people
 * @property {Channel[]} channels
 * @property {(press: Press) => Promise<void>} press
 * @property {import("./form.js").Form} form what was filled in so far
 */

export {};
