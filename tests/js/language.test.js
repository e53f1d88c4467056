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

const whole = () => ({
  messages: { "{count} task": ["{count} Task", "{count} Tasks"], " and ": " und ", "; and ": "; und " },
  sentences: [
    ["It tells {to} that {told}. {waited}", "Es sagt {to}: {told}. {waited}"],
    ["there is news of {tasks}", "Neues zu {tasks}"],
    ["It waited.", "Es wartete."],
    ["{task} shall be {state}", "{task} soll {state} sein"],
    ["The way is: {what}.", "Der Weg ist: {what}."],
    ["The engine answers {status}.", "Die Engine antwortet {status}."],
    ["{node} runs.", "{node} läuft."],
    ["{count} more", "{count} weitere"],
    ["task {name}", "Task {name}"],
    ["created", "angelegt"],
    ["nothing", "nichts"],
    ["wanted role", "gewünschte Rolle"],
  ],
  plural: (n) => Number(n !== 1),
});

test("the parts of a sentence are recognised too, and the elements of a list", () => {
  globalThis.pageWords = whole();

  assert.equal(
    heard("It tells worker1 that there is news of web.1 and 2 tasks. It waited."),
    "Es sagt worker1: Neues zu web.1 und 2 Tasks. Es wartete.",
  );
  assert.equal(
    heard("The way is: a shall be running, b shall be ready and c shall be running."),
    "Der Weg ist: a soll running sein, b soll ready sein und c soll running sein.",
  );
  assert.equal(
    heard("The way is: task web.1: created; task web.2: nothing → new, wanted role manager; and 3 more."),
    "Der Weg ist: Task web.1: angelegt; Task web.2: nichts → new, gewünschte Rolle manager; und 3 weitere.",
  );
});

test("several sentences in a row are recognised one by one", () => {
  globalThis.pageWords = whole();

  assert.equal(
    heard("The engine answers 200. worker1 runs. Nobody made this. It waited."),
    "Die Engine antwortet 200. worker1 läuft. Nobody made this. Es wartete.",
  );
});

test("a name stays, even if it is a word of ours", () => {
  globalThis.pageWords = whole();

  assert.equal(heard("nothing runs."), "nothing läuft.");
  assert.equal(
    heard("It tells created that there is news of nothing. It waited."),
    "Es sagt created: Neues zu nothing. Es wartete.",
  );
  assert.equal(heard("a stranger's sentence, with more and less"), "a stranger's sentence, with more and less");
});

test("another catalogue is another language at once", () => {
  globalThis.pageWords = german();
  assert.equal(heard("worker1 is on"), "worker1 läuft");

  globalThis.pageWords = { ...german(), sentences: [["{name} is on", "{name} est allumé"]] };

  assert.equal(heard("worker1 is on"), "worker1 est allumé");
});
