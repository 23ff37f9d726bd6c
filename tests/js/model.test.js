// The room "Your model": what its client sends a script, and the pictures of its mistakes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pixels } from "../../nnviz/web/static/rooms/model/picture_sheet.js";
import { ScriptClient } from "../../nnviz/web/static/rooms/model/script_client.js";
import { FakeSocket, browser } from "./fakes.js";

const SPEC = { job: "keras", layers: [] };
const DATA = { view: { hide: [] }, room: "model", run: "r1", before: null, revision: 0, heard: 0, spec: SPEC };

/** A client that follows the run of a script. @param {boolean} mine */
function follow(mine = true) {
  const client = new ScriptClient({ changed: () => {}, say: () => {}, view: DATA.view });
  client.receive({ data: [DATA], setStateValue: () => {} }, () => {});
  const socket = FakeSocket.newest;
  socket.open();
  socket.say({ event: "run", run: "r1", status: "running", mine, spec: { ...SPEC, name: "a" } });
  socket.taken();
  return { client, socket };
}

beforeEach(() => browser());

test("play pauses the script and lets it go on, and never starts a run", () => {
  const { client, socket } = follow();
  client.play();
  socket.say({ event: "status", run: "r1", status: "paused", detail: {} });
  client.play();
  socket.say({ event: "finished", run: "r1", reason: "stopped" });
  client.play();
  assert.deepEqual(socket.commands, ["pause", "play"]);
});

test("who may not control it sends nothing", () => {
  const { client, socket } = follow(false);
  client.play();
  assert.deepEqual(socket.commands, []);
});

test("a script goes on where its page is left", () => {
  const { client, socket } = follow();
  client.leave();
  assert.deepEqual(socket.commands, ["watch"]);
});

test("what is shown is the run's setting", () => {
  assert.equal(follow().client.spec.name, "a");
});

test("pixels of grey and of coloured pictures", () => {
  assert.deepEqual([...pixels([9, 1, 2, 3], 1, 2, 1)], [2, 2, 2, 255, 3, 3, 3, 255]);
  assert.deepEqual([...pixels([9, 9, 9, 1, 2, 3], 1, 1, 3)], [1, 2, 3, 255]);
});
