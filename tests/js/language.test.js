import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { heard, t, tn } from "../../static/js/language.js";

const german = () => ({
  messages: {
    "{name} is locked.": "{name} ist gesperrt.",
    "{count} task": ["{count} Task", "{count} Tasks"],
    Cut: "Trennen",
  },
  sentences: [
    ["{name} is on", "{name} läuft"],
    ["{name} is {what}", "{name}: {what}"],
    ["could not go on: {refused}", "es ging nicht weiter: {refused}"],
    ["a (link) has two ends?", "zwei Enden"],
    ["There are {tasks} of {name} now.", "Jetzt: {tasks} von {name}."],
  ],
  plural: (n) => Number(n !== 1),
});

afterEach(() => {
  delete globalThis.pageWords;
});

test("without a catalogue messages stay English, with their values in them", () => {
  assert.equal(t("{name} is locked.", { name: "manager1" }), "manager1 is locked.");
  assert.equal(tn("{count} task", "{count} tasks", 1), "1 task");
  assert.equal(tn("{count} task", "{count} tasks", 2), "2 tasks");
  assert.equal(heard("worker1 is on"), "worker1 is on");
});

test("with a catalogue they are translated, and what it lacks stays English", () => {
  globalThis.pageWords = german();

  assert.equal(t("{name} is locked.", { name: "$&" }), "$& ist gesperrt.");
  assert.equal(tn("{count} task", "{count} tasks", 1), "1 Task");
  assert.equal(tn("{count} task", "{count} tasks", 0), "0 Tasks");
  assert.equal(t("Heal"), "Heal");
});

test("a value that is not given stays to be seen", () => {
  assert.equal(t("{a} and {b}", { a: 1 }), "1 and {b}");
});

test("a sentence of the server is recognised by the most exact of its templates", () => {
  globalThis.pageWords = german();

  assert.equal(heard("worker1 is on"), "worker1 läuft");
  assert.equal(heard("worker1 is off"), "worker1: off");
  assert.equal(heard("could not go on: the lab\nis gone"), "es ging nicht weiter: the lab\nis gone");
  assert.equal(heard("a (link) has two ends?"), "zwei Enden");
  assert.equal(heard("There are 2 tasks of web now."), "Jetzt: 2 Tasks von web.");
  assert.equal(heard("There are 1 task of 3 pears now."), "Jetzt: 1 Task von 3 pears.");
  assert.equal(heard("something else"), "something else");
  assert.equal(heard(""), "");
});

test("another catalogue is another language at once", () => {
  globalThis.pageWords = german();
  assert.equal(heard("worker1 is on"), "worker1 läuft");

  globalThis.pageWords = { ...german(), sentences: [["{name} is on", "{name} est allumé"]] };

  assert.equal(heard("worker1 is on"), "worker1 est allumé");
});
