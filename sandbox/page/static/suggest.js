// What a composer offers while one types: commands after "/", people after "@".
import { el, uid } from "./dom.js";
import { callable } from "./typed.js";

/**
 * @param {HTMLTextAreaElement} box
 * @param {HTMLElement} host
 * @param {import("./store.js").Store} store
 */
export function suggestions(box, host, store) {
  const list = el("div", {
    class: "suggest",
    role: "listbox",
    id: uid("suggest"),
    "aria-label": "Suggestions",
    hidden: true,
  });
  host.append(list);
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  /** @type {{from: number, insert: string, text: string, note: string}[]} */
  let items = [];
  let at = 0;

  const close = () => {
    items = [];
    draw();
  };
  const take = (/** @type {number} */ index) => {
    const { from, insert } = items[index];
    const end = box.selectionStart;
    box.setRangeText(insert, from, end, "end");
    close();
    box.focus();
    box.dispatchEvent(new Event("input"));
  };
  const draw = () => {
    list.hidden = !items.length;
    if (items.length) box.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else box.removeAttribute("aria-activedescendant");
    list.replaceChildren(
      ...items.map((item, index) =>
        el(
          "div",
          {
            role: "option",
            id: `${list.id}-${index}`,
            class: "suggest-item",
            "aria-selected": String(index === at),
            on: { mousedown: (/** @type {Event} */ event) => (event.preventDefault(), take(index)) },
          },
          el("strong", { text: item.text }),
          el("span", { text: item.note }),
        ),
      ),
    );
  };
  box.addEventListener("blur", close);
  return {
    refresh() {
      items = offers(box, store).slice(0, 6);
      at = 0;
      draw();
    },
    /** @param {KeyboardEvent} event */
    key(event) {
      if (!items.length || event.isComposing) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp")
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
      else if (event.key === "Escape") items = [];
      else if (event.key === "Tab" || event.key === "Enter") {
        event.preventDefault();
        take(at);
        return true;
      } else return false;
      event.preventDefault();
      draw();
      return true;
    },
  };
}

/** @type {(box: HTMLTextAreaElement, store: import("./store.js").Store) => {from: number, insert: string, text: string, note: string}[]} */
function offers(box, store) {
  const before = box.value.slice(0, box.selectionStart);
  const slash = /^\/\S*$/.exec(before);
  if (slash) {
    const known = store.workspace.commands.filter(
      ({ command }) => command.startsWith(before) && command !== before,
    );
    return known.map(({ command, description = "", usage_hint: hint = "" }) => ({
      from: 0,
      insert: `${command} `,
      text: `${command} ${hint}`,
      note: description,
    }));
  }
  const called = /(?:^|\s)@([\p{L}\p{N}_.-]{0,30})$/u.exec(before);
  if (!called) return [];
  const part = called[1].toLowerCase();
  const from = before.length - part.length - 1;
  const fits = callable(store).filter(
    ({ name, handle }) => name.toLowerCase().startsWith(part) || handle.startsWith(part),
  );
  const bot = store.workspace.bot.user_id;
  fits.sort((a, b) => Number(b.id === bot) - Number(a.id === bot));
  return fits.map(({ name, id }) => ({
    from,
    insert: `@${name} `,
    text: `@${name}`,
    note: id === bot ? "App" : "",
  }));
}
