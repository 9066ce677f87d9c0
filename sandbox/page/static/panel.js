// The demo's own column: the failures to try, or the world as it is.
import { el } from "./dom.js";
import { failures } from "./failures.js";
import { world } from "./world.js";
import { waysOut } from "./way_out.js";

/** @param {import("./desk.js").Desk} desk */
export function panelPane(desk) {
  const { store } = desk;
  const title = el("h2", { class: "pane-title" });
  const note = el("p", { class: "pane-note" });
  const { close, back } = waysOut("panel", () => store.showPanel(null));
  const tries = failures(desk);
  const state = world(desk);
  store.on("place", () => {
    const trying = store.panel === "try";
    title.textContent = trying ? "Try a failure" : "The world";
    note.textContent = trying
      ? "Each one is a real fault in the demo's clusters and accounts."
      : "What the clusters and accounts hold now.";
    tries.hidden = !trying;
    state.box.hidden = store.panel !== "world";
    state.watch(store.panel === "world");
  });
  return el(
    "aside",
    { class: "pane panel", "aria-label": "The demo" },
    el("header", { class: "pane-head" }, back, el("div", { class: "pane-heading" }, title, note), close),
    tries,
    state.box,
  );
}
