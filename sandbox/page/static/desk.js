// What every part of the page is given: the store, the driver, and the surfaces that blocks are drawn on.
import { Form } from "./form.js";
import { attempt } from "./toast.js";

/** @typedef {import("./types.js").Surface} Surface */

export class Desk {
  /**
   * @param {import("./store.js").Store} store
   * @param {import("./driver.js").Driver} driver
   */
  constructor(store, driver) {
    this.store = store;
    this.driver = driver;
    /** @type {Map<string, Form>} */
    this.forms = new Map();
  }

  /** What was filled in at a place; it outlives redraws. @param {string} place */
  form(place) {
    const form = this.forms.get(place) ?? new Form();
    this.forms.set(place, form);
    return form;
  }

  /** @returns {import("./mrkdwn.js").Names} */
  names() {
    const { store } = this;
    return {
      person: (id) => store.person(id),
      group: (id) => store.group(id),
      channel: (id) => store.channelName(id),
      viewer: store.me,
    };
  }

  /**
   * @param {Surface["kind"]} kind
   * @param {string} place the form's name
   * @param {{channel?: string, message_ts?: string, view_id?: string}} where
   * @returns {Surface}
   */
  surface(kind, place, where) {
    const { store } = this;
    return {
      kind,
      ...this.names(),
      viewer: store.me,
      people: store.workspace.users,
      channels: store.workspace.channels,
      form: this.form(place),
      press: async (press) => {
        const values = where.view_id ? { values: this.form(place).values() } : {};
        await attempt(() => this.driver.press({ ...press, ...where, ...values, user: store.me }));
      },
    };
  }
}
