// `table` and `data_table` blocks.
import { el } from "./dom.js";
import { richText } from "./richtext.js";
import { textObject } from "./text.js";

/**
 * @param {import("./types.js").Block} block
 * @param {import("./types.js").Surface} surface
 */
export function table(block, surface) {
  const rows = (Array.isArray(block.rows) ? block.rows : []).map((row) =>
    Array.isArray(row) ? row : (row?.cells ?? []),
  );
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  const [head, ...rest] = rows;
  const line = (/** @type {any[]} */ row, /** @type {"th" | "td"} */ tag) =>
    el(
      "tr",
      {},
      ...row.map((item, column) => {
        const align = ["center", "right"].includes(settings[column]?.align)
          ? settings[column].align
          : undefined;
        return el(
          tag,
          { scope: tag === "th" ? "col" : undefined, class: align && `to-${align}` },
          cell(item, surface),
        );
      }),
    );
  const caption = typeof block.caption === "string" ? block.caption : block.caption?.text;
  const drawn = el(
    "table",
    { class: "table" },
    caption ? el("caption", { text: caption }) : null,
    head ? el("thead", {}, line(head, "th")) : null,
    el("tbody", {}, ...rest.map((row) => line(row, "td"))),
  );
  return el(
    "div",
    { class: "table-wrap", tabindex: "0", role: "group", "aria-label": caption ?? "Table" },
    drawn,
  );
}

/**
 * @param {any} item
 * @param {import("./types.js").Surface} surface
 * @returns {Node}
 */
function cell(item, surface) {
  if (item?.type === "rich_text") return richText(item, surface);
  if (item?.type === "mrkdwn") return textObject(item, surface);
  return document.createTextNode(String(item?.text ?? item?.value ?? item ?? ""));
}
