/** What the outline says: the diagram in words, and what can be done with each line. Pure. */

/** @import { LinkEntity, NodeEntity, TaskEntity, View } from "../types" */

import { drawnLinks, nodeFigure, partitionSentence } from "../diagram/figures.js";
import { linkWords } from "../diagram/link_words.js";
import { networkFigures } from "../diagram/network_figures.js";
import { hasEnded, isShown, sentenceOf } from "../diagram/task_figures.js";
import { heard, t } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { duration, linkSentence, quorumWords } from "../words.js";

const IMAGE_FAULTS = new Set(["unhealthy", "crash", "slow_start", "virtualization"]);

/** @typedef {{ kind: "node" | "task" | "service" | "network" | "port" | "link" | "heal" | "mend" | "undo", key: string }} Deed */
/** @typedef {{ key: string, text: string, deed?: Deed }} Line */
/** @typedef {{ key: string, title: string, deed?: Deed, lines: Line[] }} Section */

/** @param {View} view @returns {Section[]} */
export function outlineOf(view) {
  const names = Object.keys(view.nodes).sort(inNaturalOrder);
  /** @type {Map<string, TaskEntity[]>} */
  const tasks = new Map();
  for (const task of Object.values(view.tasks)) {
    if (!isShown(task, view.now, hasEnded(task))) continue;
    tasks.set(task.node, [...(tasks.get(task.node) ?? []), task]);
  }
  const waiting = tasks.get("") ?? [];
  const taskLine = (/** @type {TaskEntity} */ task) =>
    /** @type {Line} */ ({
      key: task.id,
      text: sentenceOf(task, view.services[task.service]?.name ?? "", view.nodes[task.node]),
      deed: { kind: "task", key: task.id },
    });
  const networks = networkFigures(view);
  return [
    { key: "quorum", title: quorumWords(view.quorum).sentence, lines: [] },
    faults(view),
    ...names.map((name) => {
      const own = (tasks.get(name) ?? []).sort((a, b) => inNaturalOrder(a.name, b.name));
      const figure = nodeFigure(view, name, own);
      const node = /** @type {NodeEntity} */ (view.nodes[name]);
      const about = { key: "", text: `${figure.sentence} ${node.ip}` };
      return /** @type {Section} */ ({
        key: `node ${name}`,
        title: `${name}: ${figure.status}`,
        deed: { kind: "node", key: name },
        lines: [about, ...own.map(taskLine)],
      });
    }),
    ...(waiting.length > 0 ? [{ key: "waiting", title: t("Tasks without a node"), lines: waiting.map(taskLine) }] : []),
    links(view),
    services(view),
    ...(networks.length > 0
      ? [
          {
            key: "networks",
            title: t("Networks"),
            lines: networks.flatMap((figure) => [
              /** @type {Line} */ ({
                key: figure.id,
                text: `${figure.name}: ${figure.sentence}`,
                deed: { kind: "network", key: figure.id },
              }),
              ...figure.ports.map(
                (port) =>
                  /** @type {Line} */ ({
                    key: `port ${port.published}`,
                    text: port.sentence,
                    deed: { kind: "port", key: String(port.published) },
                  }),
              ),
            ]),
          },
        ]
      : []),
  ];
}

/** A link that is only cut is mended at once; for one that is slow or lossy its inspector asks what of it shall go. @param {LinkEntity} link @returns {Deed} */
function linkDeed({ a, b, cut, extra_ms, loss }) {
  return { kind: cut && extra_ms === 0 && loss === 0 ? "mend" : "link", key: `${a}|${b}` };
}

/** @param {View} view @returns {Section} */
function faults(view) {
  const { partition } = view;
  const links = Object.values(view.links).filter((link) => link.cut || link.extra_ms > 0 || link.loss > 0);
  /** @type {Line[]} */
  const lines = links.map((link) => ({
    key: `${link.a}|${link.b}`,
    text: linkSentence(link),
    ...(link.cut && partition && !link.extra_ms && !link.loss ? {} : { deed: linkDeed(link) }),
  }));
  for (const { id, kind, text } of Object.values(view.faults)) {
    if (!IMAGE_FAULTS.has(kind)) continue;
    lines.push({ key: id, text: `${heard(text)}. ${t("Undo")}.`, deed: { kind: "undo", key: id } });
  }
  if (partition) {
    const since = t("For {duration}.", { duration: duration(view.now - partition.since) });
    const text = `${partitionSentence(partition)} ${since} ${t("Heal the network.")}`;
    lines.unshift({ key: "partition", text, deed: { kind: "heal", key: "" } });
  }
  return { key: "faults", title: lines.length > 0 ? t("Faults") : t("No faults."), lines };
}

/** @param {View} view @returns {Section} */
function links(view) {
  const drawn = [...drawnLinks(view)].sort(([, p], [, q]) => inNaturalOrder(p.a, q.a) || inNaturalOrder(p.b, q.b));
  return {
    key: "links",
    title: drawn.length > 0 ? t("Links") : t("No links."),
    lines: drawn.map(([key, { a, b }]) => ({
      key,
      text: linkWords(view, a, b),
      deed: { kind: "link", key: `${a}|${b}` },
    })),
  };
}

/** @param {View} view @returns {Section} */
function services(view) {
  const all = Object.values(view.services);
  return {
    key: "services",
    title: all.length > 0 ? t("Services") : t("No services."),
    lines: all.map((service) => ({
      key: service.id,
      text: t("{service}: {wanted} wanted, {running} running, image {image}{ports}", {
        service: service.name,
        wanted: service.wanted,
        running: service.running,
        image: service.image.replace(/@sha256:.*/, ""),
        ports: service.ports.map((port) => t(", port {port}", { port: port.published })).join(""),
      }),
      deed: { kind: "service", key: service.id },
    })),
  };
}
