import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnLinks, isCut, linkFigure, nodeFigure } from "../../static/js/diagram/figures.js";
import { inParts } from "../../static/js/diagram/node_view.js";
import { isShown, taskFigures, taskForm } from "../../static/js/diagram/task_figures.js";
import { aManager, aNode, aRaft, aTask, aView } from "./builders.js";

const figure = (view, name, tasks = []) => nodeFigure(view, name, tasks);

test("a machine outside a swarm is plain and says so", () => {
  const view = aView([aNode("worker1", { swarm: "inactive", role: "", state: "", id: "" })]);

  assert.deepEqual([figure(view, "worker1").form, figure(view, "worker1").status], ["plain", "not in a swarm"]);
});

test("the leader has a crown, the word and the term", () => {
  const view = aView([aManager("manager1")], { raft: { manager1: aRaft({ role: "leader", term: 3 }) } });

  const { form, sign, status } = figure(view, "manager1");

  assert.deepEqual([form, sign, status], ["leader", "crown", "leader · term 3"]);
});

test("a candidate's ring fills with its votes", () => {
  const raft = aRaft({ role: "candidate", votes: ["manager2"], leader: "", quorum: false });
  const view = aView([aManager("manager2")], { raft: { manager2: raft } });

  const { sign, votes, sentence } = figure(view, "manager2");

  assert.equal(sign, "votes");
  assert.equal(votes, 1 / 3);
  assert.match(sentence, /1 vote of 3/);
});

test("a manager that is cut off is lost, counts whom it hears, and still serves", () => {
  const view = aView([aManager("manager1"), aManager("manager2"), aManager("manager3")], {
    raft: { manager1: aRaft({ quorum: false }) },
    partition: { groups: [["manager1"], ["manager2", "manager3"]], since: 0 },
  });

  const { form, status, note, sentence } = figure(view, "manager1", [aTask("t1", { node: "manager1" })]);

  assert.deepEqual([form, status, note], ["lost", "no quorum · term 2", "still serving"]);
  assert.match(sentence, /it hears one of three managers, and needs two/);
});

test("a manager is called unreachable by a leader with a majority, not by the last that one without it heard", () => {
  const view = aView([aManager("manager1"), aManager("manager2", { reachability: "unreachable" })], {
    raft: { manager2: aRaft() },
  });

  assert.equal(figure({ ...view, quorum: { has: true } }, "manager2").status, "unreachable · term 2");
  assert.equal(figure({ ...view, quorum: { has: false } }, "manager2").status, "follower · term 2");
});

test("every state of a machine and of its place in the swarm has its own sign", () => {
  const signs = {
    off: { power: "off" },
    booting: { power: "booting", engine: false },
    locked: { swarm: "locked", role: "manager" },
    down: { state: "down" },
    unknown: { state: "unknown" },
    error: { swarm: "error", error: "the key is wrong" },
  };
  const seen = Object.fromEntries(
    Object.entries(signs).map(([name, fields]) => [name, figure(aView([aNode("n", fields)]), "n").sign]),
  );

  assert.deepEqual(seen, {
    off: "power",
    booting: "dots",
    locked: "padlock",
    down: "cross",
    unknown: "question",
    error: "cross",
  });
});

test("drained and paused are said and shown beside the node's own state", () => {
  const drained = figure(aView([aNode("worker1", { availability: "drain" })]), "worker1");
  const paused = figure(aView([aNode("worker1", { availability: "pause" })]), "worker1");

  assert.deepEqual([drained.extra, drained.status], ["tray", "ready · drained"]);
  assert.deepEqual([paused.extra, paused.status], ["bars", "ready · paused"]);
});

test("the state of a task is in its form", () => {
  const form = (state, desired = "running") => taskForm(aTask("t", { state, desired }));

  assert.equal(form("pending"), "pending");
  for (const state of ["assigned", "accepted", "preparing", "ready", "starting"])
    assert.equal(form(state), "preparing");
  assert.equal(form("running"), "running");
  assert.equal(form("running", "shutdown"), "leaving");
  assert.equal(form("rejected"), "failed");
  assert.equal(form("shutdown"), "shutdown");
  assert.equal(form("complete"), "complete");
});

test("a task that failed stays for twenty seconds", () => {
  const failed = aTask("t", { state: "failed", since: 5_000_000 });

  assert.equal(isShown(failed, 24_000_000, true), true);
  assert.equal(isShown(failed, 26_000_000, true), false);
});

test("a completed task stays until another has its slot", () => {
  const complete = aTask("t", { state: "complete", since: 0 });

  assert.equal(isShown(complete, 1e12, false), true);
  assert.equal(isShown(complete, 1, true), false);
});

test("past 24 tasks on a node they are grouped by service and form, and counted", () => {
  const service = (id) => ({ name: id, order: id === "s1" ? 0 : 1 });
  const tasks = Array.from({ length: 25 }, (_, i) => aTask(`t${i}`, { slot: i + 1, service: i < 20 ? "s1" : "s2" }));

  assert.equal(taskFigures(tasks.slice(0, 24), service).length, 24);
  assert.deepEqual(
    taskFigures(tasks, service).map(({ key, label, count }) => [key, label, count]),
    [
      ["s1 running", "×20", 20],
      ["s2 running", "×5", 5],
    ],
  );
});

test("links join managers to each other and to workers, and leave out machines that take no part", () => {
  const view = aView([
    aManager("manager1"),
    aManager("manager2"),
    aNode("worker1"),
    aNode("worker2", { power: "off" }),
  ]);

  assert.deepEqual([...drawnLinks(view).keys()], ["manager1|manager2", "manager1|worker1", "manager2|worker1"]);
});

test("with many workers only the leader's links are drawn", () => {
  const managers = ["manager1", "manager2", "manager3"].map((name) => aManager(name));
  const workers = Array.from({ length: 30 }, (_, i) => aNode(`worker${i}`));
  const quorum = { managers: 3, reachable: 3, needed: 2, spare: 1, has: true, leader: "manager2", term: 2 };

  const links = [...drawnLinks(aView([...managers, ...workers], { quorum })).values()];

  assert.equal(links.length, 3 + 30);
  assert.ok(links.filter((link) => link.between === "worker").every((link) => link.a === "manager2"));
});

test("a partition cuts the links between its sides and no other", () => {
  const view = aView([], { partition: { groups: [["a"], ["b", "c"]], since: 0 } });

  assert.equal(isCut(view, "a", "b"), true);
  assert.equal(isCut(view, "c", "b"), false);
  assert.equal(isCut(view, "a", "elsewhere"), false);
});

test("a slow link and a lossy one say by how much", () => {
  const link = { a: "a", b: "b", cut: false, extra_ms: 40, loss: 0, since: 0 };

  assert.deepEqual(linkFigure(aView([], { links: { "a|b": link } }), "b", "a"), { form: "slow", words: ["◷ +40 ms"] });
  assert.deepEqual(linkFigure(aView([], { links: { "a|b": { ...link, loss: 0.2 } } }), "a", "b"), {
    form: "lossy",
    words: ["20 % lost", "◷ +40 ms"],
  });
});

test("a note that does not fit ends after a whole part", () => {
  const fits = (most) => (text) => text.length <= most;
  assert.equal(inParts("1 failed, 1 starting", fits(20)), "1 failed, 1 starting");
  assert.equal(inParts("1 failed, 1 starting", fits(18)), "1 failed …");
  assert.equal(inParts("1 failed, 1 starting", fits(5)), "1 fa…");
  assert.equal(inParts("no quorum · term 2", fits(12), " · ", ""), "no quorum");
});
