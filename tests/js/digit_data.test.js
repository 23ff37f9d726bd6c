// Questions about digits: what nobody waits for any more when its answer comes is thrown away.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DigitData } from "../../nnviz/web/static/kit/digit_data.js";

test("an answer that is not wanted any more while its body comes is thrown away", async (t) => {
  const asked = new AbortController(), sent = [];
  t.mock.method(globalThis, "fetch", async (path, options) => {
    sent.push([path, options]);
    return { ok: true, json: async () => { asked.abort(); return { label: 7 }; } };
  });
  const answer = new DigitData("data=digits").post("/nnviz/handwriting", {}, { signal: asked.signal, finish: true });
  await assert.rejects(answer, { name: "AbortError" });
  assert.equal(sent.length, 1);
  assert.equal(sent[0][1].signal, undefined, "the request itself is not broken off");
});
