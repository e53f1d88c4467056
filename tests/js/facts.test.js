import assert from "node:assert/strict";
import { test } from "node:test";
import { taskFigures } from "../../static/js/diagram/task_figures.js";
import { factsOf, raftMembers } from "../../static/js/lab/facts.js";
import { faultsFor } from "../../static/js/lab/link_form.js";
import { aManager, aNode, aRaft, aTask, aView } from "./builders.js";

const web = {
  id: "s1",
  name: "web",
  image: "web@sha256:12",
  mode: "replicated",
  wanted: 3,
  running: 1,
  ports: [{ published: 5000, target: 80, protocol: "tcp", mode: "ingress" }],
  update: { state: "updating", message: "update in progress" },
  outdated: [7],
  current: 1,
  previous: "web:old",
  networks: ["shop"],
};
const quorum = { managers: 3, reachable: 2, needed: 2, spare: 0, has: true, leader: "manager2", term: 3 };

function aCluster() {
  return aView([aManager("manager1"), aManager("manager2"), aNode("worker1")], {
    now: 90_000_000,
    quorum,
    raft: {
      manager1: aRaft({ role: "follower", leader: "", quorum: false, last: 43, commit: 41, applied: 40 }),
      manager2: aRaft({ role: "leader", term: 3, votes: ["manager2", "manager3"], last: 57, commit: 57, applied: 57 }),
    },
    services: { s1: web },
    tasks: {
      new: aTask("new", { since: 30_000_000 }),
      old: aTask("old", { state: "failed", error: "exit 1", since: 20_000_000 }),
      other: aTask("other", { slot: 2, name: "web.2", image: "web:old", version: 7 }),
    },
    timeline: [
      { at: 1, kind: "command", text: "docker service create --name web web" },
      { at: 2, kind: "node", text: "worker10 is ready" },
      { at: 3, kind: "node", text: "came back", node: "worker1" },
      { at: 4, kind: "election", text: "manager2 leads, term 3" },
    ],
  });
}

test("a service shows what is wanted against what is", () => {
  const facts = factsOf(aCluster(), { kind: "service", key: "s1" });
  const rows = Object.fromEntries(facts.rows.map((row) => [row.label, row]));
  assert.deepEqual(rows.Tasks, { label: "Tasks", wanted: "3", is: "1 running", differs: true });
  assert.deepEqual(rows.Image, { label: "Image", wanted: "web", is: "1 task of the old version", differs: true });
  assert.equal(rows.Ports.wanted, "5000:80/tcp, ingress");
});

test("the command that shows a thing goes to a manager that can answer", () => {
  const view = aCluster();
  assert.deepEqual(factsOf(view, { kind: "service", key: "s1" }).commands, [
    { terminal: "manager2", command: "docker service inspect --pretty web" },
  ]);
  assert.equal(factsOf(view, { kind: "node", key: "manager1" }).commands[0].terminal, "manager2");
});

test("a machine outside a swarm is asked itself", () => {
  const view = aView([aNode("worker1", { swarm: "inactive", role: "", state: "" })]);
  assert.deepEqual(factsOf(view, { kind: "node", key: "worker1" }).commands, [
    { terminal: "worker1", command: "docker info" },
  ]);
});

test("history is of the thing itself, newest first, and not of one whose name begins alike", () => {
  const { history } = factsOf(aCluster(), { kind: "node", key: "worker1" });
  assert.deepEqual(
    history.map((entry) => entry.text),
    ["came back"],
  );
});

test("a task tells of those that had its slot before", () => {
  const facts = factsOf(aCluster(), { kind: "task", key: "new" });
  assert.deepEqual(
    facts.parts.map((part) => [part.subject.key, part.text]),
    [["old", "the same slot before: failed on worker1"]],
  );
});

