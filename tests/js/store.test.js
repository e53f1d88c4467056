import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../static/js/store.js";
import { aNode, aTask, aView } from "./builders.js";

test("a delta sets, removes, puts and appends, and tells what it touched", () => {
  const store = new Store();
  store.replace(aView([aNode("worker1")], { n: 4, tasks: { t1: aTask("t1"), t2: aTask("t2") } }));
  const changes = [];
  store.onChange((change) => changes.push(change));

  const followed = store.apply({
    n: 5,
    now: 9,
    set: { tasks: { t1: aTask("t1", { state: "failed" }) } },
    gone: { tasks: ["t2"] },
    put: { clock: { speed: 5, paused: false } },
    append: { timeline: [{ at: 9, kind: "node", text: "worker1 is down" }] },
  });

  assert.equal(followed, true);
  assert.equal(store.view.tasks.t1.state, "failed");
  assert.equal(store.view.tasks.t2, undefined);
  assert.equal(store.view.clock.speed, 5);
  assert.deepEqual([...changes[0].parts.tasks], ["t1", "t2"]);
  assert.deepEqual([...changes[0].fields], ["clock"]);
  assert.deepEqual(changes[0].entries, [{ at: 9, kind: "node", text: "worker1 is down" }]);
  assert.equal(store.view.timeline.length, 1);
});

test("a gap in the numbers is refused and changes nothing", () => {
  const store = new Store();
  store.replace(aView([], { n: 4 }));

  assert.equal(store.apply({ n: 6, now: 9, put: { partition: null } }), false);

  assert.equal(store.view.n, 4);
});

test("a delta that is already in the view is passed over", () => {
  const store = new Store();
  store.replace(aView([], { n: 4 }));

  assert.equal(store.apply({ n: 4, now: 9, append: { timeline: [{ at: 1, kind: "node", text: "again" }] } }), true);

  assert.equal(store.view.timeline.length, 0);
});

test("only the newest 200 entries of the timeline are kept", () => {
  const store = new Store();
  store.replace(aView([], { n: 0 }));
  const entries = Array.from({ length: 250 }, (_, at) => ({ at, kind: "node", text: String(at) }));

  store.apply({ n: 1, now: 0, append: { timeline: entries } });

  assert.equal(store.view.timeline.length, 200);
  assert.equal(store.view.timeline[0].text, "50");
});
