// The left side: the demo's own places, the channels, and the people one can act as.
import { avatar } from "./avatar.js";
import { el, icon } from "./dom.js";
import { ICONS } from "./icons.js";

/** @typedef {import("./store.js").Store} Store */

/** @param {import("./desk.js").Desk} desk */
export function sidebar(desk) {
  const { store } = desk;
  const nav = el("div", { class: "side-scroll" });
  const people = el("div", { class: "side-people" });
  const draw = () => {
    nav.replaceChildren(demo(store), channels(store));
    people.replaceChildren(...acting(store));
  };
  for (const topic of /** @type {const} */ (["place", "unread", "me"])) store.on(topic, draw);
  draw();
  return el(
    "nav",
    { class: "sidebar", "aria-label": "Workspace" },
    el(
      "div",
      { class: "side-head" },
      el("span", { class: "side-team", text: store.workspace.team.name }),
      themeSwitch(),
    ),
    nav,
    people,
  );
}

/** @param {Store} store */
function demo(store) {
  const place = (
    /** @type {"try" | "world"} */ name,
    /** @type {string} */ text,
    /** @type {string} */ drawing,
  ) =>
    row(text, drawing, false, () => store.showPanel(store.panel === name ? null : name), {
      testid: `panel-${name}`,
      shown: store.panel === name,
    });
  return group(
    "The demo",
    place("try", "Try a failure", ICONS.flask),
    place("world", "The world", ICONS.globe),
  );
}

/** @param {Store} store */
function channels(store) {
  const rows = store.channels().map((channel) => {
    const unread = store.unread.get(channel.id) ?? 0;
    const name = channel.is_im ? store.workspace.bot.name : channel.name;
    const drawing = channel.is_im ? ICONS.key : channel.is_ext_shared ? ICONS.shared : ICONS.hash;
    const note = [channel.is_ext_shared && "shared with another company", unread && `${unread} unread`]
      .filter(Boolean)
      .join(", ");
    const here = channel.id === store.channel;
    return row(name, drawing, here, () => enter(store, channel.id), {
      unread,
      note,
      testid: `channel-${channel.name || channel.id}`,
    });
  });
  return group("Channels and apps", ...rows);
}

/** @param {Store} store @param {string} channel */
function enter(store, channel) {
  store.open(channel);
  const app = document.getElementById("app");
  if (app) app.dataset.pane = "channel";
}

/** @param {string} title @param {...Node} rows */
function group(title, ...rows) {
  return el(
    "section",
    { class: "side-group" },
    el("h2", { class: "side-title", text: title }),
    el("ul", { class: "side-list" }, ...rows.map((one) => el("li", {}, one))),
  );
}

/**
 * @param {string} text
 * @param {string} drawing
 * @param {boolean} here
 * @param {() => void} go
 * @param {{unread?: number, note?: string, testid?: string, shown?: boolean}} [more]
 */
function row(text, drawing, here, go, { unread = 0, note = "", testid, shown } = {}) {
  return el(
    "button",
    {
      type: "button",
      class: unread ? "side-row unread" : "side-row",
      "aria-current": here ? "page" : undefined,
      "aria-pressed": shown === undefined ? undefined : String(shown),
      testid,
      on: { click: go },
    },
    icon(drawing),
    el("span", { class: "side-name", text }),
    unread ? el("span", { class: "side-count", "aria-hidden": "true", text: String(unread) }) : null,
    note ? el("span", { class: "unseen", text: `, ${note}` }) : null,
  );
}

/** @param {Store} store */
function acting(store) {
  const people = store.workspace.users.filter(
    (user) => !user.is_bot && user.id !== store.workspace.bot.user_id,
  );
  const rows = people.map((user) => {
    const me = user.id === store.me;
    const name = user.real_name || user.name;
    const role = user.title || standing(user, store);
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "person",
          "aria-pressed": String(me),
          testid: `act-as-${user.name}`,
          on: { click: () => store.actAs(user.id) },
        },
        avatar(name),
        el(
          "span",
          { class: "person-text" },
          el("span", { class: "person-name", text: name }),
          el("span", { class: "person-role", text: role }),
        ),
        me ? el("span", { class: "person-me", text: "you" }) : null,
      ),
    );
  });
  return [el("h2", { class: "side-title", text: "You act as" }), el("ul", { class: "side-list" }, ...rows)];
}

/** @param {import("./types.js").User} user @param {Store} store */
function standing(user, store) {
  if (user.team_id && user.team_id !== store.workspace.team.id) return "From another company";
  return user.is_restricted ? "Guest" : "Member";
}

function themeSwitch() {
  const root = document.documentElement;
  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const node = el("button", { type: "button", class: "tool on-dark" });
  const draw = () => {
    const label = dark() ? "Use light colours" : "Use dark colours";
    node.replaceChildren(icon(dark() ? ICONS.sun : ICONS.moon));
    node.setAttribute("aria-label", label);
    node.title = label;
  };
  node.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
  return node;
}
