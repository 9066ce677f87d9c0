// What differs between two texts, line by line, as a diff shows it.

const MOST = 400;

/**
 * Every line of both, led by " ", "-" or "+"; null where they are too long to compare.
 * @param {string} before
 * @param {string} after
 * @returns {string | null}
 */
export function lineDiff(before, after) {
  const old = before.split("\n");
  const now = after.split("\n");
  if (old.length > MOST || now.length > MOST) return null;
  const common = table(old, now);
  const out = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      out.push(` ${old[i]}`);
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= now.length || common[i + 1][j] >= common[i][j + 1]))
      out.push(`-${old[i++]}`);
    else out.push(`+${now[j++]}`);
  }
  return out.join("\n");
}

/**
 * How many lines the rests from i and j share, in order.
 * @param {string[]} old
 * @param {string[]} now
 */
function table(old, now) {
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i][j] =
        old[i] === now[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  return common;
}
