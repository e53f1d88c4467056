/** Which tasks there are, by node and by slot: what changed is filed as it comes, so that drawing asks only what it needs. */

/** @import { TaskEntity } from "../types" */
/** @import { Store } from "../store.js" */

import { hasEnded, isRolling, isShown } from "./task_figures.js";
import { HUES } from "./task_view.js";

/** The place of tasks that have no node yet. */
export const UNPLACED = "";

export class Roster {
  /** Nodes on which something is to be drawn anew. @type {Set<string>} */
  dirty = new Set();
  /** @type {Map<string, Map<string, TaskEntity>>} */
  #tasksOn = new Map();
  /** As last filed. @type {Map<string, string>} */
  #nodeOf = new Map();
  /** @type {Map<string, Set<string>>} */
  #slots = new Map();
  /** Tasks that ended and are still shown. @type {Set<string>} */
  #ended = new Set();
  /** The moment that was last drawn. */
  #drawn = 0;
  /** @type {Map<string, { order: number, hue: number }>} */
  #services = new Map();

  /** How far a service's update has come, as last drawn. @type {Map<string, string>} */
  #rollouts = new Map();

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** Another view: file all of it. */
  reset() {
    const { view } = this.store;
    for (const map of [this.#tasksOn, this.#nodeOf, this.#slots]) map.clear();
    this.#ended.clear();
    for (const id of Object.keys(view.services)) this.review(id);
    for (const id of Object.keys(view.tasks)) this.file(id);
    for (const name of [...Object.keys(view.nodes), UNPLACED]) this.dirty.add(name);
  }

  /** A service keeps its colour for as long as the page is open. @param {string} id */
  meet(id) {
    const order = this.#services.size;
    if (!this.#services.has(id)) this.#services.set(id, { order, hue: (order % HUES) + 1 });
  }

  /** A service came or changed. @param {string} id */
  review(id) {
    this.meet(id);
    const service = this.store.view.services[id];
    const rollout = isRolling(service) ? String(service?.outdated) : "";
    if (rollout === (this.#rollouts.get(id) ?? "")) return;
    this.#rollouts.set(id, rollout);
    for (const task of Object.values(this.store.view.tasks)) if (task.service === id) this.dirty.add(task.node);
  }

  /** @param {string} service @returns {number} from 1 to HUES; 0 when it is not known */
  hueOf(service) {
    return this.#services.get(service)?.hue ?? 0;
  }

  /** @param {string} service @returns {number} in which services came */
  orderOf(service) {
    return this.#services.get(service)?.order ?? 0;
  }

  /** @param {string} id of a task that came, changed or went */
  file(id) {
    const task = this.store.view.tasks[id];
    const before = this.#nodeOf.get(id);
    if (before !== undefined && before !== task?.node) {
      this.#tasksOn.get(before)?.delete(id);
      this.dirty.add(before);
    }
    if (!task) {
      this.#nodeOf.delete(id);
      this.#ended.delete(id);
      return;
    }
    this.meet(task.service);
    const on = this.#tasksOn.get(task.node) ?? new Map();
    this.#tasksOn.set(task.node, on.set(id, task));
    this.#nodeOf.set(id, task.node);
    const slot = slotOf(task);
    this.#slots.set(slot, (this.#slots.get(slot) ?? new Set()).add(id));
    if (hasEnded(task)) this.#ended.add(id);
    this.dirty.add(task.node);
  }

  /** What ended long enough ago is no longer shown; where time has gone back it is shown again. */
  forgetEnded() {
    const { view } = this.store;
    if (view.now < this.#drawn) {
      for (const task of Object.values(view.tasks)) {
        if (!hasEnded(task) || this.#ended.has(task.id)) continue;
        this.#ended.add(task.id);
        this.dirty.add(task.node);
      }
    }
    this.#drawn = view.now;
    for (const id of this.#ended) {
      const task = view.tasks[id];
      if (task && isShown(task, view.now, this.#isReplaced(task))) continue;
      this.#ended.delete(id);
      this.dirty.add(this.#nodeOf.get(id) ?? UNPLACED);
    }
  }

  /** @param {string} node @returns {TaskEntity[]} its tasks that are to be seen */
  shownOn(node) {
    const { now } = this.store.view;
    return [...(this.#tasksOn.get(node)?.values() ?? [])].filter((task) => isShown(task, now, this.#isReplaced(task)));
  }

  /** @param {TaskEntity} task @returns {{ id: string, node: string | undefined }[]} the tasks of its slot, itself too */
  ofSlot(task) {
    return [...(this.#slots.get(slotOf(task)) ?? [])].map((id) => ({ id, node: this.#nodeOf.get(id) }));
  }

  /** @param {TaskEntity} task */
  #isReplaced(task) {
    for (const id of this.#slots.get(slotOf(task)) ?? []) {
      const other = this.store.view.tasks[id];
      if (!other) this.#slots.get(slotOf(task))?.delete(id);
      else if (id !== task.id && other.since >= task.since && !hasEnded(other)) return true;
    }
    return false;
  }
}

/** @param {TaskEntity} task @returns {string} what is one place for a task: a slot, or for a global service a node */
function slotOf(task) {
  return task.slot > 0 ? `${task.service}.${task.slot}` : `${task.service}@${task.node}`;
}
