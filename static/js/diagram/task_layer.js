/** The squares of all tasks: made, moved, seen coming and going. One element a task, or a crowd where there are hundreds. */

/** @import { Box, Density, Point, TaskEntity, TaskFigure } from "../types" */
/** @import { NodeView } from "./node_view.js" */
/** @import { Roster } from "./roster.js" */

import { s, set, write } from "../dom.js";
import { t } from "../language.js";
import { packed } from "./layout.js";
import { MEASURES } from "./measures.js";
import { UNPLACED } from "./roster.js";
import { isRolling, taskFigures } from "./task_figures.js";
import { spanOf, TaskView } from "./task_view.js";

const ANIMATED_A_FRAME = 16;

export class TaskLayer {
  /** Shown on a node, "" for those without one. @type {Map<string, TaskFigure[]>} */
  #shown = new Map();
  /** By task or group, with its node in front. @type {Map<string, TaskView>} */
  #views = new Map();
  #animated = 0;
  /** Tasks without a node. */
  waiting = s(
    "g",
    { class: "waiting" },
    s("rect", { class: "tray", rx: 10 }),
    s("text", { class: "tray-name" }),
    s("g", { class: "tasks" }),
  );

  /**
   * @param {Roster} roster
   * @param {Map<string, NodeView>} nodes
   * @param {() => Box | undefined} tray where tasks wait for a node
   */
  constructor(roster, nodes, tray) {
    this.roster = roster;
    this.nodes = nodes;
    this.tray = tray;
  }

  /** A new frame. @param {boolean} moving whether some comings and goings may be seen in it */
  begin(moving) {
    this.#animated = moving ? 0 : ANIMATED_A_FRAME;
  }

  /** Take in what is to be seen on a node. @param {string} name @returns {TaskEntity[]} */
  settle(name) {
    const { view } = this.roster.store;
    const tasks = this.roster.shownOn(name);
    this.#shown.set(
      name,
      taskFigures(
        tasks,
        (id) => {
          const service = view.services[id];
          const { name = "", outdated = [] } = service ?? {};
          return { name, order: this.roster.orderOf(id), rolling: isRolling(service), outdated };
        },
        view.nodes[name],
      ),
    );
    return tasks;
  }

  /** @param {string} name of a node that is gone */
  forget(name) {
    this.#shown.delete(name);
  }

  /** @param {string} name @returns {TaskFigure[]} */
  figures(name) {
    return this.#shown.get(name) ?? [];
  }

  /** @param {string} name @returns {number} how many tasks are shown there */
  count(name) {
    return this.figures(name).reduce((sum, figure) => sum + figure.count, 0);
  }

  /** @param {string} name @param {Density} density @param {number} width of the card @returns {number} rows of squares */
  rows(name, density, width) {
    const spans = this.figures(name).map((figure) => spanOf(figure, density));
    return packed(spans, density, width).rows;
  }

  /** @param {string} name of the node @param {Density} density @param {number} width of the card */
  draw(name, density, width) {
    const node = this.nodes.get(name);
    const layer = node?.tasks ?? /** @type {SVGGElement} */ (this.waiting.lastElementChild);
    const figures = node || name === UNPLACED ? this.figures(name) : [];
    const spans = figures.map((figure) => spanOf(figure, density));
    const { points } = packed(spans, density, name === UNPLACED ? 10_000 : width);
    const kept = new Set();
    /** @type {{ figure: TaskFigure, point: Point }[]} */
    const crowd = [];
    figures.forEach((figure, index) => {
      const point = /** @type {Point} */ (points[index]);
      if (node && density === "dense" && figure.count === 1) {
        crowd.push({ figure, point });
        return;
      }
      const key = `${name}/${figure.key}`;
      kept.add(key);
      const known = this.#views.get(key);
      const task = known ?? new TaskView();
      task.show(figure, this.roster.hueOf(figure.service), density);
      task.place(name === UNPLACED ? { x: point.x, y: 0 } : point);
      if (known) return;
      const offset = this.#cameFrom(figure, name, task.point);
      this.#views.set(key, task);
      layer.append(task.element);
      if (this.#mayAnimate()) task.arrive(offset);
    });
    node?.crowd.show(crowd, (service) => this.roster.hueOf(service));
    for (const element of [...layer.children]) {
      const key = `${name}/${element.getAttribute("data-task")}`;
      if (kept.has(key) || !this.#views.has(key)) continue;
      if (this.#mayAnimate()) this.#views.get(key)?.leave();
      else element.remove();
      this.#views.delete(key);
    }
    const last = points.at(-1);
    const { pad, head, pitch } = MEASURES[density];
    const right = last ? last.x + pitch * (spans.at(-1) ?? 1) : pad;
    node?.fit({ x: right, y: last?.y ?? head });
    if (name === UNPLACED) this.#drawTray(figures.length, density, right);
  }

  /** Only the tasks of these services, or all. @param {string[] | null} services */
  light(services) {
    for (const layer of [
      ...[...this.nodes.values()].flatMap((node) => [node.tasks, node.crowd.element]),
      this.waiting,
    ]) {
      for (const element of layer.querySelectorAll("[data-service]")) {
        const lit = !services || services.includes(element.getAttribute("data-service") ?? "");
        element.toggleAttribute("data-dim", !lit);
      }
    }
  }

  /** Where very much happens in one frame, the first of it is seen coming and going, the rest is just there. */
  #mayAnimate() {
    this.#animated += 1;
    return this.#animated <= ANIMATED_A_FRAME;
  }

  /**
   * From where a new task is seen to come: the last place of its slot, if that was on another card.
   * @param {TaskFigure} figure
   * @param {string} name of its node
   * @param {Point} point
   * @returns {Point | null} relative to its own place
   */
  #cameFrom(figure, name, point) {
    const task = this.roster.store.view.tasks[figure.key];
    const here = this.nodes.get(name)?.box ?? this.tray();
    if (!task || !here) return null;
    for (const { id, node } of this.roster.ofSlot(task)) {
      for (const other of [node, UNPLACED]) {
        if (other === undefined || other === name) continue;
        const there = other === UNPLACED ? this.tray() : this.nodes.get(other)?.box;
        const was = this.#views.get(`${other}/${id}`);
        if (there && was)
          return { x: there.x + was.point.x - here.x - point.x, y: there.y + was.point.y - here.y - point.y };
      }
    }
    return null;
  }

  /** @param {number} count @param {Density} density @param {number} used width of the squares */
  #drawTray(count, density, used) {
    const box = this.tray();
    if (!box) return;
    // At the right end of the row below the cards: the networks stand on the left.
    const width = Math.min(box.width, 132 + used);
    set(this.waiting, {
      "data-empty": count === 0,
      transform: `translate(${box.x + box.width - width} ${box.y})`,
    });
    const [tray, label, tasks] = [...this.waiting.children];
    set(/** @type {Element} */ (tray), { width, height: box.height });
    set(/** @type {Element} */ (label), { x: 14, y: 22 });
    write(/** @type {Element} */ (label), count === 1 ? t("waits for a node") : t("wait for a node"));
    set(/** @type {Element} */ (tasks), { transform: `translate(120 ${density === "dense" ? 12 : 6})` });
  }
}
