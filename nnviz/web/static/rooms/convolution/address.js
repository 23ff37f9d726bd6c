// The room's setting as its address says it, which nnviz/ui/convolution_setting.py reads.

/**
 * @param {import("./convolution.js").Setting} setting @param {any} data what Python says of the room
 * @param {{learned: boolean, bias: number, first: number, at: number[] | null}} now learned: whether the kernel is;
 *   bias: its own; first: the digit that is shown where no other is asked for; at: where the visitor has put the window
 */
export function queryOf(setting, data, { learned, bias, first, at }) {
  const query = new URLSearchParams(), { kernel, weights } = setting;
  /** @type {Record<string, any>} */
  const say = {
    ...setting, at, values: kernel === "own" ? weights.map((w) => Number(w.toPrecision(6))) : null,
    filter: learned ? setting.filter : 0, size: learned ? data.defaults.size : setting.size,
    digit: setting.digit === first ? null : setting.digit, bias: setting.bias === bias ? null : setting.bias,
  };
  for (const [name, usual] of Object.entries(data.defaults)) {
    const same = JSON.stringify(say[name] ?? null) === JSON.stringify(usual);
    if (name !== "data" && !same) query.set(name, String(say[name]));
  }
  if (data.run) {
    query.set("kernel", kernel);
    query.set("run", data.run.run);
  }
  if (query.size || setting.data !== Object.keys(data.data)[0]) query.set("data", setting.data);
  if (data.present) query.set("present", "1");
  return query.toString().replaceAll("%2C", ",");
}
