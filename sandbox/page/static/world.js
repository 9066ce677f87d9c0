// The world beside the talk: what the clusters and accounts hold, read again whenever something may have changed.
import { confirmed } from "./confirm.js";
import { exactly, clock } from "./dates.js";
import { el, uid } from "./dom.js";
import { byWorkload, changes, facts, policyText } from "./facts.js";
import { lineDiff } from "./linediff.js";
import { preformatted } from "./preformatted.js";
import { attempt, toast } from "./toast.js";

const ROLE = "eks.amazonaws.com/role-arn";
const EVERY = 4000;
const MOST_CHANGES = 30;

/** @param {import("./desk.js").Desk} desk */
export function world(desk) {
  const { store, driver } = desk;
  const id = uid("filter");
  const filter = el("input", {
    id,
    type: "search",
    class: "field",
    placeholder: "For example: payments",
    testid: "filter-world",
  });
  const reset = el("button", {
    type: "button",
    class: "button plain",
    text: "Reset the world",
    testid: "reset-world",
  });
  const log = el("section", { class: "changes", "aria-live": "polite", testid: "changes" });
  const list = el("div", { class: "panel-list" });
  const box = el(
    "div",
    { class: "panel-body", testid: "world" },
    el("label", { class: "label", for: id, text: "Show only" }),
    el("div", { class: "panel-row" }, filter, reset),
    log,
    list,
  );

  /** @type {any} */
  let state = null;
  let text = "";
  /** @type {Map<string, import("./facts.js").Fact>} */
  let known = new Map();
  /** @type {import("./facts.js").Change[]} */
  let changed = [];
  let watching = false;
  let due = 0;

  const draw = () => {
    log.replaceChildren(...changeList(changed));
    if (!state) list.replaceChildren(el("p", { class: "hint", text: "There is no world to show." }));
    else redraw(list, state, filter.value.trim().toLowerCase(), new Set(changed.map((one) => one.what)));
  };
  const read = async () => {
    due = 0;
    const now = await driver.world();
    const fresh = JSON.stringify(now);
    if (!now || fresh === text) return draw();
    const after = facts(now);
    if (state) changed = [...changes(known, after), ...changed].slice(0, MOST_CHANGES);
    [state, text, known] = [now, fresh, after];
    return draw();
  };
  const soon = (wait = 300) => {
    if (!due) due = setTimeout(read, wait);
  };
  filter.addEventListener("input", draw);
  reset.addEventListener("click", async () => {
    const sure = await confirmed(
      {
        title: "Reset the world?",
        text: { text: "Every fault comes back, and what was repaired is broken again. The messages stay." },
        confirm: "Reset",
        deny: "Keep it",
      },
      desk.names(),
    );
    if (!sure || !(await attempt(() => driver.reset()))) return;
    await read();
    changed = [];
    draw();
    toast("The world is as it was at the start.");
  });
  store.on("message", () => soon());
  setInterval(() => watching && document.visibilityState === "visible" && soon(0), EVERY);
  read();
  return {
    box,
    watch: (/** @type {boolean} */ on) => {
      if (on && !watching) soon(0);
      watching = on;
    },
  };
}

/** @param {import("./facts.js").Change[]} changed */
function changeList(changed) {
  if (!changed.length)
    return [el("p", { class: "hint", text: "Nothing has changed since this page was opened." })];
  const rows = changed.map(({ at, what, before, after }) => {
    const long = (before ?? "").includes("\n") || (after ?? "").includes("\n");
    const diff = long ? lineDiff(before ?? "", after ?? "") : null;
    const values = long
      ? preformatted(diff ?? after ?? "(none)", diff === null ? "text" : "diff")
      : el(
          "dl",
          { class: "was-is" },
          el("dt", { text: "Before" }),
          el("dd", { class: "was", text: before ?? "(none)" }),
          el("dt", { text: "Now" }),
          el("dd", { class: "is", text: after ?? "(none)" }),
        );
    return el(
      "li",
      {},
      el(
        "div",
        { class: "change-head" },
        el("span", { text: what }),
        el("time", { datetime: at.toISOString(), title: exactly(at), text: clock(at) }),
      ),
      values,
    );
  });
  return [
    el("h3", { class: "panel-title", text: "What changed" }),
    el("ul", { class: "change-list" }, ...rows),
  ];
}

/**
 * Draw the state; what a reader had folded or unfolded stays so.
 * @param {HTMLElement} list
 * @param {any} state
 * @param {string} wanted
 * @param {Set<string>} changed
 */
