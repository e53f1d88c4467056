/** Zones stand as columns: which there are, and where their machines stand. Pure. */

/** @import { Box, Density } from "../types" */

import { inNaturalOrder } from "../order.js";
import { above, chunks, ENLARGED, INSIDE, MEASURES } from "./measures.js";

/** @typedef {{ name: string, manager: string[], worker: string[] }} Zone */
/** @typedef {Box & { name: string }} ZoneBox */

/** Between the edge of a zone and its cards: a tear has room between two of them. */
const PAD = 15;
/** Its name stands below them. */
const NAMED = 18;
/** Managers in one line keep their links off the cards; that is worth so much smaller ones. */
const IN_LINES = 1.2;
/** From the top of a zone to the top of the stage, under the host's name. */
const FRAME = 40;

/**
 * @param {{ manager: (string | undefined)[], worker: (string | undefined)[] }} ranks
 * @param {Map<string, string>} zones by node
 * @returns {Zone[]} in order; those that say nothing come last, in a zone without a name
 */
export function zonesOf(ranks, zones) {
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
 * A column a zone: its managers above, its workers below, all workers beginning at one height. Cards stand beside each
 * other inside a zone where that leaves them larger; that follows from the machines alone, not from what runs on them.
 * @param {Zone[]} zones
 * @param {(name: string | undefined) => number} heightOf a card; of no node: the least
 * @param {{ width: number, height: number }} size
 * @param {Density} density
 * @param {number} below the cards
 * @param {number} legible times larger the world may be for its height; where that does not do, it is higher
 */
export function inZones(zones, heightOf, size, density, below, legible) {
  const longest = Math.max(...zones.flatMap(({ manager, worker }) => [manager.length, worker.length]));
  const managers = Math.max(...zones.map(({ manager }) => manager.length));
  let best = { cost: Number.POSITIVE_INFINITY, most: 1 };
  for (let most = 1; most <= longest; most += 1) {
    const { width, height } = stacked(zones, () => heightOf(undefined), density, most);
    const scale = Math.max(1, width / size.width, (height + below) / size.height);
    const cost = scale * (most < managers ? IN_LINES : 1);
    if (cost < best.cost * 0.97) best = { cost, most };
  }
  const laid = stacked(zones, heightOf, density, best.most);
  const needed = laid.height + below;
  const least = Math.max(1, laid.width / size.width, Math.min(needed / size.height, legible));
  const scale = ENLARGED.find((factor) => factor >= least) ?? least;
  const [width, height] = [size.width * scale, Math.max(size.height * scale, needed)];
  return { ...spread(laid, { width, height }, below), width, height };
}

/** @typedef {{ x: number, y: number, rank: number, height: number }} Spot of a card, from the left of its zone */
/** @typedef {{ card: number, columns: { name: string, width: number, spots: Map<string, Spot> }[], width: number, height: number }} Stacked */

/**
 * As close as can be.
 * @param {Zone[]} zones @param {(name: string | undefined) => number} heightOf @param {Density} density @param {number} most in a line of a zone
 * @returns {Stacked} its height is that of everything above its end
 */
function stacked(zones, heightOf, density, most) {
  const { width: card, gap, ranks } = MEASURES[density];
  const beside = card + Math.max(7, gap * 0.7);
  const apart = density === "dense" ? 14 : 24;
  const columns = zones.map(({ name, manager, worker }) => {
    const wide = Math.min(most, Math.max(manager.length, worker.length, 1));
    return { name, width: (wide - 1) * beside + card + 2 * PAD, spots: /** @type {Map<string, Spot>} */ (new Map()) };
  });
  const first = zones.reduce((sum, { manager }) => sum + (chunks(manager, most)[0]?.length ?? 0), 0);
  let y = Math.max(FRAME + 18, above(first));
  let bottom = y;
  for (const [rank, kind] of /** @type {const} */ (["manager", "worker"]).entries()) {
    if (rank === 1 && bottom > y) y = bottom + ranks;
    zones.forEach((zone, index) => {
      let top = y;
      const lines = chunks(zone[kind], most);
      const { width = 0, spots } = columns[index] ?? {};
      const left = (width - card - ((lines[0]?.length ?? 1) - 1) * beside) / 2;
      for (const line of lines) {
        const height = Math.max(...line.map(heightOf));
        line.forEach((name, column) => {
          spots?.set(name, { x: left + column * beside, y: top, rank, height });
        });
        bottom = Math.max(bottom, top + height);
        top += height + apart;
      }
    });
  }
  return {
    card,
    columns,
    width: 2 * INSIDE + columns.reduce((sum, { width }) => sum + width, 0),
    height: bottom + NAMED,
  };
}

/**
 * What is left over goes to the zones alike, and between managers and workers.
 * @param {Stacked} laid @param {{ width: number, height: number }} size @param {number} below
 * @returns {{ cards: Map<string, Box>, zones: ZoneBox[] }}
 */
function spread({ card, columns, width, height }, size, below) {
  const wider = (size.width - width) / columns.length;
  const spare = size.height - height - below;
  const drop = [spare * 0.3, spare * 0.3 + Math.min(spare * 0.4, 80)];
  /** @type {Map<string, Box>} */
  const cards = new Map();
  let x = INSIDE;
  const zones = columns.map((column) => {
    for (const [name, spot] of column.spots) {
      const place = { x: x + wider / 2 + spot.x, y: spot.y + (drop[spot.rank] ?? 0) };
      cards.set(name, { ...place, width: card, height: spot.height });
    }
    const box = { name: column.name, x: x + 4, y: FRAME, width: column.width + wider - 8 };
    x += column.width + wider;
    return { ...box, height: size.height - FRAME - below + 6 };
  });
  return { cards, zones };
}
