import assert from "node:assert/strict";
import { test } from "node:test";
import { along, linkCurve, sidesOf, tears } from "../../static/js/diagram/geometry.js";

const box = (x, y) => ({ x, y, width: 100, height: 60 });
const inside = (point, card) =>
  point.x > card.x && point.x < card.x + card.width && point.y > card.y && point.y < card.y + card.height;

test("neighbours in a row are joined by a straight line from side to side", () => {
  const curve = linkCurve(box(0, 0), box(200, 0));

  assert.deepEqual(
    [curve.from, curve.to],
    [
      { x: 100, y: 30 },
      { x: 200, y: 30 },
    ],
  );
  assert.equal(along(curve, 0.5).y, 30);
});

test("a link passes over the card that stands between its ends", () => {
  const [a, b, c] = [box(0, 100), box(200, 100), box(400, 100)];

  const curve = linkCurve(a, c, [a, b, c]);

  for (let t = 0; t <= 1; t += 0.05) assert.ok(!inside(along(curve, t), b));
  assert.ok(along(curve, 0.5).y < 100);
});

test("a link from above leaves at the bottom and arrives at the top", () => {
  const curve = linkCurve(box(0, 0), box(150, 200));

  assert.equal(curve.from.y, 60);
  assert.equal(curve.to.y, 200);
});

test("in a tall form managers and workers are joined side to side", () => {
  const curve = linkCurve(box(0, 0), box(140, 90), [], true);

  assert.equal(curve.from.x, 100);
  assert.equal(curve.to.x, 140);
});

test("a tear runs between the sides and through no card", () => {
  const cards = new Map([
    ["m1", box(40, 60)],
    ["m2", box(240, 60)],
    ["m3", box(440, 60)],
    ["w1", box(140, 260)],
    ["w2", box(340, 260)],
  ]);

  const lines = tears(
    cards,
    [
      ["m1", "w2"],
      ["m2", "m3", "w1"],
    ],
    { width: 600, height: 400 },
  );

  assert.ok(lines.length >= 1);
  for (const point of lines.flat())
    for (const card of cards.values()) assert.ok(!inside(point, card), JSON.stringify(point));
});

test("a partition with one side only has no tear", () => {
  assert.deepEqual(tears(new Map([["a", box(0, 0)]]), [["a"], ["gone"]], { width: 300, height: 200 }), []);
});

test("a line between two cards parts them, however short it is", () => {
  const cards = new Map([
    ["a", box(0, 0)],
    ["b", box(300, 0)],
    ["c", box(300, 300)],
  ]);

  const [one, other] = sidesOf(
    [
      { x: 200, y: 10 },
      { x: 201, y: 60 },
    ],
    cards,
  );

  assert.deepEqual([one, other].map((side) => side.join()).sort(), ["a", "b,c"]);
});

test("a bent line encloses what lies within its bend", () => {
  const cards = new Map([
    ["a", box(0, 0)],
    ["b", box(200, 0)],
    ["c", box(400, 0)],
  ]);
  const around = [
    { x: 180, y: -50 },
    { x: 180, y: 120 },
    { x: 320, y: 120 },
    { x: 320, y: -50 },
  ];

  const [one, other] = sidesOf(around, cards);

  assert.deepEqual([one, other].map((side) => side.join()).sort(), ["a,c", "b"]);
});

test("a line beside all cards parts nothing", () => {
  const [one, other] = sidesOf(
    [
      { x: -100, y: 0 },
      { x: -100, y: 90 },
    ],
    new Map([
      ["a", box(0, 0)],
      ["b", box(200, 0)],
    ]),
  );

  assert.ok(one.length === 0 || other.length === 0);
});
