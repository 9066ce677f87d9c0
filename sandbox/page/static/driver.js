// The workspace's doors: requests to /workspace and /world, and the stream of what happens there.

/** A refusal, in the server's own sentence. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} sentence
   */
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function ask(path, init) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { ...init, headers: { Accept: "application/json", ...init?.headers } });
  } catch {
    throw new Refused(0, "The demo does not answer. Is it still running in your terminal?");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    throw new Refused(response.status, body?.error ?? `${path} answered ${response.status}.`);
  }
  return body;
}

/**
 * @param {string} path
 * @param {object} body
 */
function tell(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

export class Driver {
  /** @returns {Promise<import("./types.js").Workspace>} */
  state() {
    return ask("/workspace/state");
  }

  /**
   * @param {string} channel
   * @returns {Promise<import("./types.js").Message[]>}
   */
  async messages(channel) {
    const { messages } = await ask(`/workspace/messages?channel=${encodeURIComponent(channel)}`);
    return messages;
  }

  /**
   * @param {{channel: string, text: string, user: string, thread_ts?: string, files?: {name: string, content: string}[]}} post
   * @returns {Promise<{ts: string}>}
   */
  post(post) {
    return tell("/workspace/post", post);
  }

  /** @param {{channel: string, ts: string, text: string, user: string}} change */
  edit(change) {
    return tell("/workspace/edit", change);
  }

  /** @param {import("./types.js").Press & {user: string, channel?: string, message_ts?: string, view_id?: string, values?: Record<string, Record<string, string | string[]>>}} press */
  press(press) {
    return tell("/workspace/press", press);
  }

  /**
   * @param {{view_id: string, user: string, values: Record<string, Record<string, string | string[]>>}} form
   * @returns {Promise<{ok: boolean, errors?: Record<string, string>}>}
   */
  submit(form) {
    return tell("/workspace/submit", form);
  }

  /** @param {{view_id: string, user: string}} view */
  close(view) {
    return tell("/workspace/close", view);
  }

  /**
   * @param {{channel: string, user: string, text: string}} command
   * @returns {Promise<{ok: boolean, response?: any}>}
   */
  command(command) {
    return tell("/workspace/command", command);
  }

  /** @param {{channel: string, message_ts: string, callback_id: string, user: string}} shortcut */
  shortcut(shortcut) {
    return tell("/workspace/shortcut", shortcut);
  }

  /** @param {{user: string}} opened */
  home(opened) {
    return tell("/workspace/home", opened);
  }

  /** The failures to try, or null where nobody offers them. @returns {Promise<any[] | null>} */
  async scenarios() {
    return (await offered("/world/scenarios"))?.scenarios ?? null;
  }

  /** The world's state, or null where there is none to show. @returns {Promise<any | null>} */
  world() {
    return offered("/world/state");
  }

  /** Put the world back as it was at the start. @returns {Promise<{ok: boolean}>} */
  reset() {
    return tell("/world/reset", {});
  }

  /**
   * Follow the workspace's events until the page closes.
   * @param {(event: any) => void} onEvent
   * @param {(connected: boolean, again: boolean) => void} onLink `again` when a lost stream came back
   */
  follow(onEvent, onLink) {
    const stream = new EventSource("/workspace/events");
    let lost = false;
    stream.addEventListener("message", (raw) => onEvent(JSON.parse(raw.data)));
    stream.addEventListener("open", () => {
      onLink(true, lost);
      lost = false;
    });
    stream.addEventListener("error", () => {
      lost = true;
      onLink(false, false);
    });
  }
}

/** @param {string} path */
async function offered(path) {
  try {
    return await ask(path);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
