/** How tasks are drawn: which are shown, in what form, and grouped where they are many. Pure; knows no DOM and no places. */

/** @import { ServiceEntity, TaskEntity, TaskFigure } from "../types" */

import { t, tn } from "../language.js";
import { taskSentence } from "../words.js";

/**
 * What of a service its tasks' figures need.
 * @typedef {object} ServiceHint
 * @property {string} name
 * @property {number} order in which it came
 * @property {boolean} [rolling]
 * @property {number[]} [outdated]
 */

const TERMINAL = new Set(["complete", "shutdown", "failed", "rejected", "remove", "orphaned"]);
/** How long a task that ended stays on the diagram, in virtual microseconds, if another took its slot. */
const ENDED_SHOWN = 20_000_000;
/** More tasks than this on one node are grouped and counted. */
export const GROUPED_PAST = 24;

/** @type {Record<string, string>} */
const TASK_FORMS = {
  new: "pending",
  pending: "pending",
  assigned: "preparing",
  accepted: "preparing",
  preparing: "preparing",
  ready: "preparing",
  starting: "preparing",
  running: "running",
  complete: "complete",
  failed: "failed",
  rejected: "failed",
};

/** @param {TaskEntity} task @returns {string} pending, preparing, running, leaving, failed, complete or shutdown */
export function taskForm(task) {
  if (task.state === "running" && task.desired !== "running" && task.desired !== "complete") return "leaving";
  return TASK_FORMS[task.state] ?? "shutdown";
}

/** @param {TaskEntity} task */
export function hasEnded(task) {
  return TERMINAL.has(task.state);
}

/**
 * @param {TaskEntity} task
 * @param {number} now
 * @param {boolean} replaced whether another task has its slot
 */
export function isShown(task, now, replaced) {
  if (!hasEnded(task)) return true;
  if (task.state === "complete") return !replaced;
  return now - task.since < ENDED_SHOWN;
}

/**
 * The squares of one node, in a steady order: by service as it first came, then slot, then age.
 * @param {TaskEntity[]} tasks
 * @param {(service: string) => ServiceHint} service
 * @returns {TaskFigure[]}
 */
export function taskFigures(tasks, service) {
  const sorted = tasks
    .map((task) => ({ task, ...service(task.service) }))
    .sort((a, b) => a.order - b.order || a.task.slot - b.task.slot || a.task.since - b.task.since);
  // What has ended makes room before what runs is grouped.
  const living = sorted.filter(({ task }) => !hasEnded(task));
  const single = sorted.length <= GROUPED_PAST ? sorted : living;
  if (single.length <= GROUPED_PAST) {
    return single.map(({ task, name, rolling, outdated }) => ({
      key: task.id,
      service: task.service,
      form: taskForm(task),
      label: task.slot > 0 ? String(task.slot) : "•",
      count: 1,
      sentence: aged(taskSentence(task, name), ageOf(task, rolling, outdated)),
      age: ageOf(task, rolling, outdated),
    }));
  }
  /** @type {Map<string, TaskFigure>} */
  const groups = new Map();
  for (const { task, name, rolling, outdated } of sorted) {
    const form = taskForm(task);
    const age = ageOf(task, rolling, outdated);
    const key = `${task.service} ${form} ${age}`.trimEnd();
    const group = groups.get(key) ?? { key, service: task.service, form, label: "", count: 0, sentence: "", age };
    group.count += 1;
    group.label = `×${group.count}`;
    const values = { service: name, form };
    group.sentence = aged(
      tn("{count} task of {service}: {form}.", "{count} tasks of {service}: {form}.", group.count, values),
      age,
    );
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * While a service is updated its tasks are of two kinds; afterwards nobody needs to tell them apart.
 * @param {TaskEntity} task
 * @param {boolean} [rolling] an update is under way, or has stopped half way
 * @param {number[]} [outdated] versions that are to be replaced
 * @returns {TaskFigure["age"]}
 */
function ageOf(task, rolling, outdated) {
  if (!rolling) return "";
  return outdated?.includes(task.version ?? 0) ? "old" : hasEnded(task) && task.desired === "shutdown" ? "" : "new";
}

/** @param {string} sentence @param {TaskFigure["age"]} age */
function aged(sentence, age) {
  if (age === "new") return `${sentence} ${t("It is of the new version.")}`;
  if (age === "old") return `${sentence} ${t("It is of the old version.")}`;
  return sentence;
}

/** @param {ServiceEntity | undefined} service @returns {boolean} old and new tasks are to be told apart */
export function isRolling(service) {
  const state = service?.update?.state ?? "";
  return state !== "" && state !== "completed" && state !== "rollback_completed";
}

/** @param {TaskEntity[]} tasks @returns {string} what is not simply running, in a few words */
export function taskNote(tasks) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const task of tasks) {
    const form = taskForm(task);
    if (form === "running") continue;
    const word = form === "preparing" || form === "shutdown" ? task.state : form;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}
