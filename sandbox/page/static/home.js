// The app's Home tab, as the app published it for the acting person.
import { blocks } from "./blocks.js";
import { el } from "./dom.js";

/** @param {import("./desk.js").Desk} desk */
export function homeTab(desk) {
  const { store } = desk;
  const box = el("div", { class: "home", testid: "home" });
  const draw = () => {
    const view = store.homes.get(store.me);
    if (!view) {
      box.replaceChildren(
        el("p", {
          class: "hint",
          text: `${store.workspace.bot.name} has not published a Home tab for you yet.`,
        }),
      );
      return;
    }
    const surface = desk.surface("home", `home ${store.me}`, { view_id: view.id });
    surface.form.renew();
    box.replaceChildren(blocks(view.blocks, surface));
  };
  store.on("home", draw);
  store.on("me", draw);
  draw();
  return box;
}
