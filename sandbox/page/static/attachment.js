// Legacy attachments, as alert bots still send them, and files.
import { array, blocks } from "./blocks.js";
import { clock, day, moment } from "./dates.js";
import { el, icon, link } from "./dom.js";
import { ICONS } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { preformatted } from "./preformatted.js";
import { plain } from "./text.js";

/** @type {Record<string, string>} */
const COLOURS = { good: "#2e7d4f", warning: "#b7791f", danger: "#c0392b" };

/**
 * @param {any} attachment
 * @param {import("./types.js").Surface} surface
 */
export function attachment(attachment, surface) {
  const { pretext, author_name: author, title, title_link: address, text, footer, ts, fallback } = attachment;
  const fields = array(attachment.fields).map((field) =>
    el(
      "div",
      { class: field.short ? "a-field short" : "a-field" },
      el("strong", { text: String(field.title ?? "") }),
      el("div", { class: "mrkdwn" }, mrkdwn(String(field.value ?? ""), surface)),
    ),
  );
  const empty = !text && !title && !fields.length && !attachment.blocks?.length && !pretext;
  const body = el(
    "div",
    { class: "a-body" },
    author ? el("div", { class: "a-author", text: author }) : null,
    title
      ? el("div", { class: "a-title" }, address ? link(String(address), [plain(title)]) : plain(title))
      : null,
    text ? el("div", { class: "mrkdwn" }, mrkdwn(String(text), surface)) : null,
    fields.length ? el("div", { class: "a-fields" }, ...fields) : null,
    attachment.blocks?.length ? blocks(attachment.blocks, surface) : null,
    empty ? el("div", { class: "mrkdwn", text: String(fallback ?? "An empty attachment") }) : null,
    footer || ts
      ? el("div", {
          class: "a-foot",
          text: [footer, ts && `${day(moment(String(ts)))}, ${clock(moment(String(ts)))}`]
            .filter(Boolean)
            .join(" · "),
        })
      : null,
  );
  const colour = COLOURS[attachment.color] ?? attachment.color;
  const hex = /^#?[0-9a-f]{6}$/i.test(String(colour)) ? `#${String(colour).replace("#", "")}` : "";
  if (hex) body.style.setProperty("--bar", hex);
  return el(
    "div",
    { class: "attachment" },
    pretext ? el("div", { class: "mrkdwn" }, mrkdwn(String(pretext), surface)) : null,
    body,
  );
}

/** @param {any} file */
export function file(file) {
  const name = String(file.title || file.name || "A file");
  const text = file.content ?? file.preview ?? file.plain_text;
  const size = Number(file.size) ? `${Number(file.size).toLocaleString()} bytes` : "";
  const kind = [file.pretty_type ?? file.filetype, size].filter(Boolean).join(" · ");
  const head = el(
    "div",
    { class: "file-head" },
    icon(ICONS.file),
    el("span", { class: "file-name", text: name }),
    el("span", { class: "file-kind", text: kind }),
  );
  if (typeof text !== "string") return el("div", { class: "file" }, head);
  const language = /\.(diff|patch)$/.test(name) || file.filetype === "diff" ? "diff" : "text";
  const more =
    file.preview_is_truncated || (file.content === undefined && Number(file.size) > new Blob([text]).size);
  const cut = more ? el("p", { class: "hint", text: "The rest of the file is not shown." }) : null;
  return el(
    "details",
    { class: "file", open: text.length < 4000 },
    el("summary", {}, head),
    preformatted(text.slice(0, 100_000), language),
    cut,
  );
}
