import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, duration, listed, quorumWords, taskSentence, withoutQuorum } from "../../static/js/words.js";
import { aRaft, aTask } from "./builders.js";

const quorum = (fields) => ({
  managers: 3,
  reachable: 3,
  needed: 2,
  spare: 1,
  has: true,
  leader: "manager1",
  term: 2,
  ...fields,
});

test("the quorum is one sentence that says how many more may fail", () => {
  assert.equal(quorumWords(quorum({})).sentence, "Quorum: 3 of 3 managers, 2 needed. One more may fail.");
  assert.equal(
    quorumWords(quorum({ reachable: 2, spare: 0 })).sentence,
    "Quorum: 2 of 3 managers, 2 needed. No other may fail.",
  );
  assert.equal(
    quorumWords(quorum({ managers: 1, reachable: 1, needed: 1, spare: 0 })).sentence,
    "Quorum: 1 of 1 manager. It may not fail.",
  );
});

test("without a majority the sentence says that nothing can be changed", () => {
  const words = quorumWords(quorum({ reachable: 1, spare: -1, has: false }));

  assert.equal(words.sentence, "No quorum: 1 of 3 managers, 2 needed. Nothing can be changed.");
  assert.equal(words.tone, "bad");
  assert.deepEqual([words.full, words.empty], [1, 2]);
});

test("enough managers without a leader are electing one", () => {
  assert.match(quorumWords(quorum({ has: false })).sentence, /electing/);
});

test("no swarm is said, with no dots", () => {
  assert.deepEqual(quorumWords(null), { sentence: "No swarm yet.", tone: "none", full: 0, empty: 0 });
});

test("a manager alone says what it hears and what it needs", () => {
  assert.equal(
    withoutQuorum("manager1", aRaft(), 1),
    "manager1 cannot change anything: it hears one of three managers, and needs two.",
  );
});

test("times are read without arithmetic", () => {
  assert.equal(clockTime(134_000_000), "00:02:14");
  assert.equal(duration(42_900_000), "42 s");
  assert.equal(duration(185_000_000), "3 min 5 s");
  assert.equal(duration(7_800_000_000), "2 h 10 min");
});

test("names are listed as one says them", () => {
  assert.equal(listed([]), "");
  assert.equal(listed(["a"]), "a");
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
});

test("a task that failed is said to have failed, and why", () => {
  const task = aTask("t", { state: "failed", node: "worker1", name: "web.1", error: "task: non-zero exit (1)" });

  assert.equal(taskSentence(task, "web"), "web.1 failed on worker1: task: non-zero exit (1).");
  assert.equal(taskSentence({ ...task, state: "running", error: "" }, "web"), "web.1 is running on worker1.");
});
