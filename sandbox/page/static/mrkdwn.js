// Slack's mrkdwn, read in one pass into elements; every character that is no mark stays text.
import { dateToken } from "./dates.js";
import { append, el, link } from "./dom.js";
import { emoji, sign } from "./emoji.js";
import { preformatted } from "./preformatted.js";

/** @typedef {{person: (id: string) => string, group?: (id: string) => string, channel: (id: string) => string, viewer?: string}} Names */

const MOST = 50_000;
const STYLES = /** @type {const} */ ({ "*": "strong", _: "em", "~": "s" });
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const WORD = /[\p{L}\p{N}]/u;

/** @param {string} text as Slack's API carries it, with its three entities */
export function unescape(text) {
  return text.replace(
    /&(?:lt|gt|amp);/g,
    (entity) => ENTITIES[/** @type {keyof typeof ENTITIES} */ (entity)],
  );
}

/**
 * @param {string} text
 * @param {Names} names
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, names) {
  const whole = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  const out = document.createDocumentFragment();
  const parts = whole.split("```");
  const closed = parts.length % 2 === 1 ? parts.length : parts.length - 1;
  for (let index = 0; index < closed; index += 1) {
    if (index % 2 === 1 && parts[index].trim()) {
      out.append(preformatted(unescape(parts[index].replace(/^\n/, ""))));
    } else lines(out, index % 2 === 1 ? `\`\`\`${parts[index]}\`\`\`` : trimmed(parts, index, closed), names);
  }
  if (closed < parts.length) lines(out, `\`\`\`${parts[closed]}`, names);
  return out;
}

/**
 * The text between two fences, without the line breaks that the fences stand on.
 * @param {string[]} parts
 * @param {number} index
 * @param {number} count
 */
function trimmed(parts, index, count) {
  let text = parts[index];
  if (index > 0) text = text.replace(/^\n/, "");
  if (index < count - 1) text = text.replace(/\n$/, "");
  return text;
}

/**
 * @param {Node} out
 * @param {string} text
 * @param {Names} names
 */
function lines(out, text, names) {
  if (!text) return;
  /** @type {HTMLElement | null} */
  let quote = null;
  let first = true;
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    if (quoted) {
      if (quote) quote.append(el("br"));
      else out.appendChild((quote = el("blockquote", { class: "quote" })));
      append(quote, inline(line.slice(quoted[0].length), names));
    } else {
      if (!first && !quote) out.appendChild(el("br"));
      quote = null;
      append(out, inline(line, names));
    }
    first = false;
  }
}

/**
 * @typedef {Object} Mark
 * @property {"*" | "_" | "~"} mark
 * @property {boolean} opens
 * @property {boolean} closes
 */

/**
 * One line: atoms first (code, links, emoji), then the styles around them with a stack of three at most.
 * @param {string} line
 * @param {Names} names
 * @returns {(Node | string)[]}
 */
function inline(line, names) {
  /** @type {{mark: string | null, parts: (Node | string)[]}[]} */
  const open = [{ mark: null, parts: [] }];
  const top = () => open[open.length - 1];
  for (const atom of atoms(line, names)) {
    if (typeof atom === "string" || atom instanceof Node) top().parts.push(atom);
    else if (atom.closes && open.some(({ mark, parts }) => mark === atom.mark && parts.length)) {
      while (top().mark !== atom.mark) flatten(open);
      const done = /** @type {{mark: "*"|"_"|"~", parts: (Node|string)[]}} */ (open.pop());
      top().parts.push(el(STYLES[done.mark], {}, ...done.parts));
    } else if (atom.opens && !open.some(({ mark }) => mark === atom.mark))
      open.push({ mark: atom.mark, parts: [] });
    else top().parts.push(atom.mark);
  }
  while (open.length > 1) flatten(open);
  return open[0].parts;
}

/** A mark that nothing closed was only a character. @param {{mark: string | null, parts: (Node | string)[]}[]} open */
function flatten(open) {
  const { mark, parts } = /** @type {{mark: string, parts: (Node | string)[]}} */ (open.pop());
  const below = open[open.length - 1].parts;
  below.push(mark);
  for (const part of parts) below.push(part);
}

const ATOM = /`([^`\n]+)`|<([^<>\n]{1,3000})>|:([a-z0-9_+'-]{1,60}):|([*_~])/g;

/**
 * @param {string} line
 * @param {Names} names
 * @returns {Generator<string | Node | Mark>}
 */
function* atoms(line, names) {
  let from = 0;
  for (const found of line.matchAll(ATOM)) {
    const [whole, code, angled, name, mark] = found;
    const at = found.index;
    if (name !== undefined && (sign(name) === null || WORD.test(line[at - 1] ?? " "))) continue;
    if (at > from) yield unescape(line.slice(from, at));
    from = at + whole.length;
    if (code !== undefined) yield el("code", { class: "code", text: unescape(code) });
    else if (angled !== undefined) yield reference(angled, names);
    else if (name !== undefined) yield emoji(name);
    else yield stop(/** @type {Mark["mark"]} */ (mark), line[at - 1] ?? " ", line[at + 1] ?? " ");
  }
  if (from < line.length) yield unescape(line.slice(from));
}

/**
 * @param {Mark["mark"]} mark
 * @param {string} before
 * @param {string} after
 * @returns {Mark}
 */
function stop(mark, before, after) {
  return {
    mark,
    opens: !WORD.test(before) && before !== mark && !/\s/.test(after) && after !== mark,
    closes: !/\s/.test(before) && !WORD.test(after),
  };
}

/**
 * What stands in angle brackets: a link, a mention or a date.
 * @param {string} inside
 * @param {Names} names
 */
function reference(inside, names) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (/^@[UW][A-Z0-9]+$/.test(target)) return mention(target.slice(1), names);
  if (/^#[CGD][A-Z0-9]+$/.test(target)) {
    return el("span", { class: "mention", text: `#${label || names.channel(target.slice(1))}` });
  }
  if (target.startsWith("!")) return special(target.slice(1), label, names);
  if (/^(https?:|mailto:)/i.test(target)) {
    const address = unescape(target);
    return link(address, [label || address.replace(/^mailto:/i, "")]);
  }
  return unescape(`<${inside}>`);
}

/**
 * @param {string} id
 * @param {Names} names
 */
export function mention(id, names) {
  const mine = names.viewer === id;
  return el("span", { class: mine ? "mention mine" : "mention", text: `@${names.person(id)}` });
}

/**
 * @param {string} id
 * @param {Names} names
 * @param {string} [label]
 */
export function group(id, names, label) {
  return el("span", { class: "mention", text: label || `@${names.group?.(id) ?? id}` });
}

/**
 * @param {string} command
 * @param {string} label
 * @param {Names} names
 */
function special(command, label, names) {
  const [name, ...rest] = command.split("^");
  if (name === "date") {
    const [stamp = "", format = "{date}", address = ""] = rest;
    const text = dateToken(stamp ? Number(stamp) : Number.NaN, unescape(format), label || "an unknown date");
    return address ? link(unescape(address), [text]) : el("time", { text });
  }
  if (name === "subteam") return group(rest[0] ?? "group", names, label);
  if (["here", "channel", "everyone"].includes(name))
    return el("span", { class: "mention", text: `@${name}` });
  return `<!${label || command}>`;
}
