// The run client against a server that a test plays: what it sends, and what it makes of the answers.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { bound } from "../../nnviz/web/static/kit/history.js";
import { RunClient } from "../../nnviz/web/static/kit/run.js";
import { FakeSocket, browser } from "./fakes.js";

const SPEC = {
  data: { name: "circle", inputs: ["x1", "x2"] },
  model: {
    family: "network", layers: [{ kind: "dense", units: 4, activation: null }], regularizer: { name: "l2", rate: 0.1 },
  },
  training: { optimizer: { name: "sgd", learning_rate: 0.03 }, batch_size: 10 },
  seed: 0,
};
const ROW = { event: "metrics", run: "r1", epoch: 1, step: 25, loss: 0.5, val_loss: 0.6, val_accuracy: null };
const DATA = {
  view: { speed: "2epochs", hide: [] }, steps_per_epoch: 25, endless: true, room: "playground", run: null, before: null,
  revision: 0, heard: 0,
};

/** A client on a page that Streamlit has given its data, and the server's end of its socket. */
function visit({ spec = SPEC, ...more } = {}) {
  const said = [], told = [];
  const client = new RunClient({ changed: () => {}, say: (...words) => said.push(words), view: DATA.view });
  const component = {
    data: [{ ...DATA, spec, ...more }],
    setStateValue: (name, value) => told.push([name, value]),
  };
  // What the session says next: that it has heard of everything, unless a test says otherwise.
  const receive = (changes) => {
    component.data = [{ ...component.data[0], heard: client.session.last, ...changes }];
    return client.receive(component, () => {});
  };
  receive({});
  const socket = FakeSocket.newest;
  socket.open();
  socket.taken();
  return { client, socket, said, told, receive };
}

/** The same with a run that trains. */
function training(more) {
  const page = visit(more);
  page.client.play();
  page.socket.say({ event: "submitted", run: "r1" });
  page.socket.say({ event: "run", run: "r1", status: "running", mine: true, spec: SPEC });
  page.receive({ run: "r1" });
  page.socket.taken();
  return page;
}

/** The spec with another value at a path. */
function changed(path, value, spec = SPEC) {
  const [name, ...rest] = path;
  return { ...spec, [name]: rest.length ? changed(rest, value, spec[name]) : value };
}

beforeEach(() => browser());

test("what is asked for before the socket is open is sent when it is, after the visitor's name", () => {
  const client = new RunClient({ changed: () => {}, say: () => {}, view: {} });
  client.live.send({ do: "film" });
  FakeSocket.newest.open();
  assert.deepEqual(FakeSocket.newest.sent, [{ do: "hello", visitor: "a-visitor-of-the-tests-0" }, { do: "film" }]);
});

test("Train submits the setting with the speed in steps, and the address learns the run's name", () => {
  const { client, socket, told } = visit();
  client.play();
  const [submit] = socket.taken();
  assert.equal(submit.do, "submit");
  assert.deepEqual(submit.spec, SPEC);
  assert.deepEqual(submit.speed, { steps: 50, fps: 12 });
  assert.equal(client.status, "starting");
  socket.say({ event: "submitted", run: "r1" });
  assert.equal(client.run.id, "r1");
  assert.deepEqual(told, [["acts", [{ do: "run", id: "r1", revision: 0, n: 1, shown: 0 }]]]);
});

test("a second press before the answer submits nothing more", () => {
  const { client, socket } = visit();
  client.play();
  client.play();
  assert.deepEqual(socket.commands.filter((name) => name === "submit"), ["submit"]);
});

test("what is pressed before the run has a name is sent when it has one", () => {
  const { client, socket } = visit();
  client.step("epoch");
  assert.deepEqual(socket.commands, ["submit"]);
  socket.say({ event: "submitted", run: "r1" });
  assert.deepEqual(socket.taken().at(-1), { do: "step", n: 1, unit: "epoch" });
});

test("play, pause and play again of the visitor's own run", () => {
  const { client, socket } = training();
  client.play();
  assert.deepEqual(socket.taken(), [{ do: "pause" }]);
  socket.say({ event: "status", run: "r1", status: "paused", detail: {} });
  client.play();
  assert.deepEqual(socket.taken(), [{ do: "play" }]);
});

test("the history grows by a row a message; a step back in time replaces what it overtakes", () => {
  const { client, socket } = training();
  for (const step of [25, 50, 75]) socket.say({ ...ROW, step, epoch: step / 25, loss: 1 / step });
  assert.deepEqual(client.history.step, [25, 50, 75]);
  socket.say({ ...ROW, step: 50, loss: 9 });
  assert.deepEqual(client.history.step, [25, 50]);
  assert.deepEqual(client.history.loss, [1 / 25, 9]);
  assert.deepEqual(client.history.recent_loss, [null, null], "what a message leaves out is unknown, not missing");
});

