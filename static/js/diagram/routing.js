/** Ways of links round the cards that stand between their ends. Pure. */

/** @import { Box, Curve, Point } from "../types" */

import { along, centre, clamp, linkCurve } from "./geometry.js";

/** With more cards than this they are small and close: no way is clear, and looking for one costs more than it shows. */
const MOST_CARDS = 18;
/** How far a way leaves its card before it turns. */
const TURNS = [24, 60, 110, 170, 240];
/** Where a way is looked at, between its ends. */
const STEPS = Array.from({ length: 23 }, (_, index) => (index + 1) / 24);
/** What a step over a card counts, in units of length. */
const HIDDEN = 400;
/** A way keeps this far from cards that are not its own. */
const CLEARANCE = 3;

/** @typedef {{ at: Point, out: Point }} Door where a way leaves a card, and in which direction */

/** The doors of both cards, by side. @typedef {{ leaves: Door[], comes: Door[] }} Ends */

/** By which sides a way leaves its cards, and how far it goes before it turns. @typedef {{ from: number, to: number, turns: [number, number] }} Way */

/** @type {Way[]} */
const WAYS = [0, 1, 2, 3].flatMap((from) =>
  [0, 1, 2, 3].flatMap((to) => TURNS.flatMap((one) => TURNS.map((other) => ({ from, to, turns: [one, other] })))),
);

const ORDER = WAYS.map((_, index) => index);

/**
 * The shortest way that runs over no card, or over as little of one as can be.
 * @param {Box} a
 * @param {Box} b
 * @param {Box[]} cards all of them
 * @param {boolean} tall managers and workers stand in columns
 * @returns {Way | null} null: as a link goes by itself
 */
export function wayFor(a, b, cards, tall) {
  if (cards.length > MOST_CARDS) return null;
  const others = cards.filter((card) => card !== a && card !== b && card.width > 0);
  const over = stepsOver(linkCurve(a, b, cards, tall), others, CLEARANCE);
  if (over === 0) return null;
  const edge = {
    right: Math.max(...cards.map((card) => card.x + card.width)) + 20,
    bottom: Math.max(...cards.map((card) => card.y + card.height)) + 40,
  };
  const ends = { leaves: doors(a, centre(b)), comes: doors(b, centre(a)) };
  const lengths = WAYS.map((way) => lengthOf(way, ends));
  /** @type {{ cost: number, way: Way | null }} */
  let best = { cost: HIDDEN * over, way: null };
  for (const index of ORDER.slice().sort((p, q) => at(lengths, p) - at(lengths, q))) {
    const [way, length] = [at(WAYS, index), at(lengths, index)];
    if (length >= best.cost) break;
    const most = (best.cost - length) / HIDDEN;
    const cost = length + HIDDEN * stepsHidden(bent(way, ends), others, [a, b], edge, most);
    if (cost < best.cost) best = { cost, way };
  }
  return best.way;
}

/**
 * @param {Way | null} way
 * @param {Box} a
 * @param {Box} b
 * @param {Box[]} cards all of them
 * @param {boolean} tall
 * @returns {Curve} from a to b
 */
export function curveOf(way, a, b, cards, tall) {
  return way ? bent(way, { leaves: doors(a, centre(b)), comes: doors(b, centre(a)) }) : linkCurve(a, b, cards, tall);
}

/** @template T @param {T[]} items @param {number} index of one that is there @returns {T} */
function at(items, index) {
  return /** @type {T} */ (items[index]);
}

/** @param {Way} way @param {Ends} ends @returns {Curve} */
function bent({ from, to, turns }, ends) {
  const [leaves, comes] = [at(ends.leaves, from), at(ends.comes, to)];
  return { from: leaves.at, c1: outOf(leaves, turns[0]), c2: outOf(comes, turns[1]), to: comes.at };
}

/** @param {Box} box @param {Point} towards @returns {Door[]} above, below, left and right, nearer to where the way goes */
function doors({ x, y, width, height }, towards) {
  const [cx, cy] = [x + width / 2, y + height / 2];
  const across = cx + clamp((towards.x - cx) * 0.2, -width * 0.36, width * 0.36);
  const down = cy + clamp((towards.y - cy) * 0.2, -height * 0.3, height * 0.3);
  return [
    { at: { x: across, y }, out: { x: 0, y: -1 } },
    { at: { x: across, y: y + height }, out: { x: 0, y: 1 } },
    { at: { x, y: down }, out: { x: -1, y: 0 } },
    { at: { x: x + width, y: down }, out: { x: 1, y: 0 } },
  ];
}

/** @param {Door} door @param {number} turn @returns {Point} */
function outOf({ at, out }, turn) {
  return { x: at.x + out.x * turn, y: at.y + out.y * turn };
}

/** @param {number} x @param {number} y @param {Box[]} cards @param {number} clearance */
function isOver(x, y, cards, clearance) {
  for (const card of cards)
    if (
      x > card.x - clearance &&
      x < card.x + card.width + clearance &&
      y > card.y - clearance &&
      y < card.y + card.height + clearance
    )
      return true;
  return false;
}

/** @param {Curve} curve @param {Box[]} cards @param {number} clearance @returns {number} how many steps of it lie on a card */
export function stepsOver(curve, cards, clearance) {
  let steps = 0;
  for (const t of STEPS) {
    const { x, y } = along(curve, t);
    if (isOver(x, y, cards, clearance)) steps += 1;
  }
  return steps;
}

/**
 * How many steps of a way are on another card, on one of its own or outside of the picture; of each as many as it is.
 * @param {Curve} curve
 * @param {Box[]} others
 * @param {Box[]} own
 * @param {{ right: number, bottom: number }} edge
 * @param {number} most past this many it does not matter how many more
 */
function stepsHidden(curve, others, own, { right, bottom }, most) {
  let steps = 0;
  for (const t of STEPS) {
    const { x, y } = along(curve, t);
    if (isOver(x, y, others, CLEARANCE)) steps += 1;
    if (isOver(x, y, own, 0)) steps += 1;
    if (x < 6 || y < 6 || x > right || y > bottom) steps += 1;
    if (steps > most) break;
  }
  return steps;
}

/** @param {Way} way @param {Ends} ends @returns {number} of the lines between its points, which is a little more than its own */
function lengthOf({ from, to, turns }, ends) {
  const [leaves, comes] = [at(ends.leaves, from), at(ends.comes, to)];
  const x = comes.at.x + comes.out.x * turns[1] - leaves.at.x - leaves.out.x * turns[0];
  const y = comes.at.y + comes.out.y * turns[1] - leaves.at.y - leaves.out.y * turns[0];
  return turns[0] + Math.sqrt(x * x + y * y) + turns[1];
}
