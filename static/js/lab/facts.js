/** What an inspector says of a thing: what is wanted against what is, its history, the command that shows it. Pure. */

/** @import { RaftEntity, TimelineEntry, View } from "../types" */

import { isLed, nodeFigure } from "../diagram/figures.js";
import { hasEnded } from "../diagram/task_figures.js";
import { t, tn } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { duration, machineWords, taskSentence } from "../words.js";
import { linkFacts } from "./link_facts.js";
import { networkFacts } from "./network_facts.js";

/** @typedef {{ kind: "node" | "task" | "service" | "network" | "link", key: string }} Subject */
/** @typedef {{ label: string, wanted: string, is: string, differs?: boolean }} Row */
/**
 * @typedef {object} Facts
 * @property {string} title
 * @property {string} sentence
 * @property {Row[]} rows
 * @property {{ subject: Subject, text: string }[]} parts that can be inspected in turn
 * @property {TimelineEntry[]} history newest first
 * @property {{ terminal: string, command: string }[]} commands that show it
 */

const HISTORY = 12;

/** @param {View} view @param {Subject} subject @returns {Facts | null} null when it is not there any more */
export function factsOf(view, { kind, key }) {
  if (kind === "node") return nodeFacts(view, key);
  if (kind === "task") return taskFacts(view, key);
  if (kind === "service") return serviceFacts(view, key);
  if (kind === "link") return linkFacts(view, key, answering(view));
  return networkFacts(view, key, answering(view));
}

/** @param {View} view @returns {string} a manager that can answer for the swarm, or any */
function answering(view) {
  if (view.quorum?.has && view.quorum.leader) return view.quorum.leader;
  return Object.keys(view.raft).sort(inNaturalOrder)[0] ?? "manager1";
}

/** @param {View} view @param {(entry: TimelineEntry) => boolean} concerns */
function history(view, concerns) {
  return view.timeline.filter(concerns).slice(-HISTORY).reverse();
}

/** @param {string} name @returns {(entry: TimelineEntry) => boolean} */
function names(name) {
  const word = new RegExp(`(^|[^\\w-])${name.replace(/[^\w-]/g, "\\$&")}($|[^\\w-])`);
  return (entry) => entry.node === name || word.test(entry.text);
}

/** @param {string} image */
const short = (image) => image.replace(/@sha256:.*/, "");