test("a link tells what it carries, since when, who is at its ends, and what was done to it", () => {
  const view = aCluster();
  view.links = {
    "manager1|worker1": { a: "manager1", b: "worker1", cut: false, extra_ms: 40, loss: 0.125, since: 60_000_000 },
  };
  const done = [
    ["Link manager1 to manager2 cut", ""],
    ["The network is whole again", ""],
    ["Cut: manager1, manager2 | worker1", ""],
    ["The network is whole again", ""],
    ["Cut: manager1, worker1 | manager2", ""],
    ["manager2: power cut", "manager2"],
    ["worker1 is switched off", "worker1"],
    ["Link worker1 to manager1 slowed by 40 ms", ""],
  ];
  view.timeline = done.map(([text, node], at) => ({ at, kind: "fault", text, node }));
  const facts = factsOf(view, { kind: "link", key: "manager1|worker1" });
  assert.deepEqual(
    facts.rows.map(({ is, differs = false }) => [is, differs]),
    [
      ["everything", false],
      ["40 ms", true],
      ["12.5 %", true],
      ["30 s", false],
    ],
  );
  assert.deepEqual(
    facts.parts.map(({ subject }) => subject.key),
    ["manager1", "worker1"],
  );
  assert.deepEqual(
    facts.history.map(({ at }) => at),
    [7, 6, 3, 2],
  );
  assert.deepEqual(facts.commands[0], { terminal: "manager1", command: "ping -c 3 10.222.216.2" });
  view.partition = { groups: [["manager1"], ["worker1"]], since: 80_000_000 };
  assert.equal(factsOf(view, { kind: "link", key: "manager1|worker1" }).rows[0].is, "nothing");
  assert.equal(factsOf(view, { kind: "link", key: "host|worker1" }).commands[0].terminal, "host");
  assert.equal(factsOf(view, { kind: "link", key: "manager1|gone" }), null);
});

test("a link is made as it is wanted: what goes is mended, and what stays is said again", () => {
  const link = ["a", "b"];
  const whole = { cut: false, extra_ms: 0, percent: 0 };
  assert.deepEqual(faultsFor(link, whole, whole), []);
  assert.deepEqual(faultsFor(link, whole, { ...whole, extra_ms: 40, percent: 12.5 }), [
    { slow: link, ms: 40 },
    { lose: link, percent: 12.5 },
  ]);
  assert.deepEqual(faultsFor(link, { ...whole, extra_ms: 40, percent: 12.5 }, { ...whole, percent: 12.5 }), [
    { mend: link },
    { lose: link, percent: 12.5 },
  ]);
});

test("what is gone has no facts", () => {
  assert.equal(factsOf(aCluster(), { kind: "task", key: "gone" }), null);
});

test("a manager's log is measured against the longest", () => {
  const [one, two] = raftMembers(aCluster());
  assert.equal(
    one.log,
    "log to 43, committed to 41, applied to 40; 2 entries not agreed; 14 entries behind the longest",
  );
  assert.equal(two.log, "log to 57, committed to 57");
  assert.equal(one.role, "follower, term 2, no quorum");
});

test("votes fill up as they come", () => {
  const view = aCluster();
  view.raft.manager1 = aRaft({ role: "candidate", term: 4, votes: ["manager1"], leader: "" });
  const [one] = raftMembers(view);
  assert.deepEqual(
    one.votes.map((vote) => vote.given),
    [true, false, false],
  );
  assert.equal(one.votesWords, "1 vote of 3, 2 needed");
});

test("who leads is not measured against members that came after the election", () => {
  const view = aCluster();
  view.raft.manager1 = aRaft({ role: "leader", votes: ["manager1"] });
  const [one] = raftMembers(view);
  assert.deepEqual(one.votes, [{ name: "manager1", given: true }]);
  assert.equal(one.votesWords, "elected with 1 vote");
});

test("ended tasks make room before those that run are grouped", () => {
  const living = Array.from({ length: 24 }, (_, index) => aTask(`t${index}`, { slot: index + 1 }));
  const ended = aTask("ended", { slot: 3, state: "shutdown", desired: "shutdown" });
  const figures = taskFigures([...living, ended], () => ({ name: "web", order: 0 }));
  assert.equal(figures.length, 24);
  assert.ok(figures.every((figure) => figure.count === 1 && figure.key !== "ended"));
});
