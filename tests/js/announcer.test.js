import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Announcer } from "../../static/js/lab/announcer.js";

test("what piles up within a second is said at once, and no more often", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  const region = { textContent: "" };
  const announcer = new Announcer(region, () => now);
  const pass = (ms) => {
    now += ms;
    mock.timers.tick(ms);
  };

  announcer.say("manager1 is launched");
  pass(0);
  assert.equal(region.textContent, "manager1 is launched");

  for (const word of ["one", "two", "three", "four", "five"]) announcer.say(word);
  pass(999);
  assert.equal(region.textContent, "manager1 is launched");

  pass(1);
  assert.equal(region.textContent, "one. two. three. and 2 more, see the timeline");
  mock.timers.reset();
});
