import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILURES, PATIENCE_MS, Patience } from "../../static/js/lesson/offers.js";

const lesson = (fields = {}, met = [false, false]) => ({
  slug: "01-a",
  step: 0,
  done: false,
  steps: [{ id: "a", title: "A", done: false, checks: met.map((one) => ({ text: "", met: one, saw: "" })) }],
  ...fields,
});

test("a hint offers itself after minutes in which nothing was met", () => {
  let now = 0;
  const patience = new Patience(() => now);
  assert.equal(patience.of(lesson()), "");
  now = PATIENCE_MS - 1;
  assert.equal(patience.of(lesson()), "");
  now = PATIENCE_MS;
  assert.equal(patience.of(lesson()), "minutes");
  assert.equal(patience.of(lesson({}, [true, false])), "");
  now += PATIENCE_MS;
  assert.equal(patience.of(lesson({}, [true, false])), "minutes");
});

test("it offers itself when the same thing went wrong three times, and again after three more", () => {
  const patience = new Patience(() => 0);
  assert.equal(patience.of(lesson({ failures: FAILURES - 1 })), "");
  assert.equal(patience.of(lesson({ failures: FAILURES })), "failures");
  patience.again(lesson({ failures: FAILURES }));
  assert.equal(patience.of(lesson({ failures: FAILURES + 1 })), "");
  assert.equal(patience.of(lesson({ failures: 2 * FAILURES })), "failures");
});

test("nothing is offered while a solution is played, when all is done, or where there is nothing to check", () => {
  const patience = new Patience(() => 0);
  assert.equal(patience.of(lesson({ failures: 5, playing: "a" })), "");
  assert.equal(patience.of(lesson({ failures: 5, done: true })), "");
  assert.equal(patience.of(lesson({ failures: 5 }, [])), "");
});
