import assert from "node:assert/strict";
import { test } from "node:test";
import { taskFigures, taskNote } from "../../static/js/diagram/task_figures.js";
import { outlineOf } from "../../static/js/lab/outline_lines.js";
import { aManager, aNode, aTask, aView } from "./builders.js";

const web = {
  id: "s1",
  name: "web",
  image: "web",
  mode: "replicated",
  wanted: 1,
  running: 1,
  ports: [{ published: 5000, target: 80, protocol: "tcp", mode: "ingress" }],
  networks: [],
  update: null,
};

test("every line of the outline that stands for a thing can be chosen", () => {
  const view = aView([aManager("manager1"), aNode("worker1")], {
    services: { s1: web },
    tasks: { t1: aTask("t1"), t2: aTask("t2", { node: "", state: "pending", slot: 2, name: "web.2" }) },
    networks: { n1: { id: "n1", name: "ingress", driver: "overlay", subnet: "10.0.0.0/24", ingress: true } },
    partition: { groups: [["manager1"], ["worker1"]], since: 0 },
    now: 5_000_000,
  });
  const deeds = outlineOf(view).flatMap(({ deed, lines }) => [deed, ...lines.map((line) => line.deed)]);
  assert.deepEqual(
    deeds.filter(Boolean).map(({ kind, key }) => `${kind} ${key}`.trim()),
    [
      "heal",
      "node manager1",
      "node worker1",
      "task t1",
      "task t2",
      "link manager1|worker1",
      "service s1",
      "network n1",
      "port 5000",
    ],
  );
});

test("links are in the outline, each with its sentence and its form", () => {
  const link = { a: "manager1", b: "worker1", cut: false, extra_ms: 200, loss: 0, since: 0 };
  const view = aView([aManager("manager1"), aNode("worker1"), aNode("worker2")], {
    links: { "manager1|worker1": link },
  });
  const { title, lines } = outlineOf(view).find(({ key }) => key === "links");
  assert.equal(title, "Links");
  assert.deepEqual(
    lines.map(({ text, deed }) => [text, deed.kind, deed.key]),
    [
      ["The link between manager1 and worker1 is 200 ms slower.", "link", "manager1|worker1"],
      ["manager1 and worker2 hear each other.", "link", "manager1|worker2"],
    ],
  );
});

test("a cut link is mended from the outline, unless a whole partition is healed", () => {
  const link = { a: "manager1", b: "worker1", cut: true, extra_ms: 0, loss: 0, since: 0 };
  const view = aView([aManager("manager1"), aNode("worker1")], { links: { "manager1|worker1": link } });
  const faults = outlineOf(view).find(({ key }) => key === "faults");
  assert.deepEqual(faults.lines[0].deed, { kind: "mend", key: "manager1|worker1" });
});

test("every fault that lasts is in the outline with a deed, image faults and slow links too", () => {
  const slow = { a: "manager1", b: "worker1", cut: false, extra_ms: 200, loss: 0.35, since: 0 };
  const text = "New containers of web fail";
  const view = aView([aManager("manager1"), aNode("worker1")], {
    links: { "manager1|worker1": slow },
    faults: { "crash:web": { id: "crash:web", kind: "crash", text, nodes: [], since: 0 } },
  });
  const { lines } = outlineOf(view).find(({ key }) => key === "faults");
  assert.deepEqual(
    lines.map(({ deed }) => `${deed.kind} ${deed.key}`),
    ["link manager1|worker1", "undo crash:web"],
  );
  assert.equal(lines[0].text, "The link between manager1 and worker1 is 200 ms slower and loses 35 % of its packets.");
  assert.match(lines[1].text, /New containers of web fail/);
});

const figures = (task, node) => taskFigures([task], () => ({ name: "web", order: 0 }), node);

test("a task on a machine that is off is not drawn as running, whatever the swarm last heard", () => {
  const off = aNode("worker1", { power: "off" });
  const [figure] = figures(aTask("t1"), off);
  assert.equal(figure.form, "unheard");
  assert.match(figure.sentence, /worker1 cannot run it now/);
  assert.equal(taskNote([aTask("t1")], off), "1 not heard of");
  assert.equal(figures(aTask("t1"), aNode("worker1"))[0].form, "running");
});

test("a task of an earlier machine of that name is told from those of the new one", () => {
  const again = aNode("worker1", { id: "new" });
  assert.equal(figures(aTask("t1", { node_id: "new" }), again)[0].form, "running");
  const [figure] = figures(aTask("t1", { node_id: "old" }), again);
  assert.equal(figure.form, "unheard");
  assert.match(figure.sentence, /an earlier worker1, which is gone/);
});
