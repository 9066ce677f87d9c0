// Block Kit: one drawing function for each block type. A type that is not here leaves a visible note.
import { el, link, uid, webAddress } from "./dom.js";
import { element } from "./elements.js";
import { input } from "./inputs.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";
import { textObject, words } from "./text.js";

/** @typedef {import("./types.js").Block} Block */
/** @typedef {import("./types.js").Surface} Surface */

/** @type {Record<string, (block: Block, surface: Surface) => HTMLElement>} */
const BLOCKS = {
  header: (block, surface) => {
    const least = surface.kind === "home" ? 2 : 3;
    const level = Number.isInteger(block.level) ? Math.min(6, Math.max(least, block.level)) : least;
    const props = { class: "b-header", role: "heading", "aria-level": String(level) };
    return el("div", props, textObject(block.text, surface));
  },
  section,
  context: (block, surface) => {
    const items = array(block.elements).map((item) =>
      item.type === "image"
        ? picture(item, "b-context-image")
        : el("span", { class: "mrkdwn" }, textObject(item, surface)),
    );
    return el("div", { class: "b-context" }, ...items);
  },
  divider: () => el("hr", { class: "divider" }),
  actions: (block, surface) => el("div", { class: "b-actions" }, ...drawn(block, surface)),
  context_actions: (block, surface) =>
    el("div", { class: "b-actions b-context-actions" }, ...drawn(block, surface)),
  rich_text: (block, surface) => richText(block, surface),
  markdown: (block) => el("div", { class: "markdown" }, markdown(String(block.text ?? ""))),
  table,
  data_table: table,
  image: (block, surface) => {
    const title = block.title
      ? el("figcaption", { class: "b-image-title" }, textObject(block.title, surface))
      : null;
    return el("figure", { class: "b-image" }, title, picture(block, "b-image-picture"));
  },
  input,
  container,
  alert: (block, surface) => {
    const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "info";
    return el(
      "div",
      { class: `b-alert ${level}`, role: "note" },
      el("strong", { text: `${title(level)}: ` }),
      textObject(block.text, surface),
    );
  },
  card,
  carousel: (block, surface) => {
    const cards = array(block.elements).map((item) => card(item, surface));
    return el("div", { class: "b-carousel", role: "group", "aria-label": "Cards", tabindex: "0" }, ...cards);
  },
  file: (block) => el("p", { class: "unknown", text: `A file: ${block.external_id ?? "no name"}` }),
  video: (block) => el("p", {}, link(String(block.title_url ?? ""), [words(block.title) || "A video"])),
};

/**
 * Every block of a message or view, in its own `data-block-id` box.
 * @param {Block[]} list
 * @param {Surface} surface
 * @returns {HTMLElement}
 */
export function blocks(list, surface) {
  const box = el("div", { class: "blocks" });
  for (const [index, block] of array(list).entries()) {
    const named = block.block_id ? block : { ...block, block_id: `b${index}` };
    const draw = Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : unknown;
    const node = draw(named, surface);
    node.dataset.block = block.type;
    node.dataset.blockId = named.block_id;
    box.append(node);
  }
  return box;
}

/** @param {Block} block */
function unknown(block) {
  return el("p", {
    class: "unknown",
    role: "note",
    text: `This page does not draw “${block.type}” blocks. Slack may show one here.`,
  });
}

/** @param {Block} block @param {Surface} surface */
function section(block, surface) {
  const text = block.text ? el("div", { class: "mrkdwn" }, textObject(block.text, surface)) : null;
  const columns = array(block.fields).map((item) =>
    el("div", { class: "b-field mrkdwn" }, textObject(item, surface)),
  );
  const body = el(
    "div",
    { class: "b-section-body" },
    text,
    columns.length ? el("div", { class: "b-fields" }, ...columns) : null,
  );
  if (!block.accessory) return el("div", { class: "b-section" }, body);
  const side =
    block.accessory.type === "image"
      ? picture(block.accessory, "b-thumb")
      : element(block.accessory, block.block_id, surface);
  return el("div", { class: "b-section with-accessory" }, body, el("div", { class: "b-accessory" }, side));
}

/** @param {Block} block @param {Surface} surface */
function drawn(block, surface) {
  return array(block.elements).map((item) => element(item, block.block_id, surface));
}

/** @param {Block} block @param {Surface} surface */
function container(block, surface) {
  const heading = block.rich_text_title
    ? richText(
        {
          type: "rich_text",
          elements: [{ type: "rich_text_section", elements: block.rich_text_title.elements ?? [] }],
        },
        surface,
      )
    : el("span", { class: "b-container-title" }, textObject(block.title, surface));
  const more = block.subtitle
    ? el("span", { class: "b-container-subtitle" }, textObject(block.subtitle, surface))
    : null;
  const inner = blocks(block.child_blocks ?? block.blocks ?? [], surface);
  if (!block.is_collapsible)
    return el(
      "div",
      { class: "b-container" },
      el("div", { class: "b-container-head" }, heading, more),
      inner,
    );
  return el(
    "details",
    { class: "b-container", open: !block.default_collapsed },
    el("summary", { class: "b-container-head" }, heading, more),
    inner,
  );
}

/** @param {Block} block @param {Surface} surface */
function card(block, surface) {
  const buttons = array(block.actions).map((item) => element(item, block.block_id ?? uid("card"), surface));
  return el(
    "div",
    { class: "b-card" },
    block.title ? el("div", { class: "b-card-title" }, textObject(block.title, surface)) : null,
    block.subtitle ? el("div", { class: "b-context" }, textObject(block.subtitle, surface)) : null,
    block.body ? el("div", { class: "mrkdwn" }, textObject(block.body, surface)) : null,
    buttons.length ? el("div", { class: "b-actions" }, ...buttons) : null,
  );
}

/**
 * A picture of this machine; one from another host is named, not fetched.
 * @param {any} image
 * @param {string} kind
 */
function picture(image, kind) {
  const alt = String(image.alt_text ?? "Picture");
  const address = webAddress(image.image_url ?? image.slack_file?.url);
  const own =
    typeof image.image_url === "string" && /^data:image\/(png|jpeg|gif|webp);base64,/.test(image.image_url);
  if (own || (address && new URL(address).origin === location.origin)) {
    const shown = el("img", { class: kind, alt });
    shown.src = own ? image.image_url : /** @type {string} */ (address);
    return shown;
  }
  const note = el("span", { class: "picture-note" }, `Picture: ${alt}`);
  return address ? link(address, [note]) : note;
}

/** @param {string} word */
function title(word) {
  return word[0].toUpperCase() + word.slice(1);
}

/** @param {unknown} value @returns {any[]} */
export function array(value) {
  return Array.isArray(value) ? value.filter((item) => item && typeof item === "object") : [];
}
