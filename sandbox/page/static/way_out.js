// The two ways out of the right-hand column: closed beside its title, or back to the channel on a phone.
import { el, icon } from "./dom.js";
import { ICONS } from "./icons.js";

/**
 * @param {string} what Of what the column shows, for people: "thread".
 * @param {() => void} leave What both do.
 */
export function waysOut(what, leave) {
  const words = `Close the ${what}`;
  const close = el(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": words,
      title: words,
      testid: `close-${what}`,
      on: { click: leave },
    },
    icon(ICONS.close),
  );
  const back = el(
    "button",
    {
      type: "button",
      class: "tool only-phone",
      "aria-label": "Back to the channel",
      on: { click: leave },
    },
    icon(ICONS.back),
  );
  return { close, back };
}
