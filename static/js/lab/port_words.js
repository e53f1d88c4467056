/** Why a port answers, or does not: the reason that the network gives, and what of the cluster explains it. Pure. */

/** @import { TaskEntity, View } from "../types" */

import { isCut } from "../diagram/figures.js";
import { t } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { listed } from "../words.js";

/**
 * Who answered: the container's name is the task's, with the task's id behind it.
 * @param {View} view
 * @param {string} [servedBy] `web.3.1xk2m...`, empty when the page cannot know
 * @returns {{ name: string, task: TaskEntity | undefined }}
 */
export function answerer(view, servedBy) {
  if (!servedBy) return { name: t("someone unknown"), task: undefined };
  const id = servedBy.split(".").at(-1) ?? "";
  const task = view.tasks[id];
  return { name: task?.name ?? servedBy.split(".").slice(0, 2).join("."), task };
}

/**
 * What did not work, and why, as far as the view tells.
 * @param {View} view
 * @param {{ node: string, port: number, reason: string }} asked
 * @returns {string}
 */
export function failureWords(view, { node, port, reason }) {
  const why = explanation(view, node, port);
  return why ? `${whatFailed(reason, node, port)} ${why}` : whatFailed(reason, node, port);
}

/** @param {string} reason @param {string} node @param {number} port */
function whatFailed(reason, node, port) {
  const values = { node, port };
  if (reason === "refused") return t("{node} refused the connection: nobody listens on port {port} there.", values);
  if (reason === "timeout") return t("No answer came from {node} in time.", values);
  if (reason === "reset") return t("The connection broke off: what listens there does not speak HTTP.", values);
  if (reason === "no-route") return t("There is no way to {node}.", values);
  if (reason === "unknown-host") return t("No machine has the name {node}.", values);
  return t("It failed: {failed}.", { failed: reason });
}

/** @param {View} view @param {string} name of the node that was asked @param {number} port @returns {string} */
function explanation(view, name, port) {
  const node = view.nodes[name];
  if (!node) return "";
  if (node.power !== "on") return t("{node} is switched off. Start it from its menu.", { node: name });
  if (isCut(view, "host", name)) return t("The network between the host and {node} is cut.", { node: name });
  const service = Object.values(view.services).find((each) => each.ports.some((one) => one.published === port));
  if (!service) return t("No service publishes port {port}.", { port });
  if (node.swarm !== "active")
    return t("{node} does not take part in the swarm, so the routing mesh does not reach it.", { node: name });
  const running = Object.values(view.tasks).filter((task) => task.service === service.id && task.state === "running");
  if (running.length === 0) return t("{service} has no running task that could answer.", { service: service.name });
  const mode = service.ports.find((one) => one.published === port)?.mode;
  const nodes = [...new Set(running.map((task) => task.node))].sort(inNaturalOrder);
  if (mode === "host" && !nodes.includes(name)) {
    return t("{service} publishes port {port} in host mode, only where its tasks run: on {nodes}.", {
      service: service.name,
      port,
      nodes: listed(nodes),
    });
  }
  const beyond = nodes.filter((other) => other !== name && !reaches(view, name, other));
  if (beyond.length === 0) return "";
  const values = { nodes: listed(beyond), node: name };
  return t("The mesh chose one of its tasks on {nodes}, which {node} cannot reach.", values);
}

/** @param {View} view @param {string} a @param {string} b */
function reaches(view, a, b) {
  return view.nodes[b]?.power === "on" && !isCut(view, a, b);
}
