/** How each thing of a view is drawn: forms, signs and words. Pure; knows no DOM and no places. */

/** @import { LinkEntity, NodeEntity, NodeFigure, Partition, TaskEntity, TaskFigure, View } from "../types" */

import { heard, t, tn } from "../language.js";
import { listed, machineWords, withoutQuorum } from "../words.js";
import { taskNote } from "./task_figures.js";

/**
 * @param {View} view
 * @param {string} name
 * @param {TaskEntity[]} tasks shown on it
 * @returns {NodeFigure}
 */
export function nodeFigure(view, name, tasks) {
  const node = /** @type {NodeEntity} */ (view.nodes[name]);
  const expected = name.startsWith("manager") ? "manager" : "worker";
  /** @type {NodeFigure} */
  const figure = {
    name,
    row: node.role || expected,
    form: "plain",
    tone: "plain",
    sign: "",
    extra: "",
    status: t("not in a swarm"),
    note: taskNote(tasks, node),
    votes: 0,
    sentence: t("{name} ({node}) runs a Docker Engine of its own; it is not in a swarm.", {
      name,
      node: machineWords(node),
    }),
  };
  if (node.power !== "on" || !node.engine) return machineFigure(node, figure);
  if (node.swarm === "locked") {
    return but(
      figure,
      "locked",
      "warn",
      "padlock",
      t("locked"),
      t("{name} is locked: it waits for the unlock key before it joins the others again.", { name }),
    );
  }
  if (node.swarm === "error") {
    return but(
      figure,
      "error",
      "bad",
      "cross",
      t("cannot take part"),
      t("{name} cannot take part in the swarm: {error}.", {
        name,
        error: node.error || t("its engine gives no reason"),
      }),
    );
  }
  if (node.swarm === "pending") {
    return but(
      figure,
      "pending",
      "calm",
      "dots",
      t("joining"),
      t("{name} is on its way into the swarm: it waits for the managers.", { name }),
    );
  }
  if (node.swarm === "inactive") {
    if (node.containers > 0) figure.note = tn("{count} container", "{count} containers", node.containers);
    if (node.id && node.state)
      figure.sentence = t("{name} left the swarm; its entry stays, as {state}, until someone removes it.", {
        name,
        state: node.state,
      });
    return figure;
  }
  figure.form = node.role === "manager" ? "manager" : "worker";
  if (node.availability === "drain") figure.extra = "tray";
  if (node.availability === "pause") figure.extra = "bars";
  if (node.role === "manager") managerFigure(view, node, figure, tasks);
  else workerFigure(node, figure);
  if (figure.extra === "tray") {
    figure.status += ` · ${t("drained")}`;
    figure.sentence += ` ${t("It is drained: it gets no tasks, and those it had moved away.")}`;
  }
  if (figure.extra === "bars") {
    figure.status += ` · ${t("paused")}`;
    figure.sentence += ` ${t("It is paused: it keeps its tasks and gets no new ones.")}`;
  }
  return figure;
}

/**
 * @param {NodeFigure} figure
 * @param {string} form
 * @param {NodeFigure["tone"]} tone
 * @param {string} sign
 * @param {string} status
 * @param {string} sentence
 */
function but(figure, form, tone, sign, status, sentence) {
  return Object.assign(figure, { form, tone, sign, status, sentence });
}

/** @param {NodeEntity} node @param {NodeFigure} figure */
function machineFigure(node, figure) {
  const { name } = node;
  if (node.power === "booting")
    return but(
      figure,
      "launching",
      "calm",
      "dots",
      t("starting up"),
      node.message
        ? t("{name} is starting up: {phase}.", { name, phase: node.message })
        : t("{name} is starting up.", { name }),
    );
  if (node.power === "stopping")
    return but(figure, "off", "grey", "power", t("shutting down"), t("{name} is shutting down.", { name }));
  if (node.power === "off") {
    const listedAs = node.id && node.state === "ready" ? ` ${t("The swarm has not noticed yet.")}` : "";
    return but(
      figure,
      "off",
      "grey",
      "power",
      node.error ? t("not there") : t("stopped"),
      heard(node.error) ||
        t("{name} is stopped.{listedAs} Start it from its menu, or with multipass start {name}.", { name, listedAs }),
    );
  }
  if (node.power === "paused")
    return but(
      figure,
      "off",
      "grey",
      "power",
      t("frozen"),
      t("{name} is frozen: everything on it stands still. Start lets it go on.", { name }),
    );
  return but(
    figure,
    "off",
    "grey",
    "dots",
    t("engine does not answer"),
    t("{name} runs, its Docker Engine does not answer.", { name }),
  );
}

