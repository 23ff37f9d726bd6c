// Places along the axis of the chart of several runs: which step of a run lies there, and what was measured by then.
// Pure: no page.

/**
 * A column of a run's rows on an axis: its own, or of the multiply-adds, those of an epoch times the epochs.
 * @param {Columns} history @param {string} axis @param {number | null} work
 */
function along(history, axis, work) {
  if (axis !== "work") return history[axis] ?? [];
  return history.epoch.map((epoch) => (epoch === null ? null : epoch * (work ?? 0)));
}

/**
 * The last row that is not beyond a place: −1 before the first.
 * @param {(number | null)[]} xs rising @param {number} x
 */
function rowAt(xs, x) {
  let n = xs.length - 1;
  while (n >= 0 && (xs[n] ?? Infinity) > x) n -= 1;
  return n;
}

/**
 * The step of a run at a place: between two rows the share of the way; beyond its end its last.
 * @param {Columns} history @param {string} axis @param {number} x @param {number | null} work @returns {number}
 */
export function stepAt(history, axis, x, work) {
  const xs = along(history, axis, work), steps = history.step, n = rowAt(xs, x);
  if (n === xs.length - 1) return n < 0 ? 0 : steps[n] ?? 0;
  const [x0, x1] = [n < 0 ? 0 : xs[n] ?? 0, xs[n + 1] ?? 0], [s0, s1] = [n < 0 ? 0 : steps[n] ?? 0, steps[n + 1] ?? 0];
  return Math.max(0, Math.floor(s0 + (x1 > x0 ? (x - x0) / (x1 - x0) : 0) * (s1 - s0) + 1e-6));
}

/**
 * The last value of a column (without a name: of the axis itself) that was measured by a place; null before there is
 * any.
 * @param {Columns} history @param {string} axis @param {number} x @param {number | null} work @param {string} [name]
 * @returns {number | null}
 */
export function valueAt(history, axis, x, work, name) {
  const xs = along(history, axis, work), values = name ? history[name] ?? [] : xs;
  for (let n = rowAt(xs, x); n >= 0; n--) if (values[n] != null) return values[n];
  return null;
}
