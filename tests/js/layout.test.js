import assert from "node:assert/strict";
import { test } from "node:test";
import { along, linkCurve } from "../../static/js/diagram/geometry.js";
import { inLines } from "../../static/js/diagram/ground.js";
import { arrange, Places, packed } from "../../static/js/diagram/layout.js";
import { inNaturalOrder } from "../../static/js/order.js";

const STAGE = { width: 840, height: 500 };
const nodes = (managers, workers) => [
  ...Array.from({ length: managers }, (_, i) => ({ name: `manager${i + 1}`, row: "manager" })),
  ...Array.from({ length: workers }, (_, i) => ({ name: `worker${i + 1}`, row: "worker" })),
];
const arranged = (list, size = STAGE, more = {}) =>
  arrange({ places: new Places().settle(list), rows: new Map(), size, ...more });
const overlapping = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const [managers, workers] of [
  [1, 1],
  [3, 2],
  [5, 3],
  [5, 45],
]) {
  for (const size of [STAGE, { width: 360, height: 620 }]) {
    test(`${managers}+${workers} cards on ${size.width} do not overlap and stay inside`, () => {
      const { cards, width, height } = arranged(nodes(managers, workers), size);
      const boxes = [...cards.values()];

      assert.equal(boxes.length, managers + workers);
      boxes.forEach((box, index) => {
        assert.ok(box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height);
        for (const other of boxes.slice(index + 1)) assert.ok(!overlapping(box, other));
      });
    });
  }
}

test("managers stand above workers on a wide stage, and left of them on a tall one", () => {
  const wide = arranged(nodes(3, 2)).cards;
  const tall = arranged(nodes(3, 2), { width: 360, height: 620 });

  assert.ok(wide.get("manager3").y + wide.get("manager3").height < wide.get("worker1").y);
  assert.equal(tall.tall, true);
  assert.ok(tall.cards.get("manager1").x + tall.cards.get("manager1").width < tall.cards.get("worker1").x);
  assert.equal(tall.cards.get("manager1").x, tall.cards.get("manager3").x);
});

test("a node keeps its column when another one comes before it, or goes", () => {
  const places = new Places();
  places.settle(nodes(0, 3));

  const after = places.settle([
    { name: "worker2", row: "worker" },
    { name: "worker3", row: "worker" },
  ]);
  const later = places.settle([
    { name: "alpha", row: "worker" },
    { name: "worker2", row: "worker" },
    { name: "worker3", row: "worker" },
  ]);

  assert.deepEqual([after.get("worker2").column, after.get("worker3").column], [1, 2]);
  assert.deepEqual([later.get("alpha").column, later.get("worker2").column], [0, 1]);
});

test("tasks that come make a card higher and move no card of its row sideways", () => {
  const places = new Places().settle(nodes(3, 2));
  const before = arrange({ places, rows: new Map(), size: STAGE }).cards;
  const after = arrange({ places, rows: new Map([["worker1", 4]]), size: STAGE }).cards;

  assert.ok(after.get("worker1").height > before.get("worker1").height);
  for (const [name, box] of before) assert.equal(after.get(name).x, box.x);
});

test("the sides of a partition move apart, the machines of one side together", () => {
  const whole = arranged(nodes(3, 0)).cards;
  const parted = arranged(nodes(3, 0), STAGE, { groups: [["manager1"], ["manager2", "manager3"]] }).cards;

  assert.ok(parted.get("manager1").x < whole.get("manager1").x);
  assert.ok(parted.get("manager2").x > whole.get("manager2").x);
  assert.equal(parted.get("manager3").x - parted.get("manager2").x, whole.get("manager3").x - whole.get("manager2").x);
});

test("a cut through a zone leaves its machines in the zone, one between zones moves them no further than its edge", () => {
  const list = nodes(5, 3);
  const zones = new Map([...list.entries()].map(([index, { name }]) => [name, "abc"[index % 3]]));
  const of = (zone) => list.map(({ name }) => name).filter((name) => zones.get(name) === zone);
  for (const groups of [
    [
      ["manager1", "manager2"],
      ["manager3", "manager4", "manager5", "worker1", "worker2", "worker3"],
    ],
    [of("a"), [...of("b"), ...of("c")]],
  ]) {
    const { cards, zones: columns } = arranged(list, STAGE, { zones, groups });
    for (const [name, zone] of zones) {
      const [box, column] = [cards.get(name), columns.find((each) => each.name === zone)];
      assert.ok(box.x > column.x && box.x + box.width < column.x + column.width, `${name} in zone ${zone}`);
    }
  }
});