/**
 * @param {View} view
 * @param {NodeEntity} node
 * @param {NodeFigure} figure
 * @param {TaskEntity[]} tasks
 */
function managerFigure(view, node, figure, tasks) {
  const { name } = node;
  const raft = view.raft[name];
  if (!raft) {
    const lost = node.reachability === "unreachable" || node.state === "down";
    if (lost)
      return but(
        figure,
        "lost",
        "bad",
        "question",
        t("unreachable"),
        t("The other managers cannot reach {name}.", { name }),
      );
    if (node.leader)
      return but(
        figure,
        "leader",
        "accent",
        "crown",
        t("leader"),
        t("{name} leads: every change of the swarm goes through it.", { name }),
      );
    return but(figure, "manager", "calm", "ring", t("manager"), t("{name} is a manager.", { name }));
  }
  const term = t("term {term}", { term: raft.term });
  if (!raft.quorum && raft.role !== "candidate") {
    const heard = hears(view, name, raft.members);
    but(figure, "lost", "bad", "question", t("no quorum · {term}", { term }), withoutQuorum(name, raft, heard));
    if (tasks.some((task) => task.state === "running")) {
      figure.note = figure.note || t("still serving");
      figure.sentence += ` ${t("Its tasks still serve.")}`;
    }
    return figure;
  }
  if (raft.role === "candidate") {
    figure.votes = raft.members.length ? raft.votes.length / raft.members.length : 0;
    const votes = tn("{count} vote of {all}", "{count} votes of {all}", raft.votes.length, {
      all: raft.members.length,
    });
    return but(
      figure,
      "manager",
      "warn",
      "votes",
      t("candidate · {term}", { term }),
      t("{name} asks to be leader in {term}: it has {votes}.", { name, term, votes }),
    );
  }
  if (raft.role === "leader") {
    return but(
      figure,
      "leader",
      "accent",
      "crown",
      t("leader · {term}", { term }),
      t("{name} leads in {term}: every change of the swarm goes through it.", { name, term }),
    );
  }
  if (isLed(view) && (node.reachability === "unreachable" || node.state === "down")) {
    return but(
      figure,
      "lost",
      "bad",
      "question",
      t("unreachable · {term}", { term }),
      t("The leader cannot reach {name}.", { name }),
    );
  }
  const { leader } = raft;
  const whom = !leader
    ? t("It knows no leader.")
    : reaches(view, name, leader)
      ? t("It follows {leader}.", { leader })
      : t("It still follows {leader}, and does not hear it any more.", { leader });
  return but(
    figure,
    "manager",
    "calm",
    "ring",
    t("follower · {term}", { term }),
    `${t("{name} is a manager.", { name })} ${whom}`,
  );
}

/** @param {NodeEntity} node @param {NodeFigure} figure */
function workerFigure(node, figure) {
  const { name } = node;
  const why = node.message ? ` (${node.message})` : "";
  if (node.state === "down") {
    return but(
      figure,
      "down",
      "grey",
      "cross",
      "down",
      t("The swarm counts {name} as down{why}: its tasks were given to others.", { name, why }),
    );
  }
  if (node.state === "unknown" || node.state === "disconnected") {
    return but(
      figure,
      "lost",
      "bad",
      "question",
      node.state,
      t("The swarm has not heard from {name} since its leader changed{why}.", { name, why }),
    );
  }
  return but(
    figure,
    "worker",
    "calm",
    "",
    node.state || "ready",
    t("{name} is a worker: it runs the tasks that managers give it.", { name }),
  );
}

/**
 * How many of the members a manager can hear, itself included, judged by cuts and power.
 * @param {View} view
 * @param {string} name
 * @param {string[]} members
 */
function hears(view, name, members) {
  return members.filter((other) => reaches(view, name, other)).length;
}