test("another learning rate reaches the run; another network ends it", () => {
  const { client, socket, receive } = training();
  receive({ spec: changed(["training", "optimizer", "learning_rate"], 0.1) });
  assert.deepEqual(socket.taken(), [{ do: "set", learning_rate: 0.1 }]);
  assert.equal(client.status, "running");
  receive({ spec: changed(["model", "layers"], []), revision: 1, run: null });
  assert.deepEqual(socket.taken()[0], { do: "stop" });
  assert.equal(client.status, "idle");
});

test("an answer that has not heard of the last click is out of date, and every click counts", () => {
  const { client, told, receive } = visit();
  const layers = (units) => [{ kind: "dense", units, activation: null }];
  client.setting({ layers: layers(5) });
  client.setting({ layers: layers(6) });
  assert.deepEqual(told.at(-1)[1].map(({ n }) => n), [1, 2], "what was not heard of goes out again");
  assert.equal(receive({ spec: changed(["model", "layers"], layers(5)), heard: 1 }), false);
  assert.equal(client.spec.model.layers[0].units, 6, "it is seen at once");
  client.setting({ seed: 1 });
  assert.deepEqual(told.at(-1)[1].map(({ n }) => n), [2, 3]);
  assert.equal(receive({ spec: changed(["seed"], 1, changed(["model", "layers"], layers(6))) }), true);
  assert.equal(client.spec.seed, 1);
});

test("what is refused goes back to what the session has", () => {
  const { client, receive } = visit();
  client.setting({ layers: [] });
  assert.deepEqual(client.spec.model.layers, []);
  receive({});
  assert.deepEqual(client.spec, SPEC);
});

test("a run begins when the session knows of every change before it, and trains its spec", () => {
  const { client, socket, receive } = visit();
  client.dice();
  client.play();
  assert.deepEqual(socket.taken(), []);
  receive({ spec: changed(["seed"], 1), revision: 1 });
  assert.equal(socket.taken()[0].spec.seed, 1);
});

test("train, reset, train, reset, train: done in that order, and the last one stays", () => {
  const { client, socket, receive } = visit();
  for (const press of ["play", "reset", "play", "reset", "play"]) client[press]();
  for (let i = 0; i < 3; i++) receive({});
  const runs = socket.commands.filter((name) => name !== "watch");
  assert.deepEqual(runs, ["submit", "stop", "submit", "stop", "submit"]);
  assert.equal(client.status, "starting");
});

test("a run that got its name after the setting had changed is nobody's", () => {
  const { client, socket, receive, told } = visit();
  client.play();
  client.setting({ seed: 1 });
  socket.say({ event: "submitted", run: "r1" });
  assert.deepEqual(told.at(-1)[1].map((act) => [act.do, act.revision]), [["change", undefined], ["run", 0]]);
  receive({ spec: changed(["seed"], 1), revision: 1, run: null });
  assert.equal(client.run, null);
  assert.ok(socket.commands.includes("stop"));
});

test("another session, after the server's restart, has heard of nothing and is listened to", () => {
  const { client, receive } = training();
  client.setting({ seed: 1 });
  assert.equal(receive({ heard: 0, run: "r1" }), true);
  client.setting({ seed: 2 });
  assert.equal(client.session.wanted("seed"), 2);
});

test("a run that is watched cannot be told anything: Train goes on with a copy", () => {
  const { client, socket } = visit({ run: "r2" });
  assert.equal(client.live.watching, "r2");
  socket.say({ event: "run", run: "r2", status: "running", mine: false, spec: SPEC });
  socket.taken();
  client.play();
  assert.deepEqual(socket.taken(), [], "it is not the visitor's to be paused");
  socket.say({ event: "status", run: "r2", status: "paused", detail: {} });
  client.play();
  const [command] = socket.taken();
  assert.equal(command.do, "go_on");
  assert.equal(command.run, "r2");
});

test("a connection that breaks before the answer gives the run up, in words", () => {
  const { client, socket, said } = visit();
  client.play();
  socket.drop();
  assert.equal(client.run, null);
  assert.match(said.at(-1)[0], /connection broke/);
  client.live.close();
});

test("a new connection asks for the run again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { client, socket } = training();
  socket.drop();
  assert.equal(client.online, false);
  t.mock.timers.tick(10_000);
  const next = FakeSocket.newest;
  assert.notEqual(next, socket);
  next.open();
  assert.deepEqual(next.commands, ["hello", "watch"]);
  assert.equal(client.online, true);
});

