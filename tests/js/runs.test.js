// The table of runs says in the address what it shows, and reads it there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cells, summary } from "../../nnviz/web/static/rooms/runs/nodes.js";
import { ALL, readQuery, request, turned, writeQuery } from "../../nnviz/web/static/rooms/runs/query.js";

const SORTS = ["created", "title", "test_best"];

test("an address says only what is not as usual, and means what was written", () => {
  assert.equal(writeQuery(ALL), "");
  assert.deepEqual(readQuery("", SORTS), ALL);
  const query = { ...ALL, search: "wide & deep", data: "digits", star: true, kind: "group", sort: "title",
    descending: true, compare: ["a", "b"] };
  assert.equal(writeQuery(query),
    "search=wide+%26+deep&data=digits&star=on&kind=group&sort=title&order=down&compare=a,b");
  assert.deepEqual(readQuery(writeQuery(query), SORTS), query);
  assert.equal(readQuery("sort=title", SORTS).descending, false); // from A to Z
  assert.equal(readQuery("sort=test_best", SORTS).descending, true);
});

test("a head sorts by the best, turned round, then by the last value, and from the start again", () => {
  /** @type {any} */
  let query = ALL;
  const seen = [];
  for (let click = 0; click < 5; click++) {
    query = { ...query, ...turned(query, "test_best") };
    seen.push(`${query.sort} ${query.descending ? "down" : "up"}`);
  }
  assert.deepEqual(seen, ["test_best down", "test_best up", "test down", "test up", "test_best down"]);
  const byTitle = { ...query, ...turned(query, "title") };
  assert.deepEqual(turned(byTitle, "title"), { sort: "title", descending: true });
  assert.deepEqual(turned({ ...byTitle, descending: true }, "title"), { sort: "title", descending: false });
});

test("what is no order, no kind, or one run too many is left out", () => {
  const wild = readQuery("sort=id%3B+DROP&kind=x&star=1&order=&compare=a,,a,b", SORTS);
  assert.deepEqual(wild, { ...ALL, compare: ["a", "b"] });
  const runs = Array.from({ length: 20 }, (_, i) => `r${i}`);
  assert.equal(readQuery(`compare=${runs.join()}`, SORTS).compare.length, 12);
  assert.ok(!("compare" in request(wild)));
});

test("the machines of a cluster are summed up in a line, those that cannot be used apart", () => {
  const one = { name: "a", state: "ready", usable: true, runs: 3, cores: 8, load: 2.26, free: 6 * 2 ** 30 };
  const other = { ...one, name: "b", state: "does not answer", usable: false };
  const well = { problem: null, missing: null };
  assert.equal(summary({ ...well, nodes: [one] }), "Cluster: 1 node with 8 cores, 3 runs");
  assert.equal(summary({ ...well, nodes: [one, { ...one, runs: 1 }, other] }),
    "Cluster: 2 nodes with 16 cores, 4 runs, 1 that cannot be used");
  assert.equal(summary({ ...well, missing: "the scheduler is gone", nodes: [one] }),
    "Cluster: 1 node with 8 cores, 3 runs; runs go on, but no node can join: the scheduler is gone");
  assert.equal(summary({ ...well, problem: "it has no nodes yet", nodes: [] }),
    "Cluster: nothing can be trained now, it has no nodes yet");
  assert.deepEqual(cells(one), ["a", "ready", "3", "8", "2.3", "6.0 GB"]);
  assert.deepEqual(cells(other), ["b", "does not answer", "–", "–", "–", "–"]);
  assert.deepEqual(cells({ ...one, load: null, free: null }).slice(4), ["–", "–"]);
});
