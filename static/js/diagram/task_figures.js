/** How tasks are drawn: which are shown, in what form, and grouped where they are many. Pure; knows no DOM and no places. */

/** @import { NodeEntity, ServiceEntity, TaskEntity, TaskFigure } from "../types" */

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
const GROUPED_PAST = 24;

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

/**
 * Why a task cannot be running on its machine, whatever the swarm last heard: empty when it can.
 * @param {TaskEntity} task
 * @param {NodeEntity} [node] its machine
 * @returns {"" | "off" | "other"}
 */
function silence(task, node) {
  if (!node || task.state !== "running") return "";
  if (node.power !== "on" || !node.engine || node.swarm === "locked") return "off";
  return task.node_id && task.node_id !== node.id ? "other" : "";
}

/**
 * @param {TaskEntity} task
 * @param {NodeEntity} [node] its machine
 * @returns {string} pending, preparing, running, unheard, leaving, failed, complete or shutdown
 */
export function taskForm(task, node) {
  if (silence(task, node)) return "unheard";
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
 * @param {NodeEntity} [node] on which they are
 * @returns {TaskFigure[]}
 */
export function taskFigures(tasks, service, node) {
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
      form: taskForm(task, node),
      label: task.slot > 0 ? String(task.slot) : "•",
      count: 1,
      sentence: aged(sentenceOf(task, name, node), ageOf(task, rolling, outdated)),
      age: ageOf(task, rolling, outdated),
    }));
  }
  /** @type {Map<string, TaskFigure>} */
  const groups = new Map();
  for (const { task, name, rolling, outdated } of sorted) {
    const form = taskForm(task, node);
    const age = ageOf(task, rolling, outdated);
    const key = `${task.service} ${form} ${age}`.trimEnd();
    const group = groups.get(key) ?? { key, service: task.service, form, label: "", count: 0, sentence: "", age };
    group.count += 1;
    group.label = `×${group.count}`;
    const values = { service: name, form: formWord(form) };
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

/** @param {TaskEntity} task @param {string} service @param {NodeEntity} [node] */
export function sentenceOf(task, service, node) {
  const why = silence(task, node);
  if (!why) return taskSentence(task, service);
  const values = { task: task.name, node: task.node };
  if (why === "off") return t("{task}: the swarm last heard that it runs, but {node} cannot run it now.", values);
  return t("{task} ran on an earlier {node}, which is gone; the swarm still lists it.", values);
}

/** @param {string} sentence @param {TaskFigure["age"]} age */
function aged(sentence, age) {
  if (age === "new") return `${sentence} ${t("It is of the new version.")}`;
  if (age === "old") return `${sentence} ${t("It is of the old version.")}`;
  return sentence;
}

/** States are called as Docker calls them; what no state says has words of its own. @param {string} form */
function formWord(form) {
  const words = { unheard: t("not heard of"), leaving: t("leaving") };
  return words[/** @type {keyof typeof words} */ (form)] ?? form;
}

/** @param {ServiceEntity | undefined} service @returns {boolean} old and new tasks are to be told apart */
export function isRolling(service) {
  const state = service?.update?.state ?? "";
  return state !== "" && state !== "completed" && state !== "rollback_completed";
}

/**
 * What is not simply running, in a few words.
 * @param {TaskEntity[]} tasks
 * @param {NodeEntity} [node] on which they are
 */
export function taskNote(tasks, node) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const task of tasks) {
    const form = taskForm(task, node);
    if (form === "running") continue;
    const word = form === "preparing" || form === "shutdown" ? task.state : formWord(form);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}
