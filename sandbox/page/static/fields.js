// Fields that hold an answer: text, numbers, dates, choices. They serve input blocks and actions alike.
import { el, uid } from "./dom.js";
import { textObject, words } from "./text.js";

/** @typedef {import("./form.js").Answer} Answer */
/** @typedef {import("./types.js").Surface} Surface */

/**
 * @typedef {Object} Field
 * @property {HTMLElement} node what is put on the page
 * @property {HTMLElement} control what a label points at
 * @property {() => Answer | null} read
 * @property {(answer: Answer) => void} write
 * @property {boolean} [clears] an empty answer is an answer too
 */

/** @type {Record<string, string>} */
const TEXT_TYPES = {
  plain_text_input: "text",
  rich_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "number",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
};

/**
 * @param {any} spec
 * @param {string} id
 * @param {Surface} surface
 * @returns {Field | null} null for an element that holds no answer here
 */
export function field(spec, id, surface) {
  if (Object.hasOwn(TEXT_TYPES, spec.type)) return text(spec, id);
  if (spec.type === "radio_buttons" || spec.type === "checkboxes") return choices(spec, id, surface);
  const options = known(spec, surface);
  return options ? select(spec, id, options) : null;
}

/** @type {(spec: any, id: string) => Field} */
function text(spec, id) {
  const limits = {
    minlength: spec.min_length,
    maxlength: spec.max_length,
    min: spec.min_value,
    max: spec.max_value,
    step: spec.type === "number_input" && spec.is_decimal_allowed ? "any" : undefined,
  };
  const props = { id, class: "field", placeholder: words(spec.placeholder) || undefined, ...limits };
  const long = spec.multiline || spec.type === "rich_text_input";
  const control = long
    ? el("textarea", { ...props, rows: "5" })
    : el("input", { ...props, type: TEXT_TYPES[spec.type] });
  control.value = initial(spec);
  return {
    node: control,
    control,
    clears: true,
    read: () => {
      if (control.value === "") return null;
      return spec.type === "datetimepicker"
        ? String(Math.floor(new Date(control.value).getTime() / 1000))
        : control.value;
    },
    write: (answer) => {
      control.value = spec.type === "datetimepicker" ? local(Number(answer)) : String(answer);
    },
  };
}

/** @param {any} spec */
function initial(spec) {
  if (spec.type === "datetimepicker") return spec.initial_date_time ? local(spec.initial_date_time) : "";
  return String(spec.initial_value ?? spec.initial_date ?? spec.initial_time ?? "");
}

/** Seconds since 1970 as a datetime-local field has them. @param {number} stamp */
function local(stamp) {
  const at = new Date(stamp * 1000);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @typedef {{label: string, options: {text: string, value: string}[]}[]} Groups */

/** @type {(spec: any, surface: Surface) => Groups | null} */
function known(spec, surface) {
  const kind = String(spec.type).replace(/^multi_/, "");
  if (kind === "static_select" || kind === "external_select") {
    const groups = Array.isArray(spec.option_groups)
      ? spec.option_groups
      : [{ label: "", options: spec.options ?? [] }];
    return groups.map((/** @type {any} */ group) => ({
      label: words(group.label),
      options: (group.options ?? []).map(option),
    }));
  }
  const people = surface.people.map((user) => ({ text: user.real_name || user.name, value: user.id }));
  const channels = surface.channels
    .filter((one) => !one.is_im)
    .map((one) => ({ text: `#${one.name}`, value: one.id }));
  if (kind === "users_select") return [{ label: "", options: people }];
  if (kind === "channels_select") return [{ label: "", options: channels }];
  if (kind === "conversations_select")
    return [
      { label: "Channels", options: channels },
      { label: "People", options: people },
    ];
  return null;
}

/** @param {any} one */
function option(one) {
  return { text: words(one?.text), value: String(one?.value ?? "") };
}

/** @type {(spec: any, id: string, groups: Groups) => Field} */
function select(spec, id, groups) {
  const multi = String(spec.type).startsWith("multi_");
  const control = el("select", { id, class: "select", multiple: multi, size: multi ? "4" : undefined });
  if (!multi) control.append(el("option", { value: "", text: words(spec.placeholder) || "Choose …" }));
  for (const group of groups) {
    const options = group.options.map(({ text: shown, value }) => el("option", { value, text: shown }));
    if (group.label) control.append(el("optgroup", { label: group.label }, ...options));
    else control.append(...options);
  }
  const write = (/** @type {Answer} */ answer) => {
    const wanted = Array.isArray(answer) ? answer : [answer];
    for (const one of control.options) one.selected = wanted.includes(one.value);
  };
  write(chosen(spec));
  const read = () => [...control.selectedOptions].map((one) => one.value).filter((value) => value !== "");
  return {
    node: control,
    control,
    clears: multi,
    read: () => (multi ? read() : (read()[0] ?? null)),
    write,
  };
}

/** What is chosen at first. @param {any} spec @returns {string[]} */
function chosen(spec) {
  const many =
    spec.initial_options ?? spec.initial_users ?? spec.initial_channels ?? spec.initial_conversations;
  const one = spec.initial_option ?? spec.initial_user ?? spec.initial_channel ?? spec.initial_conversation;
  const all = Array.isArray(many) ? many : one ? [one] : [];
  const first = all.map((item) => (typeof item === "string" ? item : String(item?.value ?? "")));
  return first.length || String(spec.type).startsWith("multi_") ? first : [""];
}

/** @type {(spec: any, id: string, surface: Surface) => Field} */
function choices(spec, id, surface) {
  const many = spec.type === "checkboxes";
  const name = uid("choice");
  const first = chosen(spec);
  /** @type {{box: HTMLInputElement, row: HTMLElement}[]} */
  const boxes = (Array.isArray(spec.options) ? spec.options : []).map((/** @type {any} */ one) => {
    const { value } = option(one);
    const box = el("input", {
      type: many ? "checkbox" : "radio",
      name,
      value,
      checked: first.includes(value),
    });
    const note = one.description
      ? el("span", { class: "choice-note mrkdwn" }, textObject(one.description, surface))
      : null;
    return {
      box,
      row: el(
        "label",
        { class: "choice" },
        box,
        el(
          "span",
          { class: "choice-text" },
          el("span", { class: "mrkdwn" }, textObject(one.text, surface)),
          note,
        ),
      ),
    };
  });
  const node = el("fieldset", { id, class: "choices", tabindex: "-1" }, ...boxes.map(({ row }) => row));
  const ticked = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
  return {
    node,
    control: node,
    clears: many,
    read: () => (many ? ticked() : (ticked()[0] ?? null)),
    write: (answer) => {
      for (const { box } of boxes)
        box.checked = Array.isArray(answer) ? answer.includes(box.value) : box.value === answer;
    },
  };
}
