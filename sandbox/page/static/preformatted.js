// A block of code as it stands; a diff keeps its + and -, and is tinted besides.
import { el } from "./dom.js";

const DIFF_LINE = /^(?:---|\+\+\+) |^@@ .* @@/m;

/**
 * @param {string} text
 * @param {string} [language]
 */
export function preformatted(text, language = "") {
  const lines = text.replace(/\n$/, "").split("\n");
  const diff = language === "diff" || (language === "" && DIFF_LINE.test(text));
  const code = el("code", {}, ...(diff ? lines.map(diffLine) : [text.replace(/\n$/, "")]));
  const props = diff
    ? {
        class: "pre diff",
        role: "group",
        "aria-label": "Difference: lines with + are added, lines with - are removed",
      }
    : { class: "pre" };
  return el("pre", { ...props, tabindex: "0", data: { language: language || undefined } }, code);
}

/** @param {string} line */
function diffLine(line) {
  return el("span", { class: `diff-line ${kind(line)}` }, `${line}\n`);
}

/** @param {string} line */
function kind(line) {
  if (/^(---|\+\+\+)( |$)/.test(line)) return "names";
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "added";
  if (line.startsWith("-")) return "removed";
  return "same";
}
