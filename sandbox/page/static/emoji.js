// The emoji names a bot of this kind uses; any other name stays as it was written.
import { el } from "./dom.js";

/** @type {Record<string, string>} */
const SIGNS = {
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  warning: "⚠️",
  no_entry: "⛔",
  no_entry_sign: "🚫",
  question: "❓",
  grey_question: "❔",
  exclamation: "❗",
  eyes: "👀",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  rotating_light: "🚨",
  fire: "🔥",
  mag: "🔍",
  mag_right: "🔎",
  wrench: "🔧",
  hammer_and_wrench: "🛠️",
  key: "🔑",
  lock: "🔒",
  unlock: "🔓",
  closed_lock_with_key: "🔐",
  shield: "🛡️",
  stethoscope: "🩺",
  pill: "💊",
  bulb: "💡",
  memo: "📝",
  clipboard: "📋",
  link: "🔗",
  paperclip: "📎",
  package: "📦",
  rocket: "🚀",
  tada: "🎉",
  thumbsup: "👍",
  "+1": "👍",
  thumbsdown: "👎",
  "-1": "👎",
  wave: "👋",
  raised_hand: "✋",
  bell: "🔔",
  no_bell: "🔕",
  mute: "🔇",
  clock1: "🕐",
  stopwatch: "⏱️",
  arrow_right: "➡️",
  arrow_left: "⬅️",
  arrow_up: "⬆️",
  arrow_down: "⬇️",
  arrows_counterclockwise: "🔄",
  repeat: "🔁",
  recycle: "♻️",
  information_source: "ℹ️",
  large_green_circle: "🟢",
  large_yellow_circle: "🟡",
  red_circle: "🔴",
  large_blue_circle: "🔵",
  white_circle: "⚪",
  black_circle: "⚫",
  green_heart: "💚",
  sos: "🆘",
  robot_face: "🤖",
  cloud: "☁️",
  speech_balloon: "💬",
  page_facing_up: "📄",
  chart_with_upwards_trend: "📈",
  leftwards_arrow_with_hook: "↩️",
  smile: "😄",
  slightly_smiling_face: "🙂",
  thinking_face: "🤔",
  heart: "❤️",
  pray: "🙏",
  clap: "👏",
};

/** The sign of a name, or null. @param {string} name */
export function sign(name) {
  return Object.hasOwn(SIGNS, name) ? SIGNS[name] : null;
}

/**
 * An emoji that a screen reader calls by its name; an unknown one keeps its colons.
 * @param {string} name
 * @param {string} [unicode] hexadecimal code points, joined by "-"
 */
export function emoji(name, unicode) {
  const drawn = sign(name) ?? fromCodePoints(unicode);
  if (drawn === null) return el("span", { class: "emoji-name", text: `:${name}:` });
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), text: drawn });
}

/** @param {unknown} unicode */
function fromCodePoints(unicode) {
  if (typeof unicode !== "string" || !/^[0-9a-f]{2,6}(-[0-9a-f]{2,6}){0,9}$/i.test(unicode)) return null;
  const points = unicode.split("-").map((hex) => Number.parseInt(hex, 16));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : null;
}
