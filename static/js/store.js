/** The state of the page: the last view of the lab, and what changed in it. Views read it, only the socket writes it. */

/** @import { Change, Delta, Part, View } from "./types" */

/** @type {Part[]} */
export const PARTS = ["nodes", "raft", "services", "tasks", "networks", "links", "faults"];
const TIMELINE_KEPT = 200;

/** @returns {View} a lab of which nothing is known yet */
export function emptyView() {
  return {
    n: -1,
    now: 0,
    clock: { speed: 1, paused: false },
    nodes: {},
    raft: {},
    services: {},
    tasks: {},
    networks: {},
    links: {},
    faults: {},
    partition: null,
    quorum: null,
    timeline: [],
    lesson: null,
    backend: "emulated",
    unseen: {},
  };
}

/** @returns {Change} */
export function noChange(whole = false) {
  return {
    whole,
    another: whole,
    parts: {
      nodes: new Set(),
      raft: new Set(),
      services: new Set(),
      tasks: new Set(),
      networks: new Set(),
      links: new Set(),
      faults: new Set(),
    },
    fields: new Set(),
    entries: [],
    messages: [],
  };
}

/**
 * Change the view as the delta says; the cost is the delta's size, not the view's.
 * @param {View} view is changed in place
 * @param {Delta} delta
 * @returns {Change} what it touched
 */
export function applyDelta(view, delta) {
  const change = noChange();
  view.n = delta.n;
  view.now = delta.now;
  for (const part of PARTS) {
    const entities = /** @type {Record<string, unknown>} */ (view[part]);
    for (const [key, entity] of Object.entries(delta.set?.[part] ?? {})) {
      entities[key] = entity;
      change.parts[part].add(key);
    }
    for (const key of delta.gone?.[part] ?? []) {
      delete entities[key];
      change.parts[part].add(key);
    }
  }
  for (const [field, value] of Object.entries(delta.put ?? {})) {
    /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (view))[field] = value;
    change.fields.add(field);
  }
  change.entries = delta.append?.timeline ?? [];
  view.timeline.push(...change.entries);
  if (view.timeline.length > TIMELINE_KEPT) view.timeline.splice(0, view.timeline.length - TIMELINE_KEPT);
  change.messages = delta.messages ?? [];
  return change;
}

/** Tells of every change with a "change" event whose `detail` is a `Change`. */
export class Store extends EventTarget {
  /** @type {View} */
  view = emptyView();

  /** @param {View} view */
  replace(view) {
    this.view = { ...emptyView(), ...view };
    this.tell(noChange(true));
  }

  /**
   * @param {Delta} delta
   * @returns {boolean} false when it does not follow on what the page has: ask for the view again
   */
  apply(delta) {
    if (delta.n <= this.view.n) return true;
    if (delta.n !== this.view.n + 1) return false;
    this.tell(applyDelta(this.view, delta));
    return true;
  }

  /** @param {(change: Change) => void} listener @param {AbortSignal} [signal] */
  onChange(listener, signal) {
    this.addEventListener("change", (event) => listener(/** @type {CustomEvent<Change>} */ (event).detail), { signal });
  }

  /** @param {Change} change */
  tell(change) {
    this.dispatchEvent(new CustomEvent("change", { detail: change }));
  }
}
