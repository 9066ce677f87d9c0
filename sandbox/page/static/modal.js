// Modals: the app's stack of views, the top one in a dialog.
import { blocks } from "./blocks.js";
import { el, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { showErrors } from "./inputs.js";
import { words } from "./text.js";
import { attempt } from "./toast.js";

/** @param {import("./desk.js").Desk} desk */
export function modals(desk) {
  const { store } = desk;
  /** @type {HTMLDialogElement | null} */
  let open = null;
  let shown = "";
  /** @type {Element | null} */
  let opener = null;

  const draw = () => {
    if (shown) desk.form(`view ${shown}`).renew();
    const view = store.views[store.views.length - 1];
    if (!view) {
      open?.close();
      open?.remove();
      open = null;
      shown = "";
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      return;
    }
    if (!open) {
      opener = document.activeElement;
      open = el("dialog", { class: "dialog modal", testid: "modal" });
      open.addEventListener("cancel", (event) => {
        event.preventDefault();
        const top = store.views[store.views.length - 1];
        if (top) close(desk, top);
      });
      document.body.append(open);
    }
    const same = shown === view.id;
    const at = same
      ? /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.actionId
      : undefined;
    shown = view.id;
    open.replaceChildren(dialog(view, desk));
    const title = open.querySelector(".dialog-title");
    if (title) open.setAttribute("aria-label", title.textContent ?? "");
    if (!open.open) open.showModal();
    const again = at ? open.querySelector(`[data-action-id="${CSS.escape(at)}"]`) : null;
    const first =
      again ??
      open.querySelector(".dialog-body :is(input, textarea, select)") ??
      open.querySelector(".dialog-foot button");
    /** @type {HTMLElement | null} */ (first)?.focus();
  };
  store.on("views", draw);
}

/** @param {import("./desk.js").Desk} desk @param {import("./types.js").View} view */
async function close(desk, view) {
  const { store, driver } = desk;
  await attempt(() => driver.close({ view_id: view.id, user: store.me }));
  if (store.views.some((one) => one.id === view.id)) store.turn("close", view);
}

/** @param {import("./types.js").View} view @param {import("./desk.js").Desk} desk */
function dialog(view, desk) {
  const { store, driver } = desk;
  const surface = desk.surface("modal", `view ${view.id}`, { view_id: view.id });
  const wrong = el("p", { class: "field-error", role: "alert" });
  const body = el(
    "div",
    { class: "dialog-body", tabindex: "0", role: "group", "aria-label": `${words(view.title)}, content` },
    blocks(view.blocks, surface),
    wrong,
  );
  const shut = () => close(desk, view);
  const submit = view.submit
    ? el("button", {
        type: "submit",
        class: "button primary",
        text: words(view.submit),
        testid: "modal-submit",
      })
    : null;
  const form = el(
    "form",
    { class: "modal-form", novalidate: true },
    el(
      "div",
      { class: "dialog-head" },
      el("h2", { class: "dialog-title", text: words(view.title) || "Untitled" }),
      el(
        "button",
        { type: "button", class: "tool", "aria-label": "Close", testid: "modal-x", on: { click: shut } },
        icon(ICONS.close),
      ),
    ),
    body,
    el(
      "div",
      { class: "dialog-foot" },
      el("button", {
        type: "button",
        class: "button plain",
        text: words(view.close) || (submit ? "Cancel" : "Close"),
        testid: "modal-close",
        on: { click: shut },
      }),
      submit,
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!submit || submit.getAttribute("aria-busy") === "true") return;
    submit.setAttribute("aria-busy", "true");
    wrong.textContent = "";
    const missing = unanswered(view, surface);
    const answer = Object.keys(missing).length
      ? { ok: false, errors: missing }
      : await attempt(() =>
          driver.submit({ view_id: view.id, user: store.me, values: surface.form.values() }),
        );
    submit.removeAttribute("aria-busy");
    if (answer === null) wrong.textContent = "The app did not take the form. Try again.";
    else showErrors(form, answer.errors ?? {})?.focus();
  });
  return form;
}

/**
 * What Slack itself says before the app is asked: a required field is empty.
 * @param {import("./types.js").View} view
 * @param {import("./types.js").Surface} surface
 */
function unanswered(view, surface) {
  const values = surface.form.values();
  /** @type {Record<string, string>} */
  const missing = {};
  for (const [index, block] of view.blocks.entries()) {
    if (block.type !== "input" || block.optional) continue;
    const id = block.block_id ?? `b${index}`;
    const answer = values[id]?.[String(block.element?.action_id ?? "")];
    if (answer === undefined || answer.length === 0) missing[id] = "Please complete this required field.";
  }
  return missing;
}
