// The failures one may try: a press pastes the error where such an error would be pasted.
import { el, uid } from "./dom.js";
import { attempt } from "./toast.js";

/** @typedef {{id: string, title: string, story?: string, channel: string, paste: string, asks?: boolean, code?: string, group?: string}} Scenario */

/** @param {import("./desk.js").Desk} desk */
export function failures(desk) {
  const id = uid("filter");
  const filter = el("input", {
    id,
    type: "search",
    class: "field",
    placeholder: "For example: namespace, IRSA103",
    testid: "filter-failures",
  });
  const list = el(
    "div",
    { class: "panel-list" },
    el("p", { class: "hint", role: "status", text: "Reading the failures …" }),
  );
  /** @type {Scenario[]} */
  let all = [];
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const fits = all.filter((one) =>
      `${one.title} ${one.story ?? ""} ${one.code ?? ""} ${one.group ?? ""}`.toLowerCase().includes(wanted),
    );
    /** @type {Map<string, Scenario[]>} */
    const groups = new Map();
    for (const one of fits)
      groups.set(one.group ?? "Failures", [...(groups.get(one.group ?? "Failures") ?? []), one]);
    const drawn = [...groups].map(([name, members]) =>
      el(
        "section",
        { class: "tries" },
        el("h3", { class: "panel-title", text: name }),
        el("ul", {}, ...members.map((one) => card(one, desk))),
      ),
    );
    list.replaceChildren(
      ...(drawn.length
        ? drawn
        : [
            el("p", {
              class: "hint",
              text: all.length
                ? `No failure matches “${filter.value}”.`
                : "This demo offers no failures. Paste an error into the channel.",
            }),
          ]),
    );
  };
  filter.addEventListener("input", draw);
  const load = async () => {
    all = (await desk.driver.scenarios()) ?? [];
    draw();
  };
  load();
  return el(
    "div",
    { class: "panel-body", testid: "failures" },
    el("label", { class: "label", for: id, text: "Find" }),
    filter,
    list,
  );
}

/** @param {Scenario} scenario @param {import("./desk.js").Desk} desk */
function card(scenario, desk) {
  const { store } = desk;
  const channel = store.workspace.channels.find(
    (one) => one.id === scenario.channel || one.name === scenario.channel.replace(/^#/, ""),
  );
  const where = channel ? `#${channel.name}` : scenario.channel;
  const { bot } = store.workspace;
  // It speaks up by itself for web-identity errors alone; about all others somebody asks it.
  const text = scenario.asks ? `<@${bot.user_id}> ${scenario.paste}` : scenario.paste;
  const deed = scenario.asks ? `Ask @${bot.name} in ${where}` : `Paste in ${where}`;
  const paste = el(
    "button",
    {
      type: "button",
      class: "button plain",
      "aria-label": `${deed}: ${scenario.title}`,
      testid: `try-${scenario.id}`,
    },
    deed,
  );
  paste.addEventListener("click", async () => {
    if (!channel) return;
    if (store.me !== store.workspace.me) store.actAs(store.workspace.me);
    store.openThread(null);
    store.open(channel.id);
    const app = document.getElementById("app");
    if (app) app.dataset.pane = "channel";
    const posted = await attempt(() =>
      desk.driver.post({ channel: channel.id, text, user: store.me }),
    );
    if (posted?.ts) store.await(channel.id, posted.ts);
  });
  if (!channel) paste.disabled = true;
  return el(
    "li",
    { class: "try" },
    el(
      "div",
      { class: "try-head" },
      el("span", { class: "try-title", text: scenario.title }),
      scenario.code ? el("code", { class: "code", text: scenario.code }) : null,
    ),
    scenario.story ? el("p", { class: "try-story", text: scenario.story }) : null,
    paste,
  );
}