test("fifty machines keep names that can be read: what has no room for that is scrolled to", () => {
  const rows = new Map(nodes(5, 45).map(({ name }) => [name, 3]));
  const [laptop, tablet] = [arranged(nodes(5, 45), { width: 843, height: 465 }, { rows }), { width: 691, height: 284 }];
  assert.ok(laptop.width / 843 < 1.25 && laptop.height / laptop.width < 465.5 / 843);
  assert.ok(arranged(nodes(5, 45), tablet, { rows }).width / tablet.width <= 1.5);
  assert.ok(arranged(nodes(5, 45), tablet, { rows, scrolls: false }).height / tablet.height > 1.5);
});

test("the side of a partition that moves down keeps off the networks, on a tall stage too", () => {
  const size = { width: 360, height: 360 };
  const groups = [["manager1"], ["manager2", "manager3", "worker1", "worker2"]];
  const { cards, networks } = arranged(nodes(3, 2), size, { groups, footer: 24 });

  for (const box of cards.values()) assert.ok(box.y + box.height + 8 <= networks.y);
});

test("squares fill rows from the left, and a wide one that does not fit begins the next", () => {
  const { points, rows } = packed([1, 1, 1, 1, 1, 2, 1], "roomy", 212);

  assert.equal(rows, 2);
  assert.equal(points[4].y, points[0].y);
  assert.ok(points[5].y > points[0].y);
  assert.equal(points[5].x, points[0].x);
});

test("worker2 comes before worker10", () => {
  assert.deepEqual(["worker10", "worker2"].sort(inNaturalOrder), ["worker2", "worker10"]);
});

test("nodes that name their zones stand in a column each, managers above workers", () => {
  const list = nodes(5, 3);
  const zones = new Map([...list.entries()].map(([index, { name }]) => [name, "abc"[index % 3]]));
  const { cards, zones: columns, width, height } = arranged(list, STAGE, { zones });

  assert.deepEqual(
    columns.map((column) => column.name),
    ["a", "b", "c"],
  );
  for (const [name, zone] of zones) {
    const [box, column] = [cards.get(name), columns.find((each) => each.name === zone)];
    assert.ok(box.x >= column.x && box.x + box.width <= column.x + column.width, `${name} in zone ${zone}`);
    assert.ok(box.y >= column.y && box.y + box.height <= column.y + column.height);
  }
  const boxes = [...cards.values()];
  boxes.forEach((box, index) => {
    assert.ok(box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height);
    for (const other of boxes.slice(index + 1)) assert.ok(!overlapping(box, other));
  });
  assert.ok(cards.get("worker1").y > cards.get("manager5").y);
});

test("zones on a flat stage put their machines beside each other, so that cards stay readable", () => {
  const list = nodes(5, 3);
  const zones = new Map([...list.entries()].map(([index, { name }]) => [name, "abc"[index % 3]]));
  const flat = { width: 680, height: 281 };
  const { cards, width } = arranged(list, flat, { zones, footer: 24 });

  assert.equal(cards.get("manager1").y, cards.get("manager4").y);
  assert.ok(width <= flat.width * 1.6, `the world is ${(width / flat.width).toFixed(2)} times the stage`);
});

test("zones do not change their form when tasks come", () => {
  const list = nodes(5, 3);
  const zones = new Map([...list.entries()].map(([index, { name }]) => [name, "abc"[index % 3]]));
  const places = new Places().settle(list);
  const inOneRow = (rows) => {
    const { cards } = arrange({ places, rows: new Map(rows), size: STAGE, zones });
    return list.map(({ name }) => cards.get(name).y === cards.get("manager1").y);
  };

  assert.deepEqual(inOneRow(list.map(({ name }) => [name, 4])), inOneRow([]));
});

test("what bows over seven managers stays on the stage", () => {
  const { cards } = arranged(nodes(7, 43));
  const curve = linkCurve(cards.get("manager1"), cards.get("manager7"), cards.values());

  assert.ok(Math.min(...[0.3, 0.5, 0.7].map((t) => along(curve, t).y)) > 10);
});

test("rows of workers keep to the same columns, the last one too", () => {
  const { cards } = arranged(nodes(7, 43));
  const lefts = new Set([...cards].filter(([name]) => name.startsWith("worker")).map(([, box]) => Math.round(box.x)));
  const tops = new Set([...cards].filter(([name]) => name.startsWith("worker")).map(([, box]) => box.y));

  assert.equal(lefts.size, Math.ceil(43 / tops.size));
});

test("words in an empty place are broken where they do not fit, and between words only", () => {
  assert.deepEqual(inLines("No machines yet.", 40), ["No machines yet."]);
  assert.deepEqual(inLines("The host's terminal makes the first.", 20), ["The host's terminal", "makes the first."]);
  assert.deepEqual(inLines("unbreakable", 4), ["unbreakable"]);
});

test("one zone for all is no column", () => {
  const zones = new Map([
    ["manager1", "a"],
    ["worker1", "a"],
  ]);
  assert.deepEqual(arranged(nodes(1, 1), STAGE, { zones }).zones, []);
});
