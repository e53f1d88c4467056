/** What pointer, focus and keys do on the diagram: say what is under them, open it, go from node to node. */

/** @import { TaskFigure } from "../types" */
/** @import { Diagram } from "./diagram.js" */
/** @import { LinkView } from "./link_view.js" */

import { heard, t } from "../language.js";
import { partitionSentence } from "./figures.js";
import { centre } from "./geometry.js";
import { linkWords } from "./link_words.js";
import { UNPLACED } from "./roster.js";

/** How much larger one press makes it. */
export const ZOOMED = 1.35;
const PANNED = 60;

/** @param {Diagram} diagram */
export function listenTo(diagram) {
  const { svg, camera, options } = diagram;
  const say = options.onExplain ?? (() => {});
  camera.listen();
  svg.addEventListener("pointerover", (event) => {
    say(sentenceOf(diagram, event.target));
    lightFrom(diagram, event.target);
  });
  svg.addEventListener("pointermove", (event) => {
    if (event.target instanceof Element && event.target.closest(".crowd"))
      say(inCrowd(diagram, event)?.sentence ?? sentenceOf(diagram, event.target));
  });
  svg.addEventListener("focusin", (event) => {
    say(sentenceOf(diagram, event.target));
    lightFrom(diagram, event.target);
  });
  for (const gone of ["pointerleave", "focusout"])
    svg.addEventListener(gone, () => {
      say("");
      diagram.light(null);
    });
  svg.addEventListener("click", (event) => {
    if (svg.dataset.mode === "cut") return;
    if (openInRow(diagram, event.target)) return;
    const name = nodeAt(event.target);
    const task = taskAt(diagram, event);
    if (task) options.onTask?.(task);
    else if (name) options.onNode?.(name);
    else {
      const link = diagram.links.get(linkAt(event.target));
      if (link) options.onLink?.(link.key);
    }
  });
  svg.addEventListener("keydown", (event) => onKey(diagram, event));
}

/** @param {EventTarget | null} target @returns {string | null} */
function nodeAt(target) {
  return target instanceof Element ? (target.closest("[data-node]")?.getAttribute("data-node") ?? null) : null;
}

/** @param {EventTarget | null} target @returns {string} */
function linkAt(target) {
  if (!(target instanceof Element)) return "";
  const over = target.closest("[data-link-of]")?.getAttribute("data-link-of");
  return over ?? target.closest("[data-link]")?.getAttribute("data-link") ?? "";
}

/** @param {Diagram} diagram @param {MouseEvent} event @returns {TaskFigure | undefined} */
function inCrowd(diagram, event) {
  const node = diagram.nodes.get(nodeAt(event.target) ?? "");
  if (!node) return undefined;
  const { x, y } = diagram.camera.pointAt(event);
  return node.crowd.find({ x: x - node.box.x, y: y - node.box.y - node.lower });
}

/** @param {Diagram} diagram @param {MouseEvent} event @returns {string} the task that was clicked, "" for none and for a group */
function taskAt(diagram, event) {
  if (!(event.target instanceof Element)) return "";
  const key = event.target.closest("[data-task]")?.getAttribute("data-task") ?? inCrowd(diagram, event)?.key ?? "";
  return diagram.store.view.tasks[key] ? key : "";
}

/** @param {Diagram} diagram @param {EventTarget | null} target @returns {string} */
function sentenceOf(diagram, target) {
  if (!(target instanceof Element)) return "";
  const { view } = diagram.store;
  const key = target.closest("[data-task]")?.getAttribute("data-task");
  const name = nodeAt(target);
  if (key) {
    const figure = diagram.tasks.figures(name ?? UNPLACED).find((task) => task.key === key);
    if (figure) return figure.sentence;
  }
  if (name) return diagram.explain(name);
  const { network, port } = diagram.networks.at(target);
  if (network || port) return port?.sentence ?? network?.sentence ?? "";
  if (target.closest(".tear") && view.partition) return partitionSentence(view.partition);
  if (target.closest(".waiting")) return t("These tasks are on no node yet. Click one to see why.");
  const link = diagram.links.get(linkAt(target));
  if (!link) return "";
  const managers = [link.a, link.b].every((end) => view.nodes[end]?.role === "manager");
  return [linkWords(view, link.a, link.b), managers ? heard(view.unseen.messages ?? "") : ""].join(" ").trim();
}

/** Arrow keys go to the nearest node in that direction; with Shift they move the picture. @param {Diagram} diagram @param {KeyboardEvent} event */
function onKey(diagram, event) {
  const name = nodeAt(event.target);
  const chosen = event.key === "Enter" || event.key === " ";
  if (!name && chosen && openInRow(diagram, event.target)) event.preventDefault();
  const link = name ? undefined : diagram.links.get(linkAt(event.target));
  if (link) return onLinkKey(diagram, link, event);
  if (!name) return;
  if (chosen) {
    event.preventDefault();
    diagram.options.onNode?.(name);
    return;
  }
  const here = diagram.nodes.get(name);
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const zoom = { "+": ZOOMED, "=": ZOOMED, "-": 1 / ZOOMED, 0: 0 }[event.key];
  if (zoom !== undefined) {
    if (zoom) diagram.camera.zoom(zoom, centre(here.box));
    else diagram.camera.fit();
    event.preventDefault();
    return;
  }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way) return;
  event.preventDefault();
  const [wx = 0, wy = 0] = way;
  if (event.shiftKey) {
    diagram.camera.pan(wx * PANNED, wy * PANNED);
    return;
  }
  const from = centre(here.box);
  let best = { cost: Number.POSITIVE_INFINITY, name: "" };
  for (const [other, { box }] of diagram.nodes) {
    const to = centre(box);
    const ahead = (to.x - from.x) * wx + (to.y - from.y) * wy;
    const aside = Math.abs((to.x - from.x) * wy) + Math.abs((to.y - from.y) * wx);
    const cost = ahead + aside * 2;
    if (other !== name && ahead > 4 && cost < best.cost) best = { cost, name: other };
  }
  if (!best.name) return;
  here.element.setAttribute("tabindex", "-1");
  const there = diagram.elementOf(best.name);
  there?.setAttribute("tabindex", "0");
  there?.focus();
}

/** Arrow keys go from link to link, as they are called. @param {Diagram} diagram @param {LinkView} link @param {KeyboardEvent} event */
function onLinkKey(diagram, link, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" || event.key === " ") diagram.options.onLink?.(link.key);
  else if (step) diagram.links.focusFrom(link, step);
  else return;
  event.preventDefault();
}

/** Of a network or a port that was chosen. @param {Diagram} diagram @param {EventTarget | null} target @returns {boolean} */
function openInRow(diagram, target) {
  if (!(target instanceof Element)) return false;
  const { network, port } = diagram.networks.at(target);
  if (port) diagram.options.onPort?.(port.published);
  else if (network) diagram.options.onNetwork?.(network.id);
  return Boolean(port || network);
}

/** What is on the network that is pointed at stands out. @param {Diagram} diagram @param {EventTarget | null} target */
function lightFrom(diagram, target) {
  const { network, port } = target instanceof Element ? diagram.networks.at(target) : {};
  diagram.light(port ? [port.service] : network && network.services.length > 0 ? network.services : null);
}