/** @param {View} view @param {string} name @returns {Facts | null} */
function nodeFacts(view, name) {
  const node = view.nodes[name];
  if (!node) return null;
  const tasks = Object.values(view.tasks).filter((task) => task.node === name && !hasEnded(task));
  tasks.sort((a, b) => inNaturalOrder(a.name, b.name));
  const figure = nodeFigure(view, name, tasks);
  const raft = view.raft[name];
  const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`);
  /** @type {Row[]} */
  const rows = [
    { label: t("Machine"), wanted: machineWords(node), is: node.power },
    { label: t("Engine"), wanted: "", is: node.engine ? t("answers") : t("does not answer") },
  ];
  if (node.role) {
    const unwell = node.state !== "ready";
    rows.push({
      label: t("State"),
      wanted: "",
      is: node.state + (node.message ? `, ${node.message}` : ""),
      differs: unwell,
    });
    rows.push({
      label: t("Availability"),
      wanted: node.availability,
      is: tn("{count} task", "{count} tasks", tasks.length),
    });
    rows.push({
      label: t("Role"),
      wanted: node.role,
      is: raft ? t("{role}, term {term}", { role: raft.role, term: raft.term }) : node.role,
      differs: Boolean(raft && !raft.quorum),
    });
    if (node.role === "manager" && isLed(view))
      rows.push({
        label: t("For the leader"),
        wanted: "",
        is: node.reachability,
        differs: node.reachability !== "reachable",
      });
  }
  if (labels.length > 0) rows.push({ label: t("Labels"), wanted: labels.join(", "), is: "" });
  const manages = node.swarm === "active" && Boolean(raft);
  return {
    title: name,
    sentence: figure.sentence,
    rows,
    parts: tasks.map((task) => ({
      subject: { kind: "task", key: task.id },
      text: `${task.name}: ${task.state}`,
    })),
    history: history(view, names(name)),
    commands: [
      node.role
        ? {
            terminal: manages && raft?.quorum ? name : answering(view),
            command: `docker node inspect --pretty ${name}`,
          }
        : { terminal: name, command: "docker info" },
    ],
  };
}

/** @param {View} view @param {string} id @returns {Facts | null} */
function taskFacts(view, id) {
  const task = view.tasks[id];
  if (!task) return null;
  const service = view.services[task.service];
  const others = Object.values(view.tasks).filter(
    (other) => other.id !== id && other.service === task.service && other.slot === task.slot && task.slot > 0,
  );
  others.sort((a, b) => b.since - a.since);
  return {
    title: task.name,
    sentence: taskSentence(task, service?.name ?? ""),
    rows: [
      {
        label: t("State"),
        wanted: task.desired,
        is: task.state,
        differs: task.desired !== task.state && !hasEnded(task),
      },
      { label: t("For"), wanted: "", is: duration(view.now - task.since) },
      { label: t("Node"), wanted: "", is: task.node || t("none yet"), differs: !task.node },
      {
        label: t("Image"),
        wanted: short(service?.image ?? ""),
        is: short(task.image),
        differs: Boolean(service) && short(service?.image ?? "") !== short(task.image),
      },
      { label: t("Says"), wanted: "", is: task.error || task.message, differs: Boolean(task.error) },
    ],
    parts: others.map((other) => ({
      subject: { kind: "task", key: other.id },
      text: t("the same slot before: {state}{where}", {
        state: other.state,
        where: other.node ? t(" on {node}", { node: other.node }) : "",
      }),
    })),
    history: history(view, names(task.name)),
    commands: service
      ? [
          {
            terminal: answering(view),
            command: `docker service ps --no-trunc --filter name=${task.name} ${service.name}`,
          },
        ]
      : [],
  };
}

/** @param {View} view @param {string} id @returns {Facts | null} */
function serviceFacts(view, id) {
  const service = view.services[id];
  if (!service) return null;
  const tasks = Object.values(view.tasks).filter((task) => task.service === id && !hasEnded(task));
  tasks.sort((a, b) => inNaturalOrder(a.name, b.name) || a.since - b.since);
  const old = tasks.filter((task) => service.outdated?.includes(task.version ?? 0)).length;
  const ports = service.ports.map((port) => `${port.published}:${port.target}/${port.protocol}, ${port.mode}`);
  return {
    title: service.name,
    sentence: `${tn("{service} wants {count} task;", "{service} wants {count} tasks;", service.wanted, { service: service.name })} ${tn("{count} runs.", "{count} run.", service.running)}`,
    rows: [
      { label: t("Mode"), wanted: service.mode, is: "" },
      {
        label: t("Tasks"),
        wanted: String(service.wanted),
        is: t("{running} running", { running: service.running }),
        differs: service.running !== service.wanted,
      },
      {
        label: t("Image"),
        wanted: short(service.image),
        is: old > 0 ? tn("{count} task of the old version", "{count} tasks of the old version", old) : "",
        differs: old > 0,
      },
      ...(service.networks?.length ? [{ label: t("Networks"), wanted: service.networks.join(", "), is: "" }] : []),
      ...(ports.length > 0 ? [{ label: t("Ports"), wanted: ports.join("; "), is: "" }] : []),
      ...(service.update
        ? [{ label: t("Update"), wanted: "", is: service.update.message || service.update.state }]
        : []),
    ],
    parts: tasks.map((task) => ({
      subject: { kind: "task", key: task.id },
      text: `${task.name}: ${task.state}${task.node ? t(" on {node}", { node: task.node }) : ""}`,
    })),
    history: history(view, names(service.name)),
    commands: [{ terminal: answering(view), command: `docker service inspect --pretty ${service.name}` }],
  };
}

/**
 * One manager's part in Raft.
 * @typedef {object} Member
 * @property {string} name
 * @property {string} role in words, with the term
 * @property {{ name: string, given: boolean }[]} votes of all members; empty where there is no election to count
 * @property {string} votesWords
 * @property {number} last
 * @property {number} commit
 * @property {string} log in words
 * @property {number} most the longest log of all
 */

/** @param {View} view @returns {Member[]} */
export function raftMembers(view) {
  const all = Object.entries(view.raft).sort(([a], [b]) => inNaturalOrder(a, b));
  const most = Math.max(1, ...all.map(([, raft]) => raft.last));
  return all.map(([name, raft]) => {
    const asks = raft.role === "candidate";
    // Who stands was elected by the members of that day: today's are no measure of it.
    const elected = raft.role === "leader" && raft.votes.length > 0;
    return {
      name,
      role: `${t("{role}, term {term}", { role: raft.role, term: raft.term })}${raft.quorum ? "" : t(", no quorum")}`,
      votes: (asks ? raft.members : elected ? [...raft.votes].sort(inNaturalOrder) : []).map((member) => ({
        name: member,
        given: raft.votes.includes(member),
      })),
      votesWords: electionWords(raft),
      last: raft.last,
      commit: raft.commit,
      log: logWords(raft, most),
      most,
    };
  });
}

/** @param {RaftEntity} raft */
function electionWords(raft) {
  const { role, votes, members } = raft;
  if (role === "candidate") {
    const count = tn("{count} vote of {all}", "{count} votes of {all}", votes.length, { all: members.length });
    return `${count}, ${t("{needed} needed", { needed: Math.floor(members.length / 2) + 1 })}`;
  }
  if (role === "leader" && votes.length > 0)
    return tn("elected with {count} vote", "elected with {count} votes", votes.length);
  return votedWords(raft);
}

/** @param {RaftEntity} raft */
function votedWords(raft) {
  const voted = raft.voted ? t("voted for {voted}", { voted: raft.voted }) : t("has not voted in this term");
  return raft.leader
    ? t("{voted}, follows {leader}", { voted, leader: raft.leader })
    : t("{voted}, knows no leader", { voted });
}

/** @param {RaftEntity} raft @param {number} most */
function logWords(raft, most) {
  const open = raft.last - raft.commit;
  const behind = most - raft.last;
  return [
    t("log to {last}, committed to {commit}", { last: raft.last, commit: raft.commit }),
    raft.applied < raft.commit ? t(", applied to {applied}", { applied: raft.applied }) : "",
    open > 0 ? tn("; {count} entry not agreed", "; {count} entries not agreed", open) : "",
    behind > 0 ? tn("; {count} entry behind the longest", "; {count} entries behind the longest", behind) : "",
  ].join("");
}
