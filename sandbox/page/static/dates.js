// Slack's time stamps and date tokens, in the reader's own time zone and language.

const DAY = 86_400_000;
const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const numeric = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" });
const medium = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "long", day: "numeric" });
const short = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** When a message was posted. @param {string} ts Slack's `ts`, seconds */
export function moment(ts) {
  const at = new Date(Number(ts) * 1000);
  return Number.isNaN(at.getTime()) ? new Date(0) : at;
}

/** @param {Date} at */
export function clock(at) {
  return time.format(at);
}

/** @param {Date} at */
export function exactly(at) {
  return full.format(at);
}

/** The day as a divider shows it. @param {Date} at */
export function day(at) {
  return near(at) ?? long.format(at);
}

/** @param {Date} at */
function near(at) {
  const today = new Date().setHours(0, 0, 0, 0);
  const that = new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((that - today) / DAY);
  return days === 0 ? "Today" : days === -1 ? "Yesterday" : days === 1 ? "Tomorrow" : null;
}

/** @param {Date} at */
function relative(at) {
  const away = (at.getTime() - Date.now()) / 1000;
  for (const [unit, size] of /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ])) {
    if (Math.abs(away) >= size) return ago.format(Math.round(away / size), unit);
  }
  return ago.format(Math.round(away), "second");
}

/** @type {Record<string, (at: Date) => string>} */
const TOKENS = {
  date_num: (at) => numeric.format(at),
  date: (at) => medium.format(at),
  date_short: (at) => short.format(at),
  date_long: (at) => long.format(at),
  date_pretty: (at) => near(at) ?? medium.format(at),
  date_short_pretty: (at) => near(at) ?? short.format(at),
  date_long_pretty: (at) => near(at) ?? long.format(at),
  time: (at) => time.format(at),
  time_secs: (at) => seconds.format(at),
  ago: relative,
};

/**
 * A date token's text, or the fallback where the time is none.
 * @param {number} stamp seconds since 1970
 * @param {string} format for example "{date_short_pretty} at {time}"
 * @param {string} fallback
 */
export function dateToken(stamp, format, fallback) {
  const at = new Date(stamp * 1000);
  if (!Number.isFinite(stamp) || Number.isNaN(at.getTime())) return fallback;
  return format.replace(/\{([a-z_]{1,20})\}/g, (whole, name) =>
    Object.hasOwn(TOKENS, name) ? TOKENS[name](at) : whole,
  );
}
