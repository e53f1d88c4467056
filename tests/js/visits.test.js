import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { keepVisit, leftLast, tokenOf, visits } from "../../static/js/lesson/visits.js";

beforeEach(() => {
  const kept = new Map();
  globalThis.localStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
  };
});

const under_way = { lab: "abc", token: "secret", step: 1, steps: 3, played: 0, done: false };

test("a lesson that was left is found again, with its lab", () => {
  keepVisit("01-a", under_way, 5);
  keepVisit("02-b", { ...under_way, lab: "def", token: "other" }, 9);

  assert.equal(leftLast()?.[0], "02-b");
  assert.equal(tokenOf("abc"), "secret");
  assert.equal(tokenOf("none"), "");
});

test("that a lesson was finished, and how much of it unaided, outlives its being begun again", () => {
  keepVisit("01-a", { ...under_way, step: 3, played: 2, done: true }, 100);
  keepVisit("01-a", { ...under_way, lab: "new", step: 0 }, 200);
  assert.deepEqual([visits()["01-a"].finished, visits()["01-a"].unaided, visits()["01-a"].done], [100, 1, false]);

  keepVisit("01-a", { ...under_way, step: 3, played: 0, done: true }, 300);
  assert.deepEqual([visits()["01-a"].finished, visits()["01-a"].unaided], [100, 3]);
  assert.equal(leftLast(), undefined);
});

test("what others put into the storage is passed over", () => {
  for (const nonsense of ["{", "[]", "null", '"x"', '{"01-a": 3, "02-b": {"lab": 1}, "03-c": null}']) {
    localStorage.setItem("lessons", nonsense);
    assert.deepEqual(visits(), {});
  }
});

test("a browser that keeps nothing does no harm", () => {
  globalThis.localStorage = {
    getItem() {
      throw new Error("refused");
    },
    setItem() {
      throw new Error("full");
    },
  };
  keepVisit("01-a", under_way);
  assert.deepEqual(visits(), {});
});
