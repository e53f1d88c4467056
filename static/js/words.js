/** What the page says in words, and how times are written. Pure. */

/** @import { LinkEntity, NodeEntity, Quorum, RaftEntity, TaskEntity } from "./types" */

import { t, tn } from "./language.js";

const SMALL = () => [
  t("no"),
  t("one"),
  t("two"),
  t("three"),
  t("four"),
  t("five"),
  t("six"),
  t("seven"),
  t("eight"),
  t("nine"),
];

/** @param {number} count */
export function inWords(count) {
  return SMALL()[count] ?? String(count);
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** @param {number} micros of virtual time @returns {string} hh:mm:ss */
export function clockTime(micros) {
  const seconds = Math.max(0, Math.floor(micros / 1_000_000));
  const pad = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** @param {number} micros @returns {string} 42 s, 3 min 5 s, 2 h 10 min */
export function duration(micros) {
  const seconds = Math.max(0, Math.floor(micros / 1_000_000));
  if (seconds < 60) return t("{seconds} s", { seconds });
  if (seconds < 3600)
    return t("{minutes} min {seconds} s", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
  return t("{hours} h {minutes} min", { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60 });
}

/**
 * @param {Quorum | null} quorum
 * @returns {{ sentence: string, tone: "none" | "ok" | "warn" | "bad", full: number, empty: number }}
 */
export function quorumWords(quorum) {
  if (!quorum || quorum.managers === 0) return { sentence: t("No swarm yet."), tone: "none", full: 0, empty: 0 };
  const { managers, reachable, needed, spare } = quorum;
  const dots = { full: reachable, empty: Math.max(0, managers - reachable) };
  if (!quorum.has) {
    const sentence =
      reachable >= needed
        ? t("No leader yet: {reachable} of {managers} managers, {needed} needed. They are electing one.", {
            reachable,
            managers,
            needed,
          })
        : t("No quorum: {reachable} of {managers} managers, {needed} needed. Nothing can be changed.", {
            reachable,
            managers,
            needed,
          });
    return { sentence, tone: "bad", ...dots };
  }
  const head = t("Quorum: {reachable} of {managers} managers, {needed} needed.", { reachable, managers, needed });
  if (managers === 1) return { sentence: t("Quorum: 1 of 1 manager. It may not fail."), tone: "warn", ...dots };
  if (spare <= 0) return { sentence: `${head} ${t("No other may fail.")}`, tone: "warn", ...dots };
  return {
    sentence: `${head} ${tn("One more may fail.", "{Count} more may fail.", spare, { Count: capital(inWords(spare)) })}`,
    tone: "ok",
    ...dots,
  };
}

/** @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {string[]} names @returns {string} a, b and c */
export function listed(names) {
  if (names.length < 2) return names.join("");
  return t("{names} and {last}", { names: names.slice(0, -1).join(", "), last: names.at(-1) ?? "" });
}

/**
 * A manager without a majority, in a sentence.
 * @param {string} name
 * @param {RaftEntity} raft
 * @param {number} heard how many of the members it hears, itself included
 */
export function withoutQuorum(name, raft, heard) {
  const members = raft.members.length;
  const needed = Math.floor(members / 2) + 1;
  const hears =
    heard > 0
      ? tn("it hears one of {all} managers", "it hears {number} of {all} managers", heard, {
          number: inWords(heard),
          all: inWords(members),
        })
      : t("it has no leader");
  return t("{name} cannot change anything: {hears}, and needs {needed}.", { name, hears, needed: inWords(needed) });
}

/** @param {TaskEntity} task @param {string} service its name */
export function taskSentence(task, service) {
  const name = service ? task.name : task.id;
  const where = task.node ? t(" on {node}", { node: task.node }) : t(", no node yet");
  const given = task.desired === "shutdown" && task.state === "running";
  const state = given ? t("given up by the swarm, still running there") : task.state;
  const why = task.error ? `: ${task.error}` : "";
  if (task.state === "failed") return t("{task} failed{where}{why}.", { task: name, where, why });
  if (task.state === "rejected") return t("{task} was rejected{where}{why}.", { task: name, where, why });
  return t("{task} is {state}{where}{why}.", { task: name, state, where, why });
}

/** @param {LinkEntity} link */
export function linkSentence(link) {
  const parts = [];
  if (link.cut) parts.push(t("is cut"));
  if (link.extra_ms > 0) parts.push(t("is {extra_ms} ms slower", { extra_ms: link.extra_ms }));
  if (link.loss > 0) parts.push(t("loses {share} % of its packets", { share: Math.round(link.loss * 100) }));
  return t("The link between {a} and {b} {parts}.", { a: link.a, b: link.b, parts: listed(parts) });
}

/** @param {NodeEntity} node */
export function machineWords(node) {
  return `${node.ip || t("no address yet")}, ${tn("{count} CPU", "{count} CPUs", node.cpus)}, ${Math.round(node.memory / 2 ** 30)} GB`;
}

/** @param {{ managers: number, workers: number, zones?: number }} size of a lab @returns {string} */
export function sizeWords({ managers, workers, zones = 1 }) {
  const values = {
    managers: tn("{count} manager", "{count} managers", managers),
    workers: tn("{count} worker", "{count} workers", workers),
    zones: inWords(zones),
  };
  if (zones > 1) return t("{managers} and {workers}, over {zones} zones", values);
  return workers > 0 ? t("{managers} and {workers}", values) : values.managers;
}
