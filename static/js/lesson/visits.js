/**
 * What this browser knows of the lessons that were begun in it: which lab, how far, and whether it was finished. Nothing of it
 * leaves the browser. Where storage is refused, lessons work and are not remembered.
 */

/**
 * @typedef {object} Visit
 * @property {string} lab whose cluster is where it was left; empty when there is none any more
 * @property {string} token
 * @property {number} step how many steps are done
 * @property {number} steps
 * @property {boolean} done
 * @property {number} [shown] the step that was looked at
 * @property {number} played for how many steps the solution was played
 * @property {number} at when it was last seen, in milliseconds since 1970
 * @property {number} [finished] when it was finished first
 * @property {number} [unaided] in the best of the finished visits, how many steps were done without playing their solution
 */

const KEY = "lessons";
const KEPT = 200;

/** @returns {Record<string, Visit>} by the lesson's slug */
export function visits() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, visit]) => isVisit(visit)));
  } catch {
    return {};
  }
}

/** @param {unknown} visit */
function isVisit(visit) {
  if (typeof visit !== "object" || visit === null) return false;
  const { lab, token, step, steps, at } = /** @type {Record<string, unknown>} */ (visit);
  return [lab, token].every((text) => typeof text === "string") && [step, steps, at].every(Number.isFinite);
}

/** @param {string} slug @param {Partial<Visit>} change @param {number} [now] */
export function keepVisit(slug, change, now = Date.now()) {
  const all = visits();
  const visit = {
    .../** @type {Visit} */ ({ lab: "", token: "", step: 0, steps: 0, done: false, played: 0, at: now }),
    ...all[slug],
    ...change,
    at: now,
  };
  if (visit.done) {
    visit.finished ??= now;
    visit.unaided = Math.max(visit.unaided ?? 0, visit.steps - visit.played);
  }
  all[slug] = visit;
  const newest = Object.entries(all).sort(([, a], [, b]) => b.at - a.at);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(newest.slice(0, KEPT))));
  } catch {
    // Nothing can be kept in this browser.
  }
}

/** @param {string} lab @returns {string} its token, if it is the lab of a lesson that was begun here */
export function tokenOf(lab) {
  return Object.values(visits()).find((visit) => visit.lab === lab)?.token ?? "";
}

/** @returns {[string, Visit] | undefined} the lesson that was left last, if it was not finished */
export function leftLast() {
  const [last] = Object.entries(visits()).sort(([, a], [, b]) => b.at - a.at);
  return last && !last[1].done && last[1].lab ? last : undefined;
}
