// A `rich_text` block: its text is literal, so nothing in it is read as a mark.
import { dateToken } from "./dates.js";
import { el, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { group, mention } from "./mrkdwn.js";
import { preformatted } from "./preformatted.js";

/** @typedef {import("./mrkdwn.js").Names} Names */

/**
 * @param {import("./types.js").Block} block
 * @param {Names} names
 */
export function richText(block, names) {
  return el("div", { class: "rich-text" }, ...nodes(block.elements).map((part) => container(part, names)));
}

/**
 * @param {any} part
 * @param {Names} names
 * @returns {HTMLElement}
 */
function container(part, names) {
  const inner = nodes(part.elements);
  switch (part.type) {
    case "rich_text_section":
      return el("p", { class: "rt-section" }, ...inner.map((run) => inline(run, names)));
    case "rich_text_quote":
      return el("blockquote", { class: "quote" }, ...inner.map((run) => inline(run, names)));
    case "rich_text_preformatted":
      return preformatted(
        inner.map((run) => String(run.text ?? run.url ?? "")).join(""),
        string(part.language),
      );
    case "rich_text_list": {
      const items = inner.map((item) =>
        el("li", {}, ...nodes(item.elements).map((run) => inline(run, names))),
      );
      const indent = `indent-${Math.min(4, Number(part.indent) || 0)}`;
      const box =
        part.style === "ordered"
          ? el("ol", { class: `list ${indent}` }, ...items)
          : el("ul", { class: `list ${indent}` }, ...items);
      if (part.style === "ordered" && Number.isInteger(part.offset))
        box.setAttribute("start", String(part.offset + 1));
      return box;
    }
    default:
      return el("p", {
        class: "unknown",
        text: `A rich text element that this page does not draw: ${part.type}`,
      });
  }
}

/**
 * @param {any} run
 * @param {Names} names
 * @returns {Node}
 */
function inline(run, names) {
  switch (run.type) {
    case "text":
      return styled(document.createTextNode(string(run.text)), run.style);
    case "link":
      return styled(link(string(run.url), [string(run.text) || string(run.url)]), run.style);
    case "emoji":
      return emoji(string(run.name), run.unicode);
    case "user":
      return mention(string(run.user_id), names);
    case "usergroup":
      return group(string(run.usergroup_id), names);
    case "channel":
      return el("span", { class: "mention", text: `#${names.channel(string(run.channel_id))}` });
    case "broadcast":
      return el("span", { class: "mention", text: `@${string(run.range)}` });
    case "date": {
      const text = dateToken(
        Number(run.timestamp),
        string(run.format),
        string(run.fallback) || "an unknown date",
      );
      return styled(run.url ? link(string(run.url), [text]) : el("time", { text }), run.style);
    }
    case "color":
      return el("code", { class: "code", text: string(run.value) });
    default:
      return el("span", { class: "unknown", text: `[${string(run.type) || "unknown"}]` });
  }
}

/**
 * @param {Node} node
 * @param {any} style
 * @returns {Node}
 */
function styled(node, style) {
  if (!style) return node;
  let out = node;
  if (style.code) out = el("code", { class: "code" }, out);
  if (style.bold) out = el("strong", {}, out);
  if (style.italic) out = el("em", {}, out);
  if (style.strike) out = el("s", {}, out);
  if (style.underline) out = el("u", {}, out);
  if (style.highlight || style.client_highlight) out = el("mark", {}, out);
  return out;
}

/** @param {unknown} value @returns {any[]} */
function nodes(value) {
  return Array.isArray(value) ? value.filter((item) => item && typeof item === "object") : [];
}

/** @param {unknown} value */
function string(value) {
  return typeof value === "string" ? value : "";
}
