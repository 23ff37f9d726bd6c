// Which runs the table shows, and in what order, as the address says it. Pure.

/**
 * @typedef {{search: string, data: string | null, family: string | null, status: string | null, tag: string | null,
 *   star: boolean, kind: string | null, deleted: boolean, sort: string, descending: boolean, compare: string[]}} Query
 */

/** @type {Query} */
export const ALL = {
  search: "", data: null, family: null, status: null, tag: null, star: false, kind: null, deleted: false,
  sort: "created", descending: true, compare: [],
};
const WORDS = ["search", "data", "family", "status", "tag"], FLAGS = ["star", "deleted"];
const MOST_COMPARED = 12;
/** What grows from A to Z when it is first asked for; of all else the largest comes first. */
const RISING = new Set(["title", "words", "data", "family", "status", "room", "loss"]);

/** @param {string} column */
export const falls = (column) => !RISING.has(column);

/**
 * What a click on the head of a column sorts by: its own order, turned round, and of an accuracy after that by the last
 * value instead of the best, in both directions.
 * @param {Query} query @param {string} column of the store @returns {{sort: string, descending: boolean}}
 */
export function turned({ sort, descending }, column) {
  const last = column.replace("_best", "");
  if (sort !== column && sort !== last) return { sort: column, descending: falls(column) };
  if (descending === falls(sort)) return { sort, descending: !descending };
  const next = sort === column ? last : column;
  return { sort: next, descending: falls(next) };
}

/** @param {string} text what stands behind the "?" @param {string[]} sorts that there are @returns {Query} */
export function readQuery(text, sorts) {
  const said = new URLSearchParams(text), compare = (said.get("compare") ?? "").split(",").filter(Boolean);
  /** @type {any} */
  const query = { ...ALL, compare: [...new Set(compare)].slice(0, MOST_COMPARED) };
  for (const name of WORDS) query[name] = said.get(name)?.slice(0, 200) || ALL[/** @type {"data"} */ (name)];
  for (const name of FLAGS) query[name] = said.get(name) === "on";
  const kind = said.get("kind"), sort = said.get("sort");
  if (kind === "single" || kind === "group") query.kind = kind;
  if (sort && sorts.includes(sort)) query.sort = sort;
  query.descending = said.has("order") ? said.get("order") !== "up" : falls(query.sort);
  return query;
}

/** The shortest address. @param {Query} query */
export function writeQuery(query) {
  const say = new URLSearchParams(), { sort, descending, compare, kind } = query;
  for (const name of WORDS) {
    const value = query[/** @type {"search"} */ (name)];
    if (value) say.set(name, value);
  }
  for (const name of FLAGS) if (query[/** @type {"star"} */ (name)]) say.set(name, "on");
  if (kind) say.set("kind", kind);
  if (sort !== ALL.sort) say.set("sort", sort);
  if (descending !== falls(sort)) say.set("order", descending ? "down" : "up");
  if (compare.length) say.set("compare", compare.join(","));
  return say.toString().replaceAll("%2C", ",");
}

/** Whether some runs are left out. @param {Query} query */
export const filtered = (query) =>
  [...WORDS, ...FLAGS, "kind"].some((name) => Boolean(query[/** @type {"search"} */ (name)]));

/** What the server is asked. @param {Query} query */
export function request({ compare: _, ...query }) { return query; }
