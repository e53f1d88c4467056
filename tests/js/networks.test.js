import assert from "node:assert/strict";
import { test } from "node:test";
import { flowed, networkFigures } from "../../static/js/diagram/network_figures.js";
import { taskFigures } from "../../static/js/diagram/task_figures.js";
import { outline } from "../../static/js/diagram/task_view.js";
import { factsOf } from "../../static/js/lab/facts.js";
import { answerer, failureWords } from "../../static/js/lab/port_words.js";
import { aManager, aNode, aTask, aView } from "./builders.js";

const port = (published, mode = "ingress") => ({ published, target: 80, protocol: "tcp", mode });
const service = (id, name, fields = {}) => ({
  id,
  name,
  image: name,
  mode: "replicated",
  wanted: 1,
  running: 1,
  ports: [],
  networks: [],
  update: null,
  ...fields,
});

function aMesh(nodes = [aManager("manager1"), aNode("worker1"), aNode("worker2", { power: "off" })]) {
  return aView(nodes, {
    networks: {
      n2: { id: "n2", name: "shop", driver: "overlay", subnet: "10.0.1.0/24", ingress: false },
      n1: { id: "n1", name: "ingress", driver: "overlay", subnet: "10.0.0.0/24", ingress: true },
    },
    services: {
      s1: service("s1", "web", { ports: [port(5000)], networks: ["shop"] }),
      s2: service("s2", "api", { ports: [port(8080, "host")], networks: ["shop"] }),
      s3: service("s3", "idle", { ports: [port(9000)] }),
    },
    tasks: {
      t1: aTask("t1", { node: "worker2" }),
      t2: aTask("t2", { service: "s2", name: "api.1", node: "worker1" }),
    },
  });
}

test("the mesh comes first and shows the ports that are open on every node", () => {
  const [ingress, shop] = networkFigures(aMesh());
  assert.equal(ingress.name, "ingress");
  assert.deepEqual(
    ingress.ports.map(({ published, name }) => [published, name]),
    [
      [5000, "web"],
      [9000, "idle"],
    ],
  );
  assert.deepEqual(shop.services, ["s1", "s2"]);
  assert.match(shop.sentence, /shop, 10\.0\.1\.0\/24: the tasks of web and api find each other/);
});

test("networks that do not fit beside each other go into more lines", () => {
  const figures = networkFigures(aMesh());
  assert.equal(new Set(flowed(figures, 2000).placed.map(({ at }) => at.y)).size, 1);
  const narrow = flowed(figures, 260);
  assert.equal(new Set(narrow.placed.map(({ at }) => at.y)).size, 2);
  assert.ok(narrow.height > flowed(figures, 2000).height);
  assert.equal(flowed([], 260).height, 0);
});

test("a network's inspector names its services and the command that shows it", () => {
  const facts = factsOf(aMesh(), { kind: "network", key: "n2" });
  assert.deepEqual(
    facts.parts.map(({ subject, text }) => [subject.kind, text]),
    [
      ["service", "web"],
      ["service", "api"],
    ],
  );
  assert.equal(facts.commands[0].command, "docker network inspect shop");
  assert.equal(factsOf(aMesh(), { kind: "network", key: "gone" }), null);
});

test("while a service is updated its tasks are of the old version or the new", () => {
  const tasks = [aTask("a", { version: 3 }), aTask("b", { slot: 2, version: 9 })];
  const ages = (hint) => taskFigures(tasks, () => ({ name: "web", order: 0, ...hint })).map(({ age }) => age);
  assert.deepEqual(ages({ rolling: true, outdated: [3] }), ["old", "new"]);
  assert.deepEqual(ages({ rolling: false, outdated: [] }), ["", ""]);
  const [old, fresh] = taskFigures(tasks, () => ({ name: "web", order: 0, rolling: true, outdated: [3] }));
  assert.match(old.sentence, /old version/);
  assert.match(fresh.sentence, /new version/);
});

test("a task of the new version has another shape, not only another colour", () => {
  assert.notEqual(outline(23, 23, true), outline(23, 23, false));
});

test("who answered is the task behind the container's name", () => {
  assert.equal(answerer(aMesh(), "web.1.t1").task.node, "worker2");
  assert.deepEqual(answerer(aMesh(), "web.7.gone"), { name: "web.7", task: undefined });
});

for (const [name, asked, words] of [
  ["nobody publishes", { node: "manager1", port: 7777, reason: "refused" }, /No service publishes port 7777/],
  ["the node is off", { node: "worker2", port: 5000, reason: "timeout" }, /worker2 is switched off/],
  ["host mode", { node: "manager1", port: 8080, reason: "refused" }, /only where its tasks run: on worker1/],
  ["no task runs", { node: "manager1", port: 9000, reason: "refused" }, /idle has no running task/],
  [
    "the chosen task is beyond reach",
    { node: "manager1", port: 5000, reason: "timeout" },
    /on worker2, which manager1 cannot/,
  ],
]) {
  test(`a port that does not answer says why: ${name}`, () => {
    assert.match(failureWords(aMesh(), asked), words);
  });
}

test("a node outside the swarm has no mesh", () => {
  const view = aMesh([aManager("manager1"), aNode("worker1", { swarm: "inactive", role: "" }), aNode("worker2")]);
  assert.match(
    failureWords(view, { node: "worker1", port: 5000, reason: "refused" }),
    /does not take part in the swarm/,
  );
});
