/**
 * Where things stand. Pure arithmetic in one space: SVG user units, which are CSS pixels at scale 1.
 *
 * A node keeps its column for as long as it exists; a row that grows stays centred, a gap that a node leaves stays open.
 */

/** @import { Box, Density, Point } from "../types" */

/**
 * @typedef {object} Measures of a card and what is in it
 * @property {number} width of a card
 * @property {number} head height of the card above its tasks
 * @property {number} least height of a card
 * @property {number} pitch from one task to the next
 * @property {number} task side of a task's square
 * @property {number} pad inside the card
 * @property {number} gap between cards, at least
 */

/** A dense card has room for all the rows that it can get before tasks are grouped, so its height never changes.
 * @type {Record<Density, Measures>} */
export const MEASURES = {
  roomy: { width: 212, head: 62, least: 116, pitch: 29, task: 23, pad: 17, gap: 56 },
  close: { width: 164, head: 52, least: 92, pitch: 23, task: 18, pad: 13, gap: 40 },
  dense: { width: 104, head: 38, least: 76, pitch: 11.6, task: 9, pad: 8, gap: 10 },
};
const MARGIN = 46;
/** Room above the first row for the host's name and for links that bow over cards. */
const ABOVE = 54;
const BETWEEN_RANKS = 58;
const BELOW = 48;
const TALL_BELOW_WIDTH = 520;
const ROOMY_FROM_WIDTH = 780;
/** Left of the managers there is room for links that bow past a card. */
const TALL = { margin: 34, right: 24, gap: 30 };
/** How far the sides of a partition move from each other. */
const APART = 18;
/** Cards stay this far from the edges. */
const INSIDE = 22;

/** Between the edge of a zone and its cards. */
const ZONE_PAD = 12;

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

// Kept: comparing with options given anew each time is fifty times as slow.
const natural = new Intl.Collator("en", { numeric: true });

/** @param {string} a @param {string} b worker2 before worker10 */
export function inNaturalOrder(a, b) {
  return natural.compare(a, b);
}

/** @param {number} cards @param {number} width of the stage @returns {Density} */
export function densityFor(cards, width) {
  if (width < TALL_BELOW_WIDTH) return cards <= 24 ? "close" : "dense";
  if (cards <= 9 && width >= ROOMY_FROM_WIDTH) return "roomy";
  return cards <= 18 ? "close" : "dense";
}

