// A coloured square with initials; the colour comes from the name, and says nothing by itself.
import { el } from "./dom.js";

/**
 * @param {string} name
 * @param {boolean} [app]
 */
export function avatar(name, app = false) {
  const initials = name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
    .join("");
  let sum = 0;
  for (const sign of name.slice(0, 80)) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 997;
  return el("span", {
    class: `avatar tone-${sum % 6}${app ? " of-app" : ""}`,
    "aria-hidden": "true",
    text: initials || "?",
  });
}
