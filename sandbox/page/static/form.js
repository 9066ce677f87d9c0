// What a person filled in, by block and action; it outlives a redraw, so an updated view keeps it.

/** @typedef {string | string[]} Answer */

export class Form {
  constructor() {
    /** @type {Map<string, {block: string, action: string, read: () => Answer | null}>} */
    this.fields = new Map();
    /** @type {Map<string, Answer>} */
    this.kept = new Map();
  }

  /**
   * @param {string} block
   * @param {string} action
   * @param {() => Answer | null} read the answer now; null where there is none
   */
  watch(block, action, read) {
    this.fields.set(key(block, action), { block, action, read });
  }

  /**
   * The answer given before the last redraw.
   * @param {string} block
   * @param {string} action
   */
  before(block, action) {
    return this.kept.get(key(block, action));
  }

  /** Remember the answers and forget the fields: a redraw follows. */
  renew() {
    this.kept.clear();
    for (const [name, { read }] of this.fields) {
      const answer = read();
      if (answer !== null) this.kept.set(name, answer);
    }
    this.fields.clear();
  }

  /** @returns {Record<string, Record<string, Answer>>} */
  values() {
    /** @type {Record<string, Record<string, Answer>>} */
    const values = {};
    for (const { block, action, read } of this.fields.values()) {
      const answer = read();
      if (answer !== null) (values[block] ??= {})[action] = answer;
    }
    return values;
  }
}

/**
 * @param {string} block
 * @param {string} action
 */
function key(block, action) {
  return JSON.stringify([block, action]);
}
