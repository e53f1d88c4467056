/**
 * Where things stand. Pure arithmetic in one space: SVG user units, which are CSS pixels at scale 1.
 *
 * A node keeps its column for as long as it exists; a row that grows stays centred, a gap that a node leaves stays open.
 */

/** @import { Box, Density, Point } from "../types" */
/** @import { ZoneBox } from "./zones.js" */

import { clamp } from "./geometry.js";
import { above, chunks, ENLARGED, INSIDE, LEGIBLE, MEASURES } from "./measures.js";
import { inZones, zonesOf } from "./zones.js";

const BELOW = 48;
const TALL_BELOW_WIDTH = 520;
const ROOMY_FROM_WIDTH = 780;
/** Left of the managers there is room for links that bow past a card. */
const TALL = { margin: 34, right: 24, gap: 30 };
/** How far the sides of a partition move from each other. */
const APART = 18;
/** So far a card stays from the edge of its zone, and from the bottom of it, where the zone's name is. */
const ZONE_EDGE = 5;
const ZONE_NAME = 26;

/** Which column of its row each node has. */
export class Places {
  /** @type {Map<string, { row: string, column: number }>} */
  #places = new Map();

  /**
   * @param {{ name: string, row: string }[]} nodes all there are, in the order in which newcomers are to be placed
   * @returns {Map<string, { row: string, column: number }>}
   */
  settle(nodes) {
    const names = new Set(nodes.map((node) => node.name));
    for (const name of [...this.#places.keys()]) if (!names.has(name)) this.#places.delete(name);
    for (const { name, row } of nodes) {
      if (this.#places.get(name)?.row === row) continue;
      this.#places.delete(name);
      const taken = new Set(
        [...this.#places.values()].filter((place) => place.row === row).map((place) => place.column),
      );
      let column = 0;
      while (taken.has(column)) column += 1;
      this.#places.set(name, { row, column });
    }
    return new Map(this.#places);
  }
}

/** @param {number} cards @param {number} width of the stage @param {boolean} zoned in columns, that take room @returns {Density} */
function densityFor(cards, width, zoned) {
  if (width < TALL_BELOW_WIDTH) return cards <= 24 ? "close" : "dense";
  if (cards <= (zoned ? 6 : 9) && width >= ROOMY_FROM_WIDTH) return "roomy";
  return cards <= 18 ? "close" : "dense";
}

/** @param {Density} density @param {number} width of the card @returns {number} */
function tasksPerRow(density, width) {
  const { pitch, task, pad } = MEASURES[density];
  return Math.max(1, Math.floor((width - 2 * pad - task) / pitch) + 1);
}

/**
 * Set squares into rows, first to last; a wider one that does not fit any more begins a row.
 * @param {number[]} spans how many squares wide each is
 * @param {Density} density
 * @param {number} width of the card
 * @returns {{ points: Point[], rows: number }} where each stands inside its card
 */
export function packed(spans, density, width) {
  const { pitch, pad, head } = MEASURES[density];
  const perRow = tasksPerRow(density, width);
  let [row, column] = [0, 0];
  const points = spans.map((span) => {
    if (column > 0 && column + span > perRow) [row, column] = [row + 1, 0];
    const point = { x: pad + column * pitch, y: head + row * pitch };
    column += span;
    return point;
  });
  return { points, rows: spans.length === 0 ? 0 : row + 1 };
}

/** @param {Density} density @param {number} rows of tasks @param {boolean} manager @returns {number} */
function cardHeight(density, rows, manager) {
  const { pitch, head, least, words } = MEASURES[density];
  return Math.max(least, head + rows * pitch + (density === "dense" ? 6 : 10)) + (manager ? words : 0);
}

/**
 * What follows from the stage's size and the number of nodes, before anything has a place.
 * @param {{ width: number, height: number }} size
 * @param {number} nodes
 * @param {boolean} zoned they stand in more than one zone
 * @returns {{ tall: boolean, density: Density, width: number }} width of a card
 */
export function formFor(size, nodes, zoned) {
  const tall = size.width < TALL_BELOW_WIDTH;
  const density = densityFor(nodes, size.width, zoned);
  const width = tall ? Math.floor((size.width - TALL.margin - TALL.right - TALL.gap) / 2) : MEASURES[density].width;
  return { tall, density, width };
}

/**
 * @typedef {object} Arrangement
 * @property {boolean} tall
 * @property {Density} density
 * @property {number} width
 * @property {number} height
 * @property {Map<string, Box>} cards by node
 * @property {Box} waiting for tasks without a node
 * @property {Box} networks the row of them
 * @property {ZoneBox[]} zones columns, where the nodes say in which zone they are
 */

/**
 * @param {object} input
 * @param {Map<string, { row: string, column: number }>} input.places
 * @param {Map<string, number>} input.rows of tasks, by node
 * @param {{ width: number, height: number }} input.size of the stage
 * @param {string[][]} [input.groups] sides of a partition
 * @param {Map<string, string>} [input.zones] by node
 * @param {number} [input.footer] height of what stands below the cards
 * @param {boolean} [input.scrolls] what has no room may be scrolled to; otherwise all is in sight, however small
 * @returns {Arrangement}
 */
export function arrange({ places, rows, size, groups = [], zones = new Map(), footer = 0, scrolls = true }) {
  const ranks = { manager: members(places, "manager"), worker: members(places, "worker") };
  const columns = zonesOf(ranks, zones);
  const { tall, density, width } = formFor(size, places.size, columns.length > 1);
  const height = (/** @type {string} */ name = "") =>
    cardHeight(density, rows.get(name) ?? 0, places.get(name)?.row === "manager");
  // The side that moves down keeps off what stands below.
  const below = Math.max(BELOW, footer + 32) + (groups.length > 1 && size.width < TALL_BELOW_WIDTH ? APART : 0);
  const most = scrolls ? LEGIBLE : Number.POSITIVE_INFINITY;
  const arranged = tall
    ? inColumns(ranks, height, size, density, width, below)
    : columns.length > 1
      ? inZones(columns, height, size, density, below, most)
      : fitting(size, (room) => inRows(ranks, height, room, density, below), most);
  const cards = apart(arranged.cards, groups, roomOf(arranged, groups));
  const inner = { x: 24, width: arranged.width - 48 };
  const waiting = { ...inner, y: arranged.height - 50, height: 32 };
  const networks = { ...inner, y: arranged.height - footer - 20, height: footer };
  const { width: wide, height: high } = arranged;
  return { tall, density, cards, waiting, networks, zones: arranged.zones ?? [], width: wide, height: high };
}

/**
 * Many cards need a larger world; it keeps the stage's proportions, so that all of the stage is used.
 * @template {{ height: number }} T
 * @param {{ width: number, height: number }} size
 * @param {(room: { width: number, height: number }) => T} lay
 * @param {number} most times larger; where that does not do, it is higher
 * @returns {T}
 */
function fitting(size, lay, most) {
  let laid = lay(size);
  for (const factor of ENLARGED) {
    if (factor > most) break;
    laid = lay({ width: size.width * factor, height: size.height * factor });
    if (laid.height <= size.height * factor) break;
  }
  return laid;
}

/**
 * @param {Map<string, { row: string, column: number }>} places
 * @param {string} row
 * @returns {(string | undefined)[]} names by column; a gap is undefined
 */
function members(places, row) {
  /** @type {(string | undefined)[]} */
  const names = [];
  for (const [name, place] of places) if (place.row === row) names[place.column] = name;
  return Array.from(names);
}

/**
 * @param {{ manager: (string | undefined)[], worker: (string | undefined)[] }} rows
 * @param {(name: string | undefined) => number} heightOf a card
 * @param {{ width: number, height: number }} size
 * @param {Density} density
 * @param {number} below the cards
 */
function inRows(rows, heightOf, size, density, below) {
  const { width: card, gap, margin } = MEASURES[density];
  const room = Math.max(size.width, card + 2 * margin) - 2 * margin;
  const most = Math.max(1, Math.floor((room + gap) / (card + gap)));
  const kinds = [chunks(rows.manager, most), chunks(rows.worker, most)];
  const ranks = kinds.flat();
  const managerRanks = kinds[0]?.length ?? 0;
  const top = above(ranks[0] && managerRanks > 0 ? ranks[0].length : 0);
  const heights = ranks.map((rank) => Math.max(...rank.map(heightOf)));
  const least = ranks.reduce((sum, _, index) => sum + (heights[index] ?? 0) + between(index, managerRanks, density), 0);
  const height = Math.max(size.height, top + least + below);
  const spare = height - top - below - least;
  // What is left over goes between managers and workers first, then around.
  const stretch = managerRanks > 0 && managerRanks < ranks.length ? Math.min(spare * 0.5, 110) : 0;
  let y = top + (spare - stretch) * 0.45;
  /** @type {Map<string, Box>} */
  const cards = new Map();
  ranks.forEach((rank, index) => {
    y += between(index, managerRanks, density) + (index === managerRanks && managerRanks > 0 ? stretch : 0);
    // Rows of one kind keep to the same columns: the last one may be shorter.
    const columns = kinds[index < managerRanks ? 0 : 1]?.[0]?.length ?? 0;
    const pitch = columns > 1 ? Math.min(card + gap * 2.4, (room - card) / (columns - 1)) : 0;
    const left = margin + (room - card - pitch * (columns - 1)) / 2;
    rank.forEach((name, column) => {
      if (name) cards.set(name, { x: left + column * pitch, y, width: card, height: heights[index] ?? 0 });
    });
    y += heights[index] ?? 0;
  });
  return { cards, width: room + 2 * margin, height, zones: undefined };
}

/** @param {number} rank @param {number} managerRanks @param {Density} density @returns {number} the space above a rank */
function between(rank, managerRanks, density) {
  if (rank === 0) return 0;
  return rank === managerRanks ? MEASURES[density].ranks : MEASURES[density].rank;
}

/**
 * Managers in a column on the left, workers on the right, as tall as they need to be.
 * @param {{ manager: (string | undefined)[], worker: (string | undefined)[] }} rows
 * @param {(name: string | undefined) => number} heightOf a card
 * @param {{ width: number, height: number }} size
 * @param {Density} density
 * @param {number} card its width
 * @param {number} below the cards
 */
function inColumns(rows, heightOf, size, density, card, below) {
  const { margin, gap } = TALL;
  /** @type {Map<string, Box>} */
  const cards = new Map();
  let bottom = 0;
  [rows.manager, rows.worker].forEach((names, column) => {
    const apart = density === "dense" ? 14 : 40;
    let y = 52 + (column === 1 && rows.manager.length > rows.worker.length ? 36 : 0);
    for (const name of names) {
      const height = heightOf(name);
      if (name) cards.set(name, { x: margin + column * (card + gap), y, width: card, height });
      y += height + apart;
    }
    bottom = Math.max(bottom, y - apart);
  });
  return { cards, width: size.width, height: Math.max(size.height, bottom + below), zones: undefined };
}

/**
 * Where a card may stand: in its zone, where there are zones. Where the cut runs through a zone its machines stay: they would
 * only come nearer to those of the other side.
 * @param {{ cards: Map<string, Box>, width: number, height: number, zones: ZoneBox[] | undefined }} arranged
 * @param {string[][]} groups
 * @returns {(box: Box) => { left: number, right: number, top: number, bottom: number } | null}
 */
function roomOf({ cards, width, height, zones = [] }, groups) {
  const sides = groups.map((group) => group.flatMap((name) => cards.get(name) ?? []));
  const has =
    (/** @type {ZoneBox} */ zone) =>
    (/** @type {Box} */ { x }) =>
      x >= zone.x && x < zone.x + zone.width;
  const parted = zones.some((zone) => sides.filter((side) => side.some(has(zone))).length > 1);
  return (box) => {
    if (parted) return null;
    const zone = zones.find((each) => has(each)(box));
    if (!zone) return { left: INSIDE, right: width - INSIDE, top: 0, bottom: height };
    const [right, bottom] = [zone.x + zone.width, zone.y + zone.height];
    return { left: zone.x + ZONE_EDGE, right: right - ZONE_EDGE, top: zone.y + ZONE_EDGE, bottom: bottom - ZONE_NAME };
  };
}

/**
 * Move the sides of a partition from their common middle, a little: each side as far as all its cards have room.
 * @param {Map<string, Box>} cards
 * @param {string[][]} groups
 * @param {ReturnType<typeof roomOf>} roomFor
 * @returns {Map<string, Box>}
 */
function apart(cards, groups, roomFor) {
  const sides = groups.map((group) => group.filter((name) => cards.has(name))).filter((group) => group.length > 0);
  if (sides.length < 2) return cards;
  const middle = centroid(sides.flat(), cards);
  const moved = new Map(cards);
  for (const side of sides) {
    const centre = centroid(side, cards);
    const length = Math.hypot(centre.x - middle.x, centre.y - middle.y) || 1;
    let dx = ((centre.x - middle.x) / length) * APART;
    let dy = ((centre.y - middle.y) / length) * APART * 0.6;
    const boxes = side.map((name) => /** @type {[string, Box]} */ ([name, cards.get(name)]));
    for (const [, box] of boxes) {
      const room = roomFor(box);
      if (!room) return cards;
      dx = clamp(dx, Math.min(0, room.left - box.x), Math.max(0, room.right - box.x - box.width));
      dy = clamp(dy, Math.min(0, room.top - box.y), Math.max(0, room.bottom - box.y - box.height));
    }
    for (const [name, box] of boxes) moved.set(name, { ...box, x: box.x + dx, y: box.y + dy });
  }
  return moved;
}

/** @param {string[]} names @param {Map<string, Box>} cards @returns {Point} */
function centroid(names, cards) {
  const sum = { x: 0, y: 0 };
  for (const name of names) {
    const box = /** @type {Box} */ (cards.get(name));
    sum.x += (box.x + box.width / 2) / names.length;
    sum.y += (box.y + box.height / 2) / names.length;
  }
  return sum;
}
