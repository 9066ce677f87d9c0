// The Markdown of a `markdown` block: headings, lists, tasks, quotes, fences, tables, and the marks in a line.
import { el, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { preformatted } from "./preformatted.js";

const MOST = 12_000;
const ITEM = /^(\s{0,12})(?:[-*+]|(\d{1,9})[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const RULE = /^\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/;
const ROW = /^\s*\|.*\|\s*$/;

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function markdown(text) {
  const out = document.createDocumentFragment();
  const lines = (text.length > MOST ? `${text.slice(0, MOST)}…` : text).split("\n");
  let at = 0;
  while (at < lines.length) at = piece(out, lines, at);
  return out;
}

/**
 * One piece from line `at`; gives the line after it.
 * @param {DocumentFragment} out
 * @param {string[]} lines
 * @param {number} at
 * @returns {number}
 */
function piece(out, lines, at) {
  const line = lines[at];
  if (!line.trim()) return at + 1;
  const fence = /^\s{0,3}```\s*([\w+-]{0,30})/.exec(line);
  if (fence) {
    let end = at + 1;
    while (end < lines.length && !/^\s{0,3}```\s*$/.test(lines[end])) end += 1;
    out.append(preformatted(lines.slice(at + 1, end).join("\n"), fence[1].toLowerCase()));
    return end + 1;
  }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    const level = String(Math.min(6, heading[1].length + 2));
    out.append(
      el(
        "p",
        { class: `md-heading md-h${heading[1].length}`, role: "heading", "aria-level": level },
        ...inline(heading[2].trim()),
      ),
    );
    return at + 1;
  }
  if (RULE.test(line)) {
    out.append(el("hr", { class: "divider" }));
    return at + 1;
  }
  if (/^\s{0,3}>/.test(line)) return quote(out, lines, at);
  if (ITEM.test(line)) return list(out, lines, at);
  if (ROW.test(line) && /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/.test(lines[at + 1] ?? ""))
    return table(out, lines, at);
  return paragraph(out, lines, at);
}

/** @type {(out: Node, lines: string[], at: number) => number} */
function quote(out, lines, at) {
  const box = el("blockquote", { class: "quote" });
  let next = at;
  while (next < lines.length && /^\s{0,3}>/.test(lines[next])) {
    if (next > at) box.append(el("br"));
    box.append(...inline(lines[next].replace(/^\s{0,3}> ?/, "")));
    next += 1;
  }
  out.appendChild(box);
  return next;
}

/** @type {(out: Node, lines: string[], at: number) => number} */
function list(out, lines, at) {
  const ordered = /** @type {RegExpExecArray} */ (ITEM.exec(lines[at]))[2] !== undefined;
  const box = ordered ? el("ol", { class: "list" }) : el("ul", { class: "list" });
  let next = at;
  for (let item = ITEM.exec(lines[next]); item; item = next < lines.length ? ITEM.exec(lines[next]) : null) {
    const [, indent, number, tick, text] = item;
    const entry = el("li", { class: `indent-${Math.min(4, indent.length >> 1)}` });
    if (number !== undefined) entry.setAttribute("value", number);
    if (tick !== undefined) entry.append(tick === " " ? "☐ (open) " : "☑ (done) ");
    entry.append(...inline(text));
    box.append(entry);
    next += 1;
  }
  out.appendChild(box);
  return next;
}

/** @type {(out: Node, lines: string[], at: number) => number} */
function table(out, lines, at) {
  const cells = (/** @type {string} */ row) =>
    row
      .trim()
      .slice(1, -1)
      .split("|")
      .map((cell) => inline(cell.trim()));
  const head = el("tr", {}, ...cells(lines[at]).map((cell) => el("th", { scope: "col" }, ...cell)));
  const body = el("tbody");
  let next = at + 2;
  while (next < lines.length && ROW.test(lines[next])) {
    body.append(el("tr", {}, ...cells(lines[next]).map((cell) => el("td", {}, ...cell))));
    next += 1;
  }
  const drawn = el("table", { class: "table" }, el("thead", {}, head), body);
  out.appendChild(
    el("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": "Table" }, drawn),
  );
  return next;
}

/** @type {(out: Node, lines: string[], at: number) => number} */
function paragraph(out, lines, at) {
  const box = el("p", { class: "md-p" });
  let next = at;
  do {
    if (next > at) box.append(el("br"));
    box.append(...inline(lines[next]));
    next += 1;
  } while (next < lines.length && lines[next].trim() && !starts(lines[next]));
  out.appendChild(box);
  return next;
}

/** @param {string} line */
function starts(line) {
  return /^\s{0,3}(```|>|#{1,6}\s)/.test(line) || ITEM.test(line) || RULE.test(line);
}

const TOKEN =
  /`([^`]+)`|\[([^[\]]{1,1000})\]\((https?:[^()\s]{1,3000})\)|\*\*([^*]{1,3000})\*\*|~~([^~]{1,3000})~~|(?<![\w*])\*([^*\s][^*]{0,3000})\*(?![\w*])|(?<![\w_])_([^_\s][^_]{0,3000})_(?![\w_])|:([a-z0-9_+-]{1,60}):/g;

/**
 * The marks in a line; what stands inside a mark is read once more, to a depth of three.
 * @param {string} text
 * @param {number} [depth]
 * @returns {(Node | string)[]}
 */
function inline(text, depth = 0) {
  if (depth > 3) return [text];
  /** @type {(Node | string)[]} */
  const out = [];
  let from = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, code, label, address, bold, strike, star, under, name] = found;
    if (found.index > from) out.push(text.slice(from, found.index));
    from = found.index + whole.length;
    if (code !== undefined) out.push(el("code", { class: "code", text: code }));
    else if (label !== undefined) out.push(link(address, inline(label, depth + 1)));
    else if (bold !== undefined) out.push(el("strong", {}, ...inline(bold, depth + 1)));
    else if (strike !== undefined) out.push(el("s", {}, ...inline(strike, depth + 1)));
    else if (name !== undefined) out.push(emoji(name));
    else out.push(el("em", {}, ...inline(star ?? under, depth + 1)));
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}