test("what the session has not heard of is told again, each time as another value", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { client, told, receive } = visit();
  client.setView({ speed: "full" });
  const acts = () => told.at(-1)[1].filter((act) => act.do !== "again");
  assert.deepEqual(acts().map((act) => act.do), ["view"]);
  const texts = [JSON.stringify(told.at(-1))];
  for (const wait of [4000, 8000, 16_000]) {
    t.mock.timers.tick(wait - 1);
    assert.equal(told.length, texts.length);
    t.mock.timers.tick(1);
    assert.deepEqual(acts().map((act) => act.do), ["view"]);
    assert.ok(!texts.includes(JSON.stringify(told.at(-1))));
    texts.push(JSON.stringify(told.at(-1)));
  }
  receive({});
  t.mock.timers.tick(100_000);
  assert.equal(told.length, texts.length);
  client.live.close();
});

test("a room that is gone tells nothing any more", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { client, told } = visit();
  client.setView({ speed: "full" });
  client.close();
  t.mock.timers.tick(100_000);
  assert.equal(told.length, 1);
});

test("a frame that has come is acknowledged once, when it could have been drawn", () => {
  const { client, socket } = training();
  socket.show({ run: "r1", view: "network", step: 25, epoch: 1, arrays: { weights: [0.5, -2, 3] } });
  socket.show({ run: "r1", view: "network", step: 50, epoch: 2, arrays: { weights: [1, 2, 3] } });
  assert.deepEqual(socket.taken(), []);
  assert.deepEqual([...client.shown().arrays.weights.data], [1, 2, 3]);
  client.live.drawn();
  client.live.drawn();
  assert.deepEqual(socket.taken(), [{ do: "ack", n: 2 }]);
});

test("a frame of another run or of another view is nobody's", () => {
  const { client, socket } = training();
  socket.show({ run: "r9", view: "network", step: 25, epoch: 1 });
  socket.show({ run: "r1", view: "filters", step: 25, epoch: 1 });
  assert.equal(client.shown(), null);
});

test("the film shows the picture that was asked for, and its end is now", () => {
  const { client, socket } = training();
  socket.show({ run: "r1", view: "network", step: 50, epoch: 2 });
  socket.say({ event: "film", run: "r1", frames: [[7, 25, 1], [8, 50, 2]] });
  client.rewind(0);
  assert.deepEqual(socket.taken().at(-1), { do: "picture", seq: 7 });
  socket.show({ run: "r1", view: "network", step: 25, epoch: 1 });
  assert.equal(client.shown().step, 25);
  assert.equal(client.filmAt, 25);
  client.rewind(2);
  assert.equal(client.shown().step, 50);
  assert.equal(client.filmAt, null);
});

test("who looks back has a list with all that was seen, asked for anew where the page's is older", () => {
  const { client, socket } = training(), steps = [];
  const look = () => client.withFilm(() => steps.push(client.film.rows.map(([, step]) => step)));
  socket.show({ run: "r1", view: "network", step: 1, epoch: 0 });
  client.refreshFilm();
  socket.say({ event: "film", run: "r1", frames: [[1, 0, 0], [2, 1, 0]] });
  look();
  assert.deepEqual(steps, [[0, 1]]);
  socket.show({ run: "r1", view: "network", step: 2, epoch: 0 });
  socket.show({ run: "r1", view: "network", step: 3, epoch: 0 });
  socket.taken();
  look();
  look();
  assert.deepEqual([socket.commands, steps.length], [["film", "film"], 1]);
  socket.say({ event: "film", run: "r1", frames: [[1, 0, 0], [2, 1, 0], [3, 2, 0]] }); // the newest is not recorded
  assert.deepEqual(steps.slice(1), [[0, 1, 2], [0, 1, 2]]);
  look();
  assert.equal(steps.length, 4, "the list is the newest that there is");
  socket.taken();
  socket.say({ event: "status", run: "r1", status: "paused", detail: {} });
  assert.deepEqual(socket.commands, ["film"], "a run that rests has its newest picture recorded");
});

test("a picture of the film that comes when its end is shown again is nobody's", () => {
  const { client, socket } = training();
  socket.show({ run: "r1", view: "network", step: 50, epoch: 2 });
  socket.say({ event: "film", run: "r1", frames: [[7, 0, 0], [8, 50, 2]] });
  client.rewind(0);
  client.rewind(0); // as Play does where the film stands at its beginning
  socket.show({ run: "r1", view: "network", step: 0, epoch: 0 });
  client.rewind(2);
  socket.show({ run: "r1", view: "network", step: 0, epoch: 0 });
  assert.equal(client.shown().step, 50);
  socket.show({ run: "r1", view: "network", step: 0, epoch: 0 }); // a run that begins anew, asked for by nobody
  assert.equal(client.shown().step, 0);
});

