import assert from "node:assert/strict";
import { test } from "node:test";
import { along } from "../../static/js/diagram/geometry.js";
import { arrange, Places } from "../../static/js/diagram/layout.js";
import { curveOf, stepsOver, wayFor } from "../../static/js/diagram/routing.js";

const box = (x, y) => ({ x, y, width: 100, height: 60 });

test("a link with nothing between its ends goes by itself", () => {
  const cards = [box(0, 100), box(200, 100)];
  assert.equal(wayFor(cards[0], cards[1], cards, false), null);
});

test("a link goes round the card that it would run over, from end to end", () => {
  const cards = [box(0, 100), box(200, 250), box(400, 400)];
  const [a, between, b] = cards;
  assert.ok(stepsOver(curveOf(null, a, b, cards, false), [between], 0) > 0);

  const curve = curveOf(wayFor(a, b, cards, false), a, b, cards, false);

  assert.equal(stepsOver(curve, [between], 0), 0);
  for (const [point, card] of [
    [along(curve, 0), a],
    [along(curve, 1), b],
  ]) {
    assert.ok(point.x >= card.x && point.x <= card.x + card.width);
    assert.ok(point.y >= card.y && point.y <= card.y + card.height);
  }
});

test("a way that was chosen follows its cards while they move", () => {
  const cards = [box(20, 100), box(220, 250), box(420, 400)];
  const way = wayFor(cards[0], cards[2], cards, false);
  const moved = cards.map((card) => ({ ...card, x: card.x + 40 }));

  const [here, there] = [
    curveOf(way, cards[0], cards[2], cards, false),
    curveOf(way, moved[0], moved[2], moved, false),
  ];

  assert.equal(there.from.x, here.from.x + 40);
  assert.equal(there.to.x, here.to.x + 40);
});

for (const size of [
  { width: 1064, height: 470 },
  { width: 840, height: 500 },
]) {
  test(`of five managers and three workers in three zones on ${size.width} nearly all links keep clear of cards`, () => {
    const nodes = [
      ...["manager1", "manager2", "manager3", "manager4", "manager5"].map((name) => ({ name, row: "manager" })),
      ...["worker1", "worker2", "worker3"].map((name) => ({ name, row: "worker" })),
    ];
    const zones = new Map(nodes.map(({ name }, index) => [name, "abc"[index < 5 ? index % 3 : index - 5]]));
    const { cards } = arrange({ places: new Places().settle(nodes), rows: new Map(), size, zones });
    const boxes = [...cards.values()];
    let over = 0;
    nodes.slice(0, 5).forEach(({ name }, index) => {
      for (const other of nodes.slice(index + 1)) {
        const [a, b] = [cards.get(name), cards.get(other.name)];
        const between = boxes.filter((card) => card !== a && card !== b);
        if (stepsOver(curveOf(wayFor(a, b, boxes, false), a, b, boxes, false), between, 0) > 0) over += 1;
      }
    });
    assert.ok(over <= 1, `${over} of 25 links run over a card`);
  });
}
