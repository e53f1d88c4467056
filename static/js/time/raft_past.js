/** A manager's log as it was: what is agreed never changes, so an answer of now tells of then, up to where it was agreed. */

/** @import { RaftEntity, RaftPage } from "../types" */

/**
 * @param {RaftPage} page as the log is now
 * @param {RaftEntity} then how far it was
 * @returns {RaftPage} without what came later; what was written but not agreed may have been written over, and is left out
 */
export function pageAt(page, then) {
  return {
    ...page,
    commit: then.commit,
    applied: then.applied,
    last: then.last,
    first: Math.min(page.first, then.commit + 1),
    under_way: [],
    entries: page.entries
      .filter((entry) => entry.index <= then.commit)
      .map((entry) => ({ ...entry, committed: true, applied: entry.index <= then.applied, elsewhere: "same" })),
  };
}
