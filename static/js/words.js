/** What the page says in words, and how times are written. Pure. */

/** @import { LinkEntity, NodeEntity, Quorum, RaftEntity, TaskEntity } from "./types" */

const SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** @param {number} count */
export function inWords(count) {
  return SMALL[count] ?? String(count);
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
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

/**
 * @param {Quorum | null} quorum
 * @returns {{ sentence: string, tone: "none" | "ok" | "warn" | "bad", full: number, empty: number }}
 */
export function quorumWords(quorum) {
  if (!quorum || quorum.managers === 0) return { sentence: "No swarm yet.", tone: "none", full: 0, empty: 0 };
  const { managers, reachable, needed, spare } = quorum;
  const dots = { full: reachable, empty: Math.max(0, managers - reachable) };
  if (!quorum.has) {
    const sentence =
      reachable >= needed
        ? `No leader yet: ${reachable} of ${managers} managers, ${needed} needed. They are electing one.`
        : `No quorum: ${reachable} of ${managers} managers, ${needed} needed. Nothing can be changed.`;
    return { sentence, tone: "bad", ...dots };
  }
  const head = `Quorum: ${reachable} of ${managers} managers, ${needed} needed.`;
  if (managers === 1) return { sentence: "Quorum: 1 of 1 manager. It may not fail.", tone: "warn", ...dots };
  if (spare <= 0) return { sentence: `${head} No other may fail.`, tone: "warn", ...dots };
  return { sentence: `${head} ${capital(inWords(spare))} more may fail.`, tone: "ok", ...dots };
}

/** @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {string[]} names @returns {string} a, b and c */
export function listed(names) {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
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
  const hears = heard > 0 ? `it hears ${inWords(heard)} of ${inWords(members)} managers` : "it has no leader";
  return `${name} cannot change anything: ${hears}, and needs ${inWords(needed)}.`;
}

/** @param {TaskEntity} task @param {string} service its name */
export function taskSentence(task, service) {
  const where = task.node ? ` on ${task.node}` : ", no node yet";
  const given = task.desired === "shutdown" && task.state === "running";
  const state = given ? "given up by the swarm, still running there" : task.state;
  const why = task.error ? `: ${task.error}` : "";
  return `${service ? task.name : task.id} is ${state}${where}${why}.`;
}

/** @param {LinkEntity} link */
export function linkSentence(link) {
  const parts = [];
  if (link.cut) parts.push("cut");
  if (link.extra_ms > 0) parts.push(`${link.extra_ms} ms slower`);
  if (link.loss > 0) parts.push(`loses ${Math.round(link.loss * 100)} % of its packets`);
  return `The link between ${link.a} and ${link.b} is ${listed(parts)}.`;
}

/** @param {NodeEntity} node */
export function machineWords(node) {
  return `${node.ip || "no address yet"}, ${counted(node.cpus, "CPU")}, ${Math.round(node.memory / 2 ** 30)} GB`;
}
