/** The sizes of what stands in the diagram, in user units, and how many stand in a line. Pure. */

/** @import { Density } from "../types" */

import { bow } from "./geometry.js";

/**
 * @typedef {object} Measures of a card and what is in it
 * @property {number} width of a card
 * @property {number} head height of the card above its tasks
 * @property {number} least height of a card
 * @property {number} pitch from one task to the next
 * @property {number} task side of a task's square
 * @property {number} pad inside the card
 * @property {number} gap between cards, at least
 * @property {number} words how much more a manager's card takes: its state in words, where a worker's is only a sign
 * @property {number} rank between one rank of a kind and the next
 * @property {number} ranks between managers and workers
 * @property {number} margin left and right of the ranks
 */

/** A dense card has room for all the rows that it can get before tasks are grouped, so its height never changes. Its name
 * is large for its size: the whole is drawn smaller than the others.
 * @type {Record<Density, Measures>} */
export const MEASURES = {
  roomy: {
    ...{ width: 212, head: 62, least: 116, pitch: 29, task: 23, pad: 17, gap: 56 },
    ...{ words: 0, rank: 40, ranks: 58, margin: 46 },
  },
  close: {
    ...{ width: 164, head: 52, least: 86, pitch: 23, task: 18, pad: 13, gap: 40 },
    ...{ words: 0, rank: 40, ranks: 46, margin: 46 },
  },
  dense: {
    ...{ width: 96, head: 23, least: 58, pitch: 9.4, task: 7.6, pad: 7, gap: 7 },
    ...{ words: 14, rank: 8, ranks: 32, margin: 24 },
  },
};

/** Cards stay this far from the edges. */
export const INSIDE = 22;
/** How much larger than the stage the world may be: it is drawn that much smaller. */
export const ENLARGED = [1, 1.05, 1.1, 1.16, 1.22, 1.3, 1.38, 1.48, 1.6, 1.75, 2, 2.4, 2.8];
/** So much larger its words can still be read; where even that is too little room, the stage is scrolled. */
export const LEGIBLE = 1.5;
/** The host's name stands above the first row. */
const NAME = 54;

/** @param {number} managers in one line @returns {number} room above them for the host's name and for links that bow over them */
export function above(managers) {
  return Math.max(NAME, bow(managers - 2) + 20);
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} most
 * @returns {T[][]} as even as can be, none longer than most
 */
export function chunks(items, most) {
  if (items.length === 0) return [];
  const count = Math.ceil(items.length / most);
  const each = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, index) => items.slice(index * each, (index + 1) * each)).filter(
    (c) => c.length > 0,
  );
}