function redraw(list, state, wanted, changed) {
  const kept = new Map([...list.querySelectorAll("details")].map((one) => [one.dataset.key, one.open]));
  const active = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.("details")?.dataset
    .key;
  list.replaceChildren(
    ...(state.clusters ?? []).map((/** @type {any} */ one) => cluster(one, wanted, changed)),
    ...(state.accounts ?? []).map((/** @type {any} */ one) => account(one, wanted, changed)),
  );
  for (const one of list.querySelectorAll("details")) {
    const open = kept.get(one.dataset.key);
    if (open !== undefined && !wanted) one.open = open;
    if (active && one.dataset.key === active) one.querySelector("summary")?.focus();
  }
}

/** @param {any} cluster @param {string} wanted @param {Set<string>} changed */
function cluster(cluster, wanted, changed) {
  const workloads = [...byWorkload(cluster.pods ?? [])];
  const rows = (cluster.service_accounts ?? [])
    .filter(
      (/** @type {any} */ one) =>
        !wanted || JSON.stringify([cluster.name, one]).toLowerCase().includes(wanted),
    )
    .map((/** @type {any} */ one) => {
      const name = `${one.namespace}/${one.name}`;
      const role = one.annotations?.[ROLE];
      const mine = workloads.filter(
        ([, pods]) => pods[0].namespace === one.namespace && pods[0].service_account === one.name,
      );
      const pods = mine.flatMap(([workload, members]) => members.map((pod) => podRow(pod, workload)));
      const names = [name, ...mine.map(([workload]) => workload)];
      const isNew = [...changed].some((what) =>
        names.some((one) => what.endsWith(` ${one} in ${cluster.name}`)),
      );
      const others = Object.entries(one.annotations ?? {}).filter(([key]) => key !== ROLE);
      return el(
        "li",
        { class: isNew ? "sa changed" : "sa", data: { sa: `${cluster.name}/${name}` } },
        el(
          "div",
          { class: "sa-name" },
          el("strong", { text: name }),
          isNew ? el("span", { class: "badge strong", text: "CHANGED" }) : null,
        ),
        el(
          "dl",
          { class: "facts" },
          el("dt", { text: "role-arn" }),
          role === undefined
            ? el("dd", { class: "none", text: "no annotation" })
            : el("dd", { class: "mono", text: JSON.stringify(role).slice(1, -1) }),
          ...others.flatMap(([key, value]) => [
            el("dt", { text: key.split("/").pop() }),
            el("dd", { class: "mono", text: String(value) }),
          ]),
        ),
        pods.length
          ? el("ul", { class: "pods" }, ...pods)
          : el("p", { class: "none", text: "No pods use it." }),
      );
    });
  if (wanted && !rows.length) return el("span");
  return fold(
    `cluster ${cluster.name}`,
    `Cluster ${cluster.name}`,
    `${cluster.account} · ${cluster.region}`,
    true,
    el("p", { class: "mono issuer", text: cluster.issuer ?? "" }),
    el("ul", { class: "sas" }, ...rows),
  );
}

/** @param {any} pod @param {string} workload */
function podRow(pod, workload) {
  return el(
    "li",
    { class: "pod", title: workload },
    el(
      "div",
      {},
      el("span", { class: "mono", text: pod.name }),
      el("span", { class: "phase", text: pod.phase ?? "" }),
    ),
    el("div", {
      class: pod.role_arn ? "pod-role mono" : "pod-role none",
      text: pod.role_arn ? `got ${pod.role_arn}` : "got no role",
    }),
  );
}

/** @param {any} account @param {string} wanted @param {Set<string>} changed */
function account(account, wanted, changed) {
  const roles = (account.roles ?? []).filter(
    (/** @type {any} */ one) => !wanted || JSON.stringify([account.name, one]).toLowerCase().includes(wanted),
  );
  if (wanted && !roles.length) return el("span");
  const label = account.name ?? account.id;
  const items = roles.map((/** @type {any} */ role) =>
    fold(
      `role ${role.arn}`,
      role.name,
      changed.has(`Trust policy of ${role.name} in ${label}`) ? "changed" : "",
      false,
      el("p", { class: "mono", text: role.arn }),
      preformatted(policyText(role.trust), "json"),
    ),
  );
  const providers = (account.providers ?? []).map((/** @type {string} */ arn) =>
    el("li", { class: "mono", text: arn }),
  );
  return fold(
    `account ${account.id}`,
    `Account ${label}`,
    account.id,
    false,
    el("h4", { class: "fact-title", text: "OIDC providers" }),
    providers.length
      ? el("ul", { class: "plain-list" }, ...providers)
      : el("p", { class: "none", text: "None." }),
    el("h4", { class: "fact-title", text: "Roles and their trust policies" }),
    ...items,
  );
}

/** @type {(key: string, title: string, note: string, open: boolean, ...inside: HTMLElement[]) => HTMLElement} */
function fold(key, title, note, open, ...inside) {
  return el(
    "details",
    { class: "fold", open, data: { key } },
    el(
      "summary",
      {},
      el("span", { class: "fold-title", text: title }),
      note ? el("span", { class: "fold-note", text: note }) : null,
    ),
    ...inside,
  );
}
