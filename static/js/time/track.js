/** Where moments stand on the track, and what stands there. Pure. */

/** @import { TimelineEntry } from "../types" */

/** What is worth most is drawn where there is no room for all. */
const WORTH = ["fault", "election", "lesson", "node", "service", "command"];

/** The stretch of time that the track shows. @typedef {{ start: number, end: number }} Span */

/** @param {Span} span @param {number} at @returns {number} from 0 to 1 */
export function shareOf({ start, end }, at) {
  return end > start ? Math.min(1, Math.max(0, (at - start) / (end - start))) : 1;
}

/** @param {Span} span @param {number} share @returns {number} */
export function momentAt({ start, end }, share) {
  return Math.round(start + Math.min(1, Math.max(0, share)) * (end - start));
}

/**
 * The entries that get a mark: of those that would lie on each other the one that is worth most.
 * @param {TimelineEntry[]} entries oldest first
 * @param {Span} span
 * @param {number} places how many marks there is room for
 * @returns {TimelineEntry[]}
 */
export function marked(entries, span, places) {
  /** @type {Map<number, TimelineEntry>} */
  const taken = new Map();
  for (const entry of entries) {
    const place = Math.round(shareOf(span, entry.at) * places);
    const there = taken.get(place);
    if (!there || worth(entry) < worth(there)) taken.set(place, entry);
  }
  return [...taken.values()];
}

/** @param {TimelineEntry} entry */
function worth(entry) {
  const index = WORTH.indexOf(entry.kind);
  return index < 0 ? WORTH.length : index;
}

/**
 * The entry before or after a moment.
 * @param {TimelineEntry[]} entries oldest first
 * @param {number} at
 * @param {1 | -1} direction
 * @returns {TimelineEntry | undefined}
 */
export function neighbour(entries, at, direction) {
  if (direction > 0) return entries.find((entry) => entry.at > at);
  return entries.findLast((entry) => entry.at < at);
}