/** @param {Density} density @param {number} width of the card @returns {number} */
export function tasksPerRow(density, width) {
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

/** @param {Density} density @param {number} rows of tasks @returns {number} */
export function cardHeight(density, rows) {
  const { pitch, head, least } = MEASURES[density];
  return Math.max(least, head + rows * pitch + 10);
}

/**
 * What follows from the stage's size and the number of nodes, before anything has a place.
 * @param {{ width: number, height: number }} size
 * @param {number} nodes
 * @returns {{ tall: boolean, density: Density, width: number }} width of a card
 */
export function formFor(size, nodes) {
  const tall = size.width < TALL_BELOW_WIDTH;
  const density = densityFor(nodes, size.width);
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
 * @property {(Box & { name: string })[]} zones columns, where the nodes say in which zone they are
 */

/**
 * @param {object} input
 * @param {Map<string, { row: string, column: number }>} input.places
 * @param {Map<string, number>} input.rows of tasks, by node
 * @param {{ width: number, height: number }} input.size of the stage
 * @param {string[][]} [input.groups] sides of a partition
 * @param {Map<string, string>} [input.zones] by node
 * @param {number} [input.footer] height of what stands below the cards
 * @returns {Arrangement}
 */
export function arrange({ places, rows, size, groups = [], zones = new Map(), footer = 0 }) {
  const { tall, density, width } = formFor(size, places.size);
  const height = (/** @type {string | undefined} */ name) => cardHeight(density, rows.get(name ?? "") ?? 0);
  const ranks = { manager: members(places, "manager"), worker: members(places, "worker") };
  const columns = zonesOf(ranks, zones);
  const below = Math.max(BELOW, footer + 32);
  const arranged = tall
    ? inColumns(ranks, height, size, density, width, below)
    : fitting(size, (room) =>
        columns.length > 1
          ? inZones(columns, height, room, density, below)
          : inRows(ranks, height, room, density, below),
      );
  const cards = apart(arranged.cards, groups, arranged.width);
  const inner = { x: 24, width: arranged.width - 48 };
  const waiting = { ...inner, y: arranged.height - 50, height: 32 };
  const networks = { ...inner, y: arranged.height - footer - 20, height: footer };
  const { width: wide, height: high } = arranged;
  return { tall, density, cards, waiting, networks, zones: arranged.zones ?? [], width: wide, height: high };
}

/** @typedef {{ name: string, manager: string[], worker: string[] }} Zone */

/**
 * @param {{ manager: (string | undefined)[], worker: (string | undefined)[] }} ranks
 * @param {Map<string, string>} zones by node
 * @returns {Zone[]} in order; those that say nothing come last, in a zone without a name
 */
function zonesOf(ranks, zones) {
  /** @type {Map<string, Zone>} */
  const found = new Map();
  for (const row of /** @type {const} */ (["manager", "worker"])) {
    for (const node of ranks[row]) {
      if (!node) continue;
      const name = zones.get(node) ?? "";
      const zone = found.get(name) ?? { name, manager: [], worker: [] };
      zone[row].push(node);
      found.set(name, zone);
    }
  }
  return [...found.values()].sort((a, b) => Number(!a.name) - Number(!b.name) || inNaturalOrder(a.name, b.name));
}

/**
 * A column a zone: its managers above, its workers below, all workers beginning at one height.
 * @param {Zone[]} zones
 * @param {(name: string) => number} heightOf a card
 * @param {{ width: number, height: number }} size
 * @param {Density} density
 * @param {number} below the cards
 */
function inZones(zones, heightOf, size, density, below) {
  const { width: card, gap } = MEASURES[density];
  const apart = density === "dense" ? 14 : 24;
  const column = Math.max(card + 2 * ZONE_PAD, (size.width - 2 * INSIDE) / zones.length);
  const most = Math.max(1, Math.floor((column - 2 * ZONE_PAD + gap) / (card + gap)));
  /** @type {Map<string, Box>} */
  const cards = new Map();
  const rank = (/** @type {string[]} */ names, /** @type {number} */ left, /** @type {number} */ top) => {
    let y = top;
    for (const line of chunks(names, most)) {
      const height = Math.max(...line.map(heightOf));
      const wide = line.length * card + (line.length - 1) * gap;
      line.forEach((name, index) => {
        cards.set(name, { x: left + (column - wide) / 2 + index * (card + gap), y, width: card, height });
      });
      y += height + apart;
    }
    return y;
  };
  const top = ABOVE + 24;
  const lefts = zones.map((_, index) => INSIDE + index * column);
  const workersFrom = Math.max(...zones.map((zone, index) => rank(zone.manager, lefts[index] ?? 0, top)));
  const between = workersFrom > top ? BETWEEN_RANKS - apart : 0;
  const bottom = Math.max(...zones.map((zone, index) => rank(zone.worker, lefts[index] ?? 0, workersFrom + between)));
  const height = Math.max(size.height, bottom + below);
  const boxes = zones.map(({ name }, index) => ({
    name,
    x: (lefts[index] ?? 0) + 4,
    y: ABOVE - 14,
    width: column - 8,
    height: height - ABOVE - below + 20,
  }));
  return { cards, width: Math.max(size.width, 2 * INSIDE + zones.length * column), height, zones: boxes };
}

/** How much larger than the stage the world may be: it is drawn that much smaller. */
const ENLARGED = [1, 1.05, 1.1, 1.16, 1.22, 1.3, 1.38, 1.48, 1.6, 1.75, 2, 2.4, 2.8];

/**
 * Many cards need a larger world; it keeps the stage's proportions, so that all of the stage is used.
 * @template {{ height: number }} T
 * @param {{ width: number, height: number }} size
 * @param {(room: { width: number, height: number }) => T} lay
 * @returns {T}
 */
function fitting(size, lay) {
  let laid = lay(size);
  for (const factor of ENLARGED) {
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
  const { width: card, gap } = MEASURES[density];
  const room = Math.max(size.width, card + 2 * MARGIN) - 2 * MARGIN;
  const most = Math.max(1, Math.floor((room + gap) / (card + gap)));
  const ranks = [...chunks(rows.manager, most), ...chunks(rows.worker, most)];
  const managerRanks = chunks(rows.manager, most).length;
  const heights = ranks.map((rank) => Math.max(...rank.map(heightOf)));
  const least = ranks.reduce((sum, _, index) => sum + (heights[index] ?? 0) + between(index, managerRanks, density), 0);
  const height = Math.max(size.height, ABOVE + least + below);
  const spare = height - ABOVE - below - least;
  // What is left over goes between managers and workers first, then around.
  const stretch = managerRanks > 0 && managerRanks < ranks.length ? Math.min(spare * 0.5, 110) : 0;
  let y = ABOVE + (spare - stretch) * 0.45;
  /** @type {Map<string, Box>} */
  const cards = new Map();
  ranks.forEach((rank, index) => {
    y += between(index, managerRanks, density) + (index === managerRanks && managerRanks > 0 ? stretch : 0);
    const columns = rank.length;
    const pitch = columns > 1 ? Math.min(card + gap * 2.4, (room - card) / (columns - 1)) : 0;
    const left = MARGIN + (room - card - pitch * (columns - 1)) / 2;
    rank.forEach((name, column) => {
      if (name) cards.set(name, { x: left + column * pitch, y, width: card, height: heights[index] ?? 0 });
    });
    y += heights[index] ?? 0;
  });
  return { cards, width: room + 2 * MARGIN, height, zones: undefined };
}

/** @param {number} rank @param {number} managerRanks @param {Density} density @returns {number} the space above a rank */
function between(rank, managerRanks, density) {
  if (rank === 0) return 0;
  if (rank === managerRanks) return BETWEEN_RANKS;
  return density === "dense" ? 18 : 40;
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
 * @template T
 * @param {T[]} items
 * @param {number} most
 * @returns {T[][]} as even as can be, none longer than most
 */
function chunks(items, most) {
  if (items.length === 0) return [];
  const count = Math.ceil(items.length / most);
  const each = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, index) => items.slice(index * each, (index + 1) * each)).filter(
    (c) => c.length > 0,
  );
}

/**
 * Move the sides of a partition from their common middle, a little.
 * @param {Map<string, Box>} cards
 * @param {string[][]} groups
 * @param {number} width that they stay in
 * @returns {Map<string, Box>}
 */
function apart(cards, groups, width) {
  const sides = groups.map((group) => group.filter((name) => cards.has(name))).filter((group) => group.length > 0);
  if (sides.length < 2) return cards;
  const middle = centroid(sides.flat(), cards);
  const moved = new Map(cards);
  for (const side of sides) {
    const centre = centroid(side, cards);
    const length = Math.hypot(centre.x - middle.x, centre.y - middle.y) || 1;
    const dx = ((centre.x - middle.x) / length) * APART;
    const dy = ((centre.y - middle.y) / length) * APART * 0.6;
    for (const name of side) {
      const box = /** @type {Box} */ (cards.get(name));
      moved.set(name, { ...box, x: Math.min(Math.max(box.x + dx, INSIDE), width - INSIDE - box.width), y: box.y + dy });
    }
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