test("Train from here begins from the film's picture, and ends the run that it comes from", () => {
  const { client, socket } = training();
  socket.show({ run: "r1", view: "network", step: 50, epoch: 2 });
  socket.say({ event: "film", run: "r1", frames: [[7, 25, 1]] });
  client.rewind(0);
  socket.taken();
  client.fork();
  const [stop, submit] = socket.taken();
  assert.equal(stop.do, "stop");
  assert.deepEqual([submit.do, submit.from, submit.seq], ["submit", "r1", 7]);
});

test("a refused submit is said and leaves nothing that waits", () => {
  const { client, socket, said } = visit();
  client.play();
  socket.say({ event: "error", field: "spec", message: "model.layers: at most 40" });
  assert.equal(client.run, null);
  assert.deepEqual(said.at(-1), ["model.layers: at most 40", "error"]);
});

test("the end of a run is said in the field's words", () => {
  const { client, socket, said } = training();
  socket.say({ event: "finished", run: "r1", reason: "epochs", epochs: 1200 });
  assert.equal(client.status, "finished");
  assert.deepEqual(said.at(-1), ["All 1,200 epochs are done.", "done"]);
  client.play();
  assert.equal(socket.taken().at(-1).do, "go_on", "what has ended goes on where it ended");
});

test("the end of a job that counts no epochs is not told in epochs", () => {
  const { client, socket, said } = training();
  const before = said.length;
  socket.say({ event: "finished", run: "r1", reason: "epochs", steps: 3 });
  assert.equal(client.status, "finished");
  assert.deepEqual(said.slice(before).filter(([words]) => words), []);
});

test("reset lets the run go and takes it from the address", () => {
  const { client, socket, told } = training();
  client.reset();
  assert.deepEqual(socket.taken()[0], { do: "stop" });
  assert.equal(client.status, "idle");
  assert.equal(told.at(-1)[1].at(-1).id, null);
});

test("the history of a run of hours is bounded, and its ends stay", () => {
  const history = { step: [], loss: [] };
  for (let i = 0; i < 100_000; i++) {
    history.step.push(i);
    history.loss.push(1 / i);
    bound(history);
  }
  assert.ok(history.loss.length <= 4000);
  assert.deepEqual([history.step[0], history.step.at(-1)], [0, 99_999]);
});

test("at a place of the film all views change together, when the last of them has come", () => {
  const client = new RunClient({ changed: () => {}, say: () => {}, view: {}, stills: true,
    views: ["predictions", "filters", "statistics"] });
  const socket = FakeSocket.newest;
  socket.open();
  Object.assign(client, { run: { id: "r1", status: "paused", live: {} } });
  const newest = { run: "r1", epoch: 4 };
  for (const view of client.views) socket.show({ ...newest, view, step: 100 });
  socket.say({ event: "film", run: "r1", frames: [[3, 25, 1], [8, 50, 2], [9, 100, 4]] });
  const steps = () => client.views.map((view) => client.shown(view)?.step ?? null);
  client.rewind(1);
  assert.deepEqual(socket.taken().at(-1), { do: "still", step: 50 });
  const views = { predictions: 50, filters: 40, statistics: 45, weights: 7 };
  socket.say({ event: "still", run: "r1", step: 50, views });
  socket.show({ run: "r1", view: "predictions", step: 50, epoch: 2 });
  socket.show({ run: "r1", view: "filters", step: 40, epoch: 2 });
  assert.deepEqual([steps(), client.filmAt, client.filmState.settled], [[100, 100, 100], null, false]);
  socket.show({ run: "r1", view: "statistics", step: 45, epoch: 2 });
  assert.deepEqual([steps(), client.filmAt, client.filmState.settled], [[50, 40, 45], 50, true]);
  // Back to where nothing was measured of the layers yet; what was asked for before comes too late, and is nobody's.
  client.rewind(0);
  socket.show({ run: "r1", view: "statistics", step: 45, epoch: 2 });
  socket.say({ event: "still", run: "r1", step: 25, views: { predictions: 25, filters: 20 } });
  socket.show({ run: "r1", view: "filters", step: 20, epoch: 1 });
  socket.show({ run: "r1", view: "predictions", step: 25, epoch: 1 });
  assert.deepEqual(steps(), [25, 20, null]);
  client.rewind(3);
  assert.deepEqual([steps(), client.filmAt], [[100, 100, 100], null]);
});

test("after the connection broke, the film's place is asked for again", () => {
  const { client, socket } = training();
  socket.show({ run: "r1", view: "network", step: 50, epoch: 2 });
  socket.say({ event: "film", run: "r1", frames: [[7, 25, 1], [8, 50, 2]] });
  client.rewind(0);
  client.connected(false);
  socket.taken();
  client.connected(true);
  assert.deepEqual(socket.taken(), [{ do: "picture", seq: 7 }]);
});
