// Elements are made here and nowhere else: text is always text, so nothing that was pasted can run.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @typedef {Object} Props
 * @property {string} [class]
 * @property {string} [text]
 * @property {string} [testid]
 * @property {Record<string, (event: any) => void>} [on]
 * @property {Record<string, string | undefined>} [data]
 */

const SVG = "http://www.w3.org/2000/svg";
const FORBIDDEN = /^(on|style$|srcdoc$|href$|src$)/i;

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Props & Record<string, any>} [props] attributes; `false`, `null` and `undefined` leave one out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "testid") node.dataset.testid = value;
    else if (name === "on") {
      for (const [type, handler] of Object.entries(value)) node.addEventListener(type, handler);
    } else if (name === "data") {
      for (const [key, datum] of Object.entries(value)) {
        if (datum !== undefined) node.dataset[key] = String(datum);
      }
    } else if (FORBIDDEN.test(name)) throw new Error(`${name} is not set through el()`);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/**
 * @param {Node} parent
 * @param {Iterable<Child>} children
 */
export function append(parent, children) {
  for (const child of children) {
    if (child) parent.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
}

/**
 * A link to the web, or its text alone where the address is not one.
 * @param {string} address
 * @param {Child[]} children
 * @returns {HTMLElement}
 */
export function link(address, children) {
  const target = webAddress(address);
  if (target === null) return el("span", {}, ...children);
  const anchor = el("a", { class: "link", rel: "noopener noreferrer", target: "_blank" }, ...children);
  anchor.href = target;
  return anchor;
}

/**
 * The address if a browser may follow it: http, https, or a path on this host.
 * @param {unknown} address
 * @returns {string | null}
 */
export function webAddress(address) {
  if (typeof address !== "string" || !/^(https?:\/\/|\/(?![/\\]))/i.test(address)) return null;
  try {
    const url = new URL(address, location.origin);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A line drawing of 20 by 20, decoration only.
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.appendChild(line);
  return svg;
}

let serial = 0;

/** A fresh element id. @param {string} stem */
export function uid(stem) {
  serial += 1;
  return `${stem}-${serial}`;
}

/** An element by id that the page's own HTML holds. @param {string} id */
export function must(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}
