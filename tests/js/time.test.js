import assert from "node:assert/strict";
import { test } from "node:test";
import { Roster } from "../../static/js/diagram/roster.js";
import { applyDelta, emptyView, Store } from "../../static/js/store.js";
import { nothingComes, nothingToUndo } from "../../static/js/time/nothing.js";
import { pageAt } from "../../static/js/time/raft_past.js";
import { differences, ShownStore } from "../../static/js/time/shown.js";
import { marked, momentAt, neighbour, shareOf } from "../../static/js/time/track.js";
import { aRaft, aTask } from "./builders.js";

const at = (/** @type {number} */ moment, kind = "node") => ({ at: moment, kind, text: `${kind} ${moment}` });

test("a moment and its place on the track lead to each other", () => {
  const span = { start: 1000, end: 5000 };
  assert.equal(shareOf(span, 2000), 0.25);
  assert.equal(momentAt(span, 0.25), 2000);
  assert.equal(shareOf(span, 9000), 1);
  assert.equal(momentAt(span, -1), 1000);
});

test("where marks would lie on each other the weightier one stands", () => {
  const entries = [at(10, "command"), at(11, "fault"), at(12, "service"), at(900, "command")];
  assert.deepEqual(
    marked(entries, { start: 0, end: 1000 }, 20).map((entry) => entry.text),
    ["fault 11", "command 900"],
  );
});

test("the neighbours of a moment are strictly before and after it", () => {
  const entries = [at(1), at(5), at(5), at(9)];
  assert.equal(neighbour(entries, 5, 1)?.at, 9);
  assert.equal(neighbour(entries, 5, -1)?.at, 1);
  assert.equal(neighbour(entries, 9, 1), undefined);
});

test("two views differ in what is set, gone and put, and in nothing else", () => {
  const before = emptyView();
  applyDelta(before, /** @type {any} */ ({ n: 1, now: 1, set: { tasks: { a: { id: "a" }, b: { id: "b" } } } }));
  const after = structuredClone(before);
  applyDelta(
    after,
    /** @type {any} */ ({
      n: 2,
      now: 9,
      set: { tasks: { c: { id: "c" } } },
      gone: { tasks: ["a"] },
      put: { quorum: { has: 1 } },
    }),
  );
  const change = differences(before, after);
  assert.deepEqual([...change.parts.tasks].sort(), ["a", "c"]);
  assert.equal(change.parts.nodes.size, 0);
  assert.deepEqual([...change.fields], ["quorum"]);
});

test("what is shown is told to be another moment when one goes there and back, and not when time passes", () => {
  const live = new Store();
  const shown = new ShownStore(live);
  /** @type {boolean[]} */
  const told = [];
  shown.onChange(({ another }) => told.push(another));
  live.replace(/** @type {any} */ ({ ...emptyView(), n: 1, now: 100 }));
  live.apply(/** @type {any} */ ({ n: 2, now: 200 }));
  shown.look({ ...emptyView(), now: 50 });
  shown.back();
  live.apply(/** @type {any} */ ({ n: 3, now: 300 }));
  assert.deepEqual(told, [true, false, true, true, false]);
});

test("what is shown follows the lab, stays in the past while one looks there, and catches up", () => {
  const live = new Store();
  const shown = new ShownStore(live);
  let changes = 0;
  shown.onChange(() => {
    changes += 1;
  });
  live.replace(/** @type {any} */ ({ ...emptyView(), n: 1, now: 100 }));
  assert.equal(shown.view.now, 100);
  assert.equal(changes, 1);

  shown.look({ ...emptyView(), now: 50 });
  live.apply(/** @type {any} */ ({ n: 2, now: 200, set: { nodes: { m: { name: "m" } } } }));
  assert.equal(shown.view.now, 50);
  assert.equal(changes, 2);

  shown.back();
  assert.equal(shown.view.now, 200);
  assert.deepEqual(Object.keys(shown.view.nodes), ["m"]);
});

test("which ended tasks are drawn depends on the moment alone, whatever was looked at before", () => {
  const store = new Store();
  const shown = new ShownStore(store);
  const seen = new Roster(shown);
  shown.onChange((change) => {
    for (const id of change.parts.tasks) seen.file(id);
    seen.forgetEnded();
  });
  const second = 1_000_000;
  const tasks = {
    old: aTask("old", { state: "shutdown", desired: "shutdown", since: 160 * second }),
    new: aTask("new", { since: 150 * second }),
  };
  const view = (/** @type {number} */ now) => ({ ...emptyView(), tasks, now: now * second });
  const drawn = () => seen.shownOn("worker1").map((task) => task.id);

  shown.look(view(165));
  assert.deepEqual(drawn(), ["old", "new"]);
  seen.dirty.clear();
  shown.look(view(250));
  assert.deepEqual([...seen.dirty], ["worker1"]);
  assert.deepEqual(drawn(), ["new"]);
  seen.dirty.clear();
  shown.look(view(165));
  assert.deepEqual([...seen.dirty], ["worker1"], "it is drawn anew");
  assert.deepEqual(drawn(), ["old", "new"]);
  seen.dirty.clear();
  shown.look(view(250));
  assert.deepEqual([...seen.dirty], ["worker1"], "and goes again");
});

test("a log of the past ends where it was agreed then, and says nothing of what came later", () => {
  const entry = (/** @type {number} */ index) => ({ index, term: 2, committed: index < 54, applied: true, text: "" });
  const now = {
    first: 1,
    last: 54,
    commit: 54,
    applied: 54,
    under_way: [{ at: 1 }],
    entries: [48, 49, 50, 54].map(entry),
  };
  const then = pageAt(/** @type {any} */ (now), aRaft({ last: 50, commit: 49, applied: 48 }));
  assert.deepEqual(
    then.entries.map(({ index, applied }) => [index, applied]),
    [
      [48, true],
      [49, false],
    ],
  );
  assert.deepEqual([then.last, then.commit, then.under_way], [50, 49, []]);
});

test("a step to nothing says how far it looked, and that the clock stands", () => {
  assert.match(
    nothingComes(3600, 83),
    /^Nothing is about to happen: no event comes within 60 minutes\. .* 00:01:23\.$/,
  );
  assert.match(nothingComes(61.5, 0), /within 1 minute\./);
  assert.match(nothingComes(59.9, 0), /within 59 seconds\./);
});

test("why nothing can be undone is said for a lab and for a recording", () => {
  assert.match(nothingToUndo({ plays_until: null }), /nothing was done in this lab yet/);
  assert.match(nothingToUndo({ plays_until: 5 }), /recording/);
});
