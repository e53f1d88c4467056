import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Progress } from "../../static/js/terminal/flow.js";

test("the newest position is told, once for many writes", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [];
  const progress = new Progress((position) => told.push(position));

  for (const position of [10, 20, 30]) progress.shown(position);
  mock.timers.tick(40);
  mock.timers.tick(400);

  assert.deepEqual(told, [30]);
  mock.timers.reset();
});

test("a flood is acknowledged without waiting for the timer", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [];
  const progress = new Progress((position) => told.push(position));

  progress.shown(20_000);

  assert.deepEqual(told, [20_000]);
  mock.timers.reset();
});

test("after a reset positions begin again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [];
  const progress = new Progress((position) => told.push(position));
  progress.shown(20_000);

  progress.reset();
  progress.shown(5);
  mock.timers.tick(40);

  assert.deepEqual(told, [20_000, 5]);
  mock.timers.reset();
});
