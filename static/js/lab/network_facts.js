/** What the inspector says of a network of the swarm. Pure. */

/** @import { View } from "../types" */
/** @import { Facts } from "./facts.js" */

import { networkFigures } from "../diagram/network_figures.js";
import { hasEnded } from "../diagram/task_figures.js";
import { t, tn } from "../language.js";

/**
 * @param {View} view
 * @param {string} id
 * @param {string} terminal of a manager that can answer
 * @returns {Facts | null}
 */
export function networkFacts(view, id, terminal) {
  const network = view.networks[id];
  const figure = networkFigures(view).find((each) => each.id === id);
  if (!network || !figure) return null;
  const tasks = Object.values(view.tasks).filter((task) => figure.services.includes(task.service) && !hasEnded(task));
  const nodes = new Set(tasks.map((task) => task.node).filter(Boolean));
  return {
    title: network.name,
    sentence: figure.sentence,
    rows: [
      { label: t("Driver"), wanted: network.driver, is: "" },
      { label: t("Subnet"), wanted: network.subnet || t("none yet"), is: "" },
      {
        label: t("Tasks"),
        wanted: "",
        is: `${tn("{count} task", "{count} tasks", tasks.length)} ${tn("on {count} node", "on {count} nodes", nodes.size)}`,
      },
    ],
    parts: figure.services.map((key) => ({
      subject: { kind: "service", key },
      text: view.services[key]?.name ?? key,
    })),
    history: [],
    commands: [{ terminal, command: `docker network inspect ${network.name}` }],
  };
}