/** @param {View} view @param {string} name @param {string} other manager @returns {boolean} */
function reaches(view, name, other) {
  if (other === name) return true;
  const node = view.nodes[other];
  return Boolean(node?.power === "on" && node.engine && node.swarm === "active" && !isCut(view, name, other));
}

/**
 * Whether a majority has a leader. Who leads without one says of the others only what it last heard.
 * @param {Pick<View, "quorum">} view
 */
export function isLed({ quorum }) {
  return quorum?.has ?? true;
}

/** @param {string} a @param {string} b @returns {string} the key of their link: names in order */
export function linkKey(a, b) {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

/** @param {string} key of a link @returns {[string, string]} its ends */
export function endsOf(key) {
  return /** @type {[string, string]} */ (key.split("|"));
}

/** @param {Partition | null} partition @param {string} a @param {string} b */
function isSplit(partition, a, b) {
  if (!partition) return false;
  const side = (/** @type {string} */ name) => partition.groups.findIndex((group) => group.includes(name));
  const [of_a, of_b] = [side(a), side(b)];
  return of_a >= 0 && of_b >= 0 && of_a !== of_b;
}

/** @param {Pick<View, "partition" | "links">} view @param {string} a @param {string} b */
export function isCut(view, a, b) {
  return Boolean(linkOf(view, a, b)?.cut) || isSplit(view.partition, a, b);
}

/**
 * @param {Pick<View, "links">} view
 * @param {string} a
 * @param {string} b
 * @returns {LinkEntity | undefined}
 */
export function linkOf(view, a, b) {
  return view.links[`${a}|${b}`] ?? view.links[`${b}|${a}`];
}

/** @param {NodeEntity | undefined} node */
function takesPart(node) {
  return Boolean(
    node && node.power === "on" && node.engine && node.role && ["active", "pending", "locked"].includes(node.swarm),
  );
}

const LINKS_DRAWN = 60;
/** Before how much slower a link is. */
export const CLOCK = "◷";

/**
 * Which links are drawn: between managers; from each worker to every manager, or past a limit to the leader only; and any
 * link that something was done to.
 * @param {View} view
 * @returns {Map<string, { a: string, b: string, between: "managers" | "worker" | "other" }>}
 */
export function drawnLinks(view) {
  /** @type {ReturnType<typeof drawnLinks>} */
  const links = new Map();
  const nodes = Object.values(view.nodes).filter(takesPart);
  const managers = nodes.filter((node) => node.role === "manager").map((node) => node.name);
  const workers = nodes.filter((node) => node.role === "worker").map((node) => node.name);
  managers.forEach((a, index) => {
    for (const b of managers.slice(index + 1)) links.set(linkKey(a, b), { a, b, between: "managers" });
  });
  const few = managers.length * workers.length <= LINKS_DRAWN / 4;
  const leader = view.quorum?.leader ?? "";
  const heads = few ? managers : managers.includes(leader) ? [leader] : managers.slice(0, 1);
  for (const b of workers) for (const a of heads) links.set(linkKey(a, b), { a, b, between: "worker" });
  for (const link of Object.values(view.links)) {
    const touched = (link.cut && !isSplit(view.partition, link.a, link.b)) || link.extra_ms > 0 || link.loss > 0;
    if (!touched || !view.nodes[link.a] || !view.nodes[link.b]) continue;
    const key = linkKey(link.a, link.b);
    if (!links.has(key)) links.set(key, { a: link.a, b: link.b, between: "other" });
  }
  return links;
}

/** @param {View} view @param {string} a @param {string} b @returns {{ form: string, words: string[] }} */
export function linkFigure(view, a, b) {
  if (isCut(view, a, b)) return { form: "cut", words: [] };
  const { loss = 0, extra_ms = 0 } = linkOf(view, a, b) ?? {};
  const lost = loss > 0 ? [t("{share} % lost", { share: Math.round(loss * 100) })] : [];
  const slow = extra_ms > 0 ? [`${CLOCK} +${extra_ms} ms`] : [];
  return { form: loss > 0 ? "lossy" : extra_ms > 0 ? "slow" : "whole", words: [...lost, ...slow] };
}

/** @param {Partition} partition @returns {string} */
export function partitionSentence(partition) {
  return t("The network is cut between {join}.", { join: partition.groups.map(listed).join(" | ") });
}
