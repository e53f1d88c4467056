/** What the page draws: the lab as it is now, or as it was at a moment of its past. */

/** @import { Change, Part, View } from "../types" */

import { noChange, PARTS, Store } from "../store.js";

const NOT_COMPARED = new Set(["n", "now", "timeline", ...PARTS]);

/**
 * What a drawing of one view has to do to be one of another.
 * @param {View} before
 * @param {View} after
 * @returns {Change}
 */
export function differences(before, after) {
  const change = noChange();
  change.another = true;
  for (const part of PARTS) {
    const [old, now] = [entities(before, part), entities(after, part)];
    for (const key of Object.keys(now)) if (!same(old[key], now[key])) change.parts[part].add(key);
    for (const key of Object.keys(old)) if (!(key in now)) change.parts[part].add(key);
  }
  const [old, now] = [fields(before), fields(after)];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)]))
    if (!NOT_COMPARED.has(name) && !same(old[name], now[name])) change.fields.add(name);
  return change;
}

/** @param {View} view @param {Part} part */
function entities(view, part) {
  return /** @type {Record<string, unknown>} */ (view[part]);
}

/** @param {View} view */
function fields(view) {
  return /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (view));
}

/** @param {unknown} a @param {unknown} b */
function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Follows the live store, unless it shows the past. */
export class ShownStore extends Store {
  #past = false;

  /** @param {Store} live */
  constructor(live) {
    super();
    this.live = live;
    live.onChange((change) => {
      if (this.#past) return;
      this.view = live.view;
      this.tell(change);
    });
  }

  get past() {
    return this.#past;
  }

  /** Show a view of the past from now on. @param {View} view */
  look(view) {
    const before = this.view;
    this.#past = true;
    this.view = view;
    this.tell(differences(before, view));
  }

  /** Show what is. */
  back() {
    if (!this.#past) return;
    const before = this.view;
    this.#past = false;
    this.view = this.live.view;
    this.tell(differences(before, this.view));
  }
}
