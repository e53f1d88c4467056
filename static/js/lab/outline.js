/** The diagram in words: a live, nested list of nodes, tasks, services and faults, with the same things to do. */

/** @import { NodeEntity, TaskEntity } from "../types" */
/** @import { Store } from "../store.js" */

import { nodeFigure, partitionSentence } from "../diagram/figures.js";
import { inNaturalOrder } from "../diagram/layout.js";
import { hasEnded, isShown } from "../diagram/task_figures.js";
import { find, h, keyed, write } from "../dom.js";
import { t } from "../language.js";
import { duration, linkSentence, quorumWords, taskSentence } from "../words.js";

const REDRAWN_EVERY_MS = 400;

/**
 * @param {HTMLElement} panel
 * @param {Store} store
 * @param {(name: string) => void} onNode shows what can be done with it
 * @param {() => void} onOpen
 * @returns {{ close: () => void }}
 */
export function outlinePanel(panel, store, onNode, onOpen) {
  const list = find(".outline", panel);
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();
  /** @type {Map<string, Map<string, HTMLElement>>} */
  const nested = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const section = (/** @type {string} */ key) => {
    const title = h("span", { class: "outline-text" });
    const item = h("li", {}, title, h("ul"));
    if (key.startsWith("node ")) {
      const name = key.slice(5);
      title.replaceWith(
        h("button", { type: "button", class: "link outline-text", "aria-haspopup": "menu", click: () => onNode(name) }),
      );
    }
    return item;
  };
  const write_lines = (
    /** @type {string} */ key,
    /** @type {string} */ title,
    /** @type {[string, string][]} */ lines,
  ) => {
    const item = items.get(key);
    if (!item) return;
    write(find(".outline-text", item), title);
    const children = nested.get(key) ?? new Map();
    nested.set(key, children);
    const byKey = new Map(lines);
    keyed(find("ul", item), children, byKey.keys(), () => h("li"));
    for (const [child, text] of byKey) write(/** @type {HTMLElement} */ (children.get(child)), text);
  };

  const draw = () => {
    timer = undefined;
    if (panel.hidden) return;
    const { view } = store;
    const names = Object.keys(view.nodes).sort(inNaturalOrder);
    /** @type {Map<string, TaskEntity[]>} */
    const tasks = new Map();
    for (const task of Object.values(view.tasks)) {
      if (!isShown(task, view.now, hasEnded(task))) continue;
      tasks.set(task.node, [...(tasks.get(task.node) ?? []), task]);
    }
    const waiting = tasks.get("") ?? [];
    const faulty = Object.values(view.links).filter((link) => link.cut || link.extra_ms > 0 || link.loss > 0);
    const keys = [
      "quorum",
      "faults",
      ...names.map((name) => `node ${name}`),
      ...(waiting.length > 0 ? ["waiting"] : []),
      "services",
    ];
    keyed(list, items, keys, section);
    const line = (/** @type {TaskEntity} */ task) =>
      /** @type {[string, string]} */ ([task.id, taskSentence(task, view.services[task.service]?.name ?? "")]);
    write_lines("quorum", quorumWords(view.quorum).sentence, []);
    write_lines("faults", view.partition || faulty.length > 0 ? t("Faults") : t("No faults."), [
      ...(view.partition
        ? [
            /** @type {[string, string]} */ ([
              "partition",
              `${partitionSentence(view.partition)} ${t("For {duration}.", { duration: duration(view.now - view.partition.since) })}`,
            ]),
          ]
        : []),
      ...faulty.map((link) => /** @type {[string, string]} */ ([`${link.a}|${link.b}`, linkSentence(link)])),
    ]);
    for (const name of names) {
      const own = (tasks.get(name) ?? []).sort((a, b) => inNaturalOrder(a.name, b.name));
      const figure = nodeFigure(view, name, own);
      const node = /** @type {NodeEntity} */ (view.nodes[name]);
      write_lines(`node ${name}`, `${name}: ${figure.status}`, [
        ["", `${figure.sentence} ${node.ip}`],
        ...own.map(line),
      ]);
    }
    if (waiting.length > 0) write_lines("waiting", t("Tasks without a node"), waiting.map(line));
    const services = Object.values(view.services);
    write_lines(
      "services",
      services.length > 0 ? t("Services") : t("No services."),
      services.map((service) => [
        service.id,
        t("{service}: {wanted} wanted, {running} running, image {image}{ports}", {
          service: service.name,
          wanted: service.wanted,
          running: service.running,
          image: service.image.replace(/@sha256:.*/, ""),
          ports: service.ports.map((port) => t(", port {port}", { port: port.published })).join(""),
        }),
      ]),
    );
  };
  store.onChange(() => {
    if (timer === undefined) timer = setTimeout(draw, REDRAWN_EVERY_MS);
  });
  const button = find("#outline-open");
  const show = (/** @type {boolean} */ shown) => {
    panel.hidden = !shown;
    button.setAttribute("aria-pressed", String(shown));
    draw();
  };
  button.addEventListener("click", () => {
    show(Boolean(panel.hidden));
    if (panel.hidden) return;
    onOpen();
    find("h2", panel).focus();
  });
  return { close: () => show(false) };
}
