/**
 * The diagram: a function of the view, redrawn where a change touched it. One frame at a time, whatever comes in between.
 *
 * Only this folder's views touch the DOM; figures.js says what a thing looks like, layout.js where it stands.
 */

/** @import { Box, Change, Density, NodeFigure, Point, TaskEntity, TaskFigure } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { Arrangement } from "./layout.js" */

import { lessMotion, s, set, write } from "../dom.js";
import { t } from "../language.js";
import { duration, linkSentence, quorumWords } from "../words.js";
import { Camera } from "./camera.js";
import {
  drawnLinks,
  hasEnded,
  isCut,
  isShown,
  linkFigure,
  linkKey,
  linkOf,
  nodeFigure,
  partitionSentence,
  taskFigures,
} from "./figures.js";
import { centre, linkCurve, smoothPath, tears } from "./geometry.js";
import { arrange, formFor, inNaturalOrder, MEASURES, Places, packed } from "./layout.js";
import { LinkView, reversed, Traffic } from "./link_view.js";
import { NodeView } from "./node_view.js";
import { HUES, spanOf, TaskView } from "./task_view.js";

const MOVE_MS = 380;
const ANIMATED_A_FRAME = 16;
const UNPLACED = "";

/**
 * @typedef {object} Options
 * @property {boolean} [still] nothing in it can be reached: a picture, as on the start page
 * @property {number} [pills] on the way at once
 * @property {(name: string) => void} [onNode] someone chose a node
 * @property {(id: string) => void} [onTask] someone chose a task
 * @property {(sentence: string) => void} [onExplain] what the pointer or the focus is on, or ""
 */

export class Diagram {
  /** @type {Map<string, NodeView>} */
  #nodes = new Map();
  /** @type {Map<string, NodeFigure>} */
  #figures = new Map();
  /** @type {Map<string, TaskFigure[]>} shown on a node, "" for those without one */
  #shown = new Map();
  /** @type {Map<string, TaskView>} by task or group, with its node in front */
  #tasks = new Map();
  /** @type {Map<string, Map<string, TaskEntity>>} tasks by node */
  #tasksOn = new Map();
  /** @type {Map<string, string>} node by task, as last drawn */
  #nodeOf = new Map();
  /** @type {Map<string, Set<string>>} tasks by slot */
  #slots = new Map();
  /** @type {Set<string>} tasks that ended and are still shown */
  #ended = new Set();
  /** @type {Map<string, { order: number, hue: number }>} */
  #services = new Map();
  /** @type {Map<string, LinkView>} */
  #links = new Map();
  /** Rows of tasks by node. @type {Map<string, number>} */
  #rows = new Map();
  #places = new Places();
  /** What the nodes' label zone says. @type {Map<string, string>} */
  #zones = new Map();
  /** @type {Arrangement | null} */
  #arrangement = null;
  #size = { width: 0, height: 0 };

  #dirtyNodes = new Set();
  #dirty = { nodes: true, layout: true, links: true };
  #frame = 0;
  #moving = 0;

  #ground = s("g", { class: "ground" });
  #zoneLayer = s("g", { class: "zones" });
  #linkLayer = s("g", { class: "links" });
  #tearLayer = s("g", { class: "tear" });
  #nodeLayer = s("g", { class: "nodes" });
  #waitingLayer = s("g", { class: "waiting" });
  #trafficLayer = s("g", { class: "traffic" });
  /** For what is drawn with the pointer. */
  overlay = s("g", { class: "overlay", "aria-hidden": "true" });
  #cutLabel = s("text", { class: "cut-for" });
  #hostName = s("text", { class: "host-name", x: 30, y: 30 });
  #empty = s("text", { class: "empty", "text-anchor": "middle" });

  /** @param {HTMLElement} host @param {Store} store @param {Options} [options] */
  constructor(host, store, options = {}) {
    this.host = host;
    this.store = store;
    this.options = options;
    /** Over the diagram, a layer of its own to the browser: what moves on it costs no repainting of what stands. */
    this.above = s("svg", { class: "above", "aria-hidden": "true", preserveAspectRatio: "xMidYMid meet" });
    this.svg = s(
      "svg",
      {
        class: "diagram",
        role: options.still ? "img" : "group",
        "aria-label": t("The cluster"),
        preserveAspectRatio: "xMidYMid meet",
      },
      hatching(),
      this.#ground,
      this.#zoneLayer,
      this.#linkLayer,
      this.#tearLayer,
      this.#nodeLayer,
      this.#waitingLayer,
      this.overlay,
    );
    this.above.append(this.#trafficLayer);
    host.append(this.svg, this.above);
    this.#ground.append(s("rect", { class: "host", rx: 16 }), this.#hostName, this.#empty);
    this.#waitingLayer.append(
      s("rect", { class: "tray", rx: 10 }),
      s("text", { class: "tray-name" }),
      s("g", { class: "tasks" }),
    );
    this.camera = new Camera(this.svg, this.above);
    this.traffic = new Traffic(this.#trafficLayer, options.pills ?? 5);
    if (!options.still) this.#listen();
    store.onChange((change) => this.#take(change));
    new ResizeObserver(() => this.#resize()).observe(host);
    this.#resize();
  }

  /** @returns {Map<string, Box>} where the cards stand */
  get cards() {
    return this.#arrangement?.cards ?? new Map();
  }

  /** @param {string} name @returns {string} */
  explain(name) {
    return this.#figures.get(name)?.sentence ?? "";
  }

  /** @param {string} name */
  figure(name) {
    return this.#figures.get(name);
  }

  /** @param {string} service @returns {number} from 1 to HUES; 0 when it is not known */
  hueOf(service) {
    return this.#services.get(service)?.hue ?? 0;
  }

  /** @param {string} name */
  elementOf(name) {
    return this.#nodes.get(name)?.element;
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0 || (width === this.#size.width && height === this.#size.height)) return;
    const first = this.#size.width === 0;
    this.#size = { width, height };
    this.#dirty.layout = true;
    for (const name of Object.keys(this.store.view.nodes)) this.#dirtyNodes.add(name);
    this.#draw(!first);
  }

  /** @param {Change} change */
  #take(change) {
    const { view } = this.store;
    if (change.whole) this.#reset();
    for (const id of change.parts.services) this.#meet(id);
    for (const id of change.parts.tasks) this.#fileTask(id);
    for (const name of change.parts.nodes) this.#dirtyNodes.add(name);
    for (const name of change.parts.raft) this.#dirtyNodes.add(name);
    if (change.parts.nodes.size > 0) this.#dirty.nodes = this.#dirty.links = true;
    if (change.parts.links.size > 0) this.#dirty.links = true;
    if (change.fields.has("partition") || change.parts.links.size > 0) {
      for (const name of Object.keys(view.raft)) this.#dirtyNodes.add(name);
    }
    if (change.fields.has("partition")) this.#dirty.layout = this.#dirty.links = true;
    if (change.fields.has("quorum")) this.#dirty.links = true;
    for (const id of this.#ended) {
      const task = view.tasks[id];
      if (task && isShown(task, view.now, this.#isReplaced(task))) continue;
      this.#ended.delete(id);
      this.#dirtyNodes.add(this.#nodeOf.get(id) ?? UNPLACED);
    }
    for (const message of change.messages) this.#carry(message);
    this.#ask();
  }

  #reset() {
    const { view } = this.store;
    for (const map of [this.#tasksOn, this.#nodeOf, this.#slots]) map.clear();
    this.#ended.clear();
    for (const id of Object.keys(view.services)) this.#meet(id);
    for (const id of Object.keys(view.tasks)) this.#fileTask(id);
    for (const name of new Set([...Object.keys(view.nodes), ...this.#nodes.keys(), UNPLACED]))
      this.#dirtyNodes.add(name);
    this.#dirty = { nodes: true, layout: true, links: true };
  }

  /** A service keeps its colour for as long as the page is open. @param {string} id */
  #meet(id) {
    const order = this.#services.size;
    if (!this.#services.has(id)) this.#services.set(id, { order, hue: (order % HUES) + 1 });
  }

  /** @param {string} id of a task that came, changed or went */
  #fileTask(id) {
    const task = this.store.view.tasks[id];
    const before = this.#nodeOf.get(id);
    if (before !== undefined && before !== task?.node) {
      this.#tasksOn.get(before)?.delete(id);
      this.#dirtyNodes.add(before);
    }
    if (!task) {
      this.#nodeOf.delete(id);
      this.#ended.delete(id);
      return;
    }
    this.#meet(task.service);
    const on = this.#tasksOn.get(task.node) ?? new Map();
    this.#tasksOn.set(task.node, on.set(id, task));
    this.#nodeOf.set(id, task.node);
    const slot = slotOf(task);
    this.#slots.set(slot, (this.#slots.get(slot) ?? new Set()).add(id));
    if (hasEnded(task)) this.#ended.add(id);
    this.#dirtyNodes.add(task.node);
  }

  /** @param {TaskEntity} task */
  #isReplaced(task) {
    for (const id of this.#slots.get(slotOf(task)) ?? []) {
      const other = this.store.view.tasks[id];
      if (!other) this.#slots.get(slotOf(task))?.delete(id);
      else if (id !== task.id && other.since >= task.since && !hasEnded(other)) return true;
    }
    return false;
  }

  #ask() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw(true);
    });
  }

  /** @param {boolean} moving whether cards glide to new places */
  #draw(moving) {
    if (this.#size.width === 0) return;
    this.#animated = 0;
    const { view } = this.store;
    if (this.#dirty.nodes) this.#settleNodes();
    const form = formFor(this.#size, Object.keys(view.nodes).length);
    for (const name of this.#dirtyNodes) {
      const tasks = [...(this.#tasksOn.get(name)?.values() ?? [])].filter((task) =>
        isShown(task, view.now, this.#isReplaced(task)),
      );
      if (name !== UNPLACED && !view.nodes[name]) continue;
      this.#shown.set(
        name,
        taskFigures(tasks, (id) => ({
          name: view.services[id]?.name ?? "",
          order: this.#services.get(id)?.order ?? 0,
        })),
      );
      if (name === UNPLACED) continue;
      const before = this.#figures.get(name);
      const figure = nodeFigure(view, name, tasks);
      this.#figures.set(name, figure);
      const zone = view.nodes[name]?.labels?.zone ?? "";
      if (before?.row !== figure.row || (this.#zones.get(name) ?? "") !== zone) this.#dirty.layout = true;
      if (zone) this.#zones.set(name, zone);
      else this.#zones.delete(name);
    }
    this.#layout(form, moving);
    for (const name of this.#dirtyNodes) {
      const figure = this.#figures.get(name);
      const count = (this.#shown.get(name) ?? []).reduce((sum, task) => sum + task.count, 0);
      if (figure) this.#nodes.get(name)?.show(figure, form.density, count);
      this.#drawTasks(name, form.density, form.width);
    }
    this.#dirtyNodes.clear();
    if (this.#dirty.links) this.#settleLinks();
    this.#dirty = { nodes: false, layout: false, links: false };
    this.#drawWords();
  }

  #settleNodes() {
    const { view } = this.store;
    for (const [name, node] of this.#nodes) {
      if (view.nodes[name]) continue;
      node.element.remove();
      this.#nodes.delete(name);
      this.#figures.delete(name);
      this.#shown.delete(name);
      this.#rows.delete(name);
      this.#zones.delete(name);
      this.#dirty.layout = true;
    }
    const came = Object.keys(view.nodes).filter((name) => !this.#nodes.has(name));
    for (const name of came.sort(inNaturalOrder)) {
      const node = new NodeView(name, !this.options.still);
      this.#nodes.set(name, node);
      this.#nodeLayer.append(node.element);
      this.#dirtyNodes.add(name);
      this.#dirty.layout = true;
    }
    if (!this.options.still && !this.svg.querySelector('[tabindex="0"]')) {
      this.svg.querySelector("[data-node]")?.setAttribute("tabindex", "0");
    }
  }

  /** @param {ReturnType<typeof formFor>} form @param {boolean} moving */
  #layout(form, moving) {
    for (const name of this.#dirtyNodes) {
      const spans = (this.#shown.get(name) ?? []).map((figure) => spanOf(figure, form.density));
      const { rows } = packed(spans, form.density, form.width);
      if (name === UNPLACED || this.#rows.get(name) === rows) continue;
      this.#rows.set(name, rows);
      this.#dirty.layout = true;
    }
    if (!this.#dirty.layout) return;
    const nodes = [...this.#figures.values()].map(({ name, row }) => ({ name, row }));
    nodes.sort((a, b) => inNaturalOrder(a.name, b.name));
    const places = this.#places.settle(nodes);
    const before = this.#arrangement;
    const groups = this.store.view.partition?.groups ?? [];
    const arrangement = arrange({ places, rows: this.#rows, size: this.#size, groups, zones: this.#zones });
    this.#arrangement = arrangement;
    if (before?.density !== arrangement.density || before.tall !== arrangement.tall) {
      for (const name of this.#figures.keys()) this.#dirtyNodes.add(name);
      moving = false;
    }
    set(this.svg, { "data-density": arrangement.density, "data-tall": arrangement.tall });
    // A tall form is scrolled; a picture that cannot be is made to fit.
    const height = arrangement.tall && !this.options.still ? `${arrangement.height}px` : "";
    for (const svg of [this.svg, this.above]) svg.style.height = height;
    write(this.#hostName, arrangement.tall ? "host" : "host, your machine");
    this.camera.resize(arrangement);
    const host = { x: 12, y: 10, width: arrangement.width - 24, height: arrangement.height - 20 };
    set(/** @type {Element} */ (this.#ground.firstElementChild), { ...host });
    this.#zoneLayer.replaceChildren(
      ...arrangement.zones.flatMap(({ name, x, y, width, height }) => [
        s("rect", { class: "zone", x, y, width, height, rx: 12 }),
        // At the bottom: links bow over the managers.
        s("text", { class: "zone-name", x: x + 14, y: y + height - 10 }, name ? `zone ${name}` : ""),
      ]),
    );
    this.#move(arrangement, moving && !lessMotion());
  }

  /** Cards, links and the tear go together to where they now belong. @param {Arrangement} arrangement @param {boolean} gliding */
  #move(arrangement, gliding) {
    cancelAnimationFrame(this.#moving);
    const from = new Map([...this.#nodes].map(([name, node]) => [name, node.box]));
    const started = performance.now();
    this.#drawTear(arrangement);
    const step = (/** @type {number} */ time) => {
      const t = gliding ? Math.min(1, Math.max(0, (time - started) / MOVE_MS)) : 1;
      const eased = 1 - (1 - t) ** 3;
      for (const [name, to] of arrangement.cards) {
        const start = from.get(name);
        const isNew = !start || start.width === 0;
        this.#nodes.get(name)?.place(isNew || t === 1 ? to : mixed(start, to, eased));
      }
      this.#placeLinks();
      if (t < 1) this.#moving = requestAnimationFrame(step);
    };
    step(started);
  }

  /** @param {string} name @param {Density} density @param {number} width */
  #drawTasks(name, density, width) {
    const node = this.#nodes.get(name);
    const layer = node?.tasks ?? /** @type {SVGGElement} */ (this.#waitingLayer.lastElementChild);
    const figures = node || name === UNPLACED ? (this.#shown.get(name) ?? []) : [];
    const spans = figures.map((figure) => spanOf(figure, density));
    const { points } = packed(spans, density, name === UNPLACED ? 10_000 : width);
    const kept = new Set();
    /** @type {{ figure: TaskFigure, point: Point }[]} */
    const crowd = [];
    figures.forEach((figure, index) => {
      if (node && density === "dense" && figure.count === 1) {
        crowd.push({ figure, point: /** @type {Point} */ (points[index]) });
        return;
      }
      const key = `${name}/${figure.key}`;
      kept.add(key);
      const known = this.#tasks.get(key);
      const task = known ?? new TaskView();
      const point = /** @type {Point} */ (points[index]);
      task.show(figure, this.hueOf(figure.service), density);
      task.place(name === UNPLACED ? { x: point.x, y: 0 } : point);
      if (known) return;
      const offset = this.#cameFrom(figure, name, task.point);
      this.#tasks.set(key, task);
      layer.append(task.element);
      if (this.#mayAnimate()) task.arrive(offset);
    });
    node?.crowd.show(crowd, (service) => this.hueOf(service));
    for (const element of [...layer.children]) {
      const key = `${name}/${element.getAttribute("data-task")}`;
      if (kept.has(key) || !this.#tasks.has(key)) continue;
      if (this.#mayAnimate()) this.#tasks.get(key)?.leave();
      else element.remove();
      this.#tasks.delete(key);
    }
    const last = points.at(-1);
    const { pad, head, pitch } = MEASURES[density];
    node?.fit(last ? { x: last.x + pitch * (spans.at(-1) ?? 1), y: last.y } : { x: pad, y: head });
    if (name === UNPLACED) this.#drawWaiting(figures.length, density);
  }

  /** Where very much happens in one frame, the first of it is seen coming and going, the rest is just there. */
  #mayAnimate() {
    this.#animated += 1;
    return this.#animated <= ANIMATED_A_FRAME;
  }

  #animated = 0;

  /**
   * From where a new task is seen to come: the last place of its slot, if that was on another card.
   * @param {TaskFigure} figure
   * @param {string} name of its node
   * @param {Point} point
   * @returns {Point | null} relative to its own place
   */
  #cameFrom(figure, name, point) {
    const task = this.store.view.tasks[figure.key];
    const here = this.#nodes.get(name)?.box ?? this.#arrangement?.waiting;
    if (!task || !here) return null;
    for (const id of this.#slots.get(slotOf(task)) ?? []) {
      for (const other of [this.#nodeOf.get(id), UNPLACED]) {
        if (other === undefined || other === name) continue;
        const there = other === UNPLACED ? this.#arrangement?.waiting : this.#nodes.get(other)?.box;
        const was = this.#tasks.get(`${other}/${id}`);
        if (there && was)
          return { x: there.x + was.point.x - here.x - point.x, y: there.y + was.point.y - here.y - point.y };
      }
    }
    return null;
  }

  /** @param {number} count @param {Density} density */
  #drawWaiting(count, density) {
    const box = this.#arrangement?.waiting;
    if (!box) return;
    set(this.#waitingLayer, { "data-empty": count === 0, transform: `translate(${box.x} ${box.y})` });
    const [tray, label, tasks] = [...this.#waitingLayer.children];
    set(/** @type {Element} */ (tray), { width: box.width, height: box.height });
    set(/** @type {Element} */ (label), { x: 14, y: 22 });
    write(/** @type {Element} */ (label), count === 1 ? "waits for a node" : "wait for a node");
    set(/** @type {Element} */ (tasks), { transform: `translate(120 ${density === "dense" ? 12 : 6})` });
  }

  #settleLinks() {
    const { view } = this.store;
    const wanted = drawnLinks(view);
    /** @type {LinkView[]} */
    const came = [];
    for (const [key, link] of this.#links) {
      if (wanted.has(key)) continue;
      link.element.remove();
      this.#links.delete(key);
    }
    for (const [key, { a, b, between }] of wanted) {
      let link = this.#links.get(key);
      if (!link) {
        link = new LinkView(key, a, b);
        this.#links.set(key, link);
        this.#linkLayer.append(link.element);
        came.push(link);
      }
      link.show(linkFigure(view, a, b), between);
    }
    if (came.length > 0) this.#placeLinks(came);
  }

  #placeLinks(links = [...this.#links.values()]) {
    const boxes = [...this.#nodes.values()].map((node) => node.box);
    for (const link of links) {
      const [a, b] = [this.#nodes.get(link.a), this.#nodes.get(link.b)];
      if (a && b) link.place(linkCurve(a.box, b.box, boxes, this.#arrangement?.tall));
    }
  }

  /** @param {Arrangement} arrangement */
  #drawTear(arrangement) {
    const { partition } = this.store.view;
    const lines = partition ? tears(arrangement.cards, partition.groups, arrangement) : [];
    this.#tearLayer.replaceChildren(
      ...lines.flatMap((line) => {
        const d = smoothPath(line);
        return [s("path", { class: "hatch", d }), s("path", { class: "edge", d })];
      }),
    );
    const top = lines
      .flat()
      .reduce((best, point) => (point.y < best.y ? point : best), { x: 0, y: Number.POSITIVE_INFINITY });
    if (lines.length === 0) return;
    const right = top.x < arrangement.width - 130;
    const aside = arrangement.tall ? 46 : 24;
    set(this.#cutLabel, {
      x: right ? top.x + aside : top.x - aside,
      y: clampTop(top.y),
      "text-anchor": right ? "start" : "end",
    });
    this.#tearLayer.append(this.#cutLabel);
  }

  #drawWords() {
    const { view } = this.store;
    if (view.partition) write(this.#cutLabel, t("cut, {view}", { view: duration(view.now - view.partition.since) }));
    const box = this.#arrangement;
    if (box) set(this.#empty, { x: box.width / 2, y: box.height / 2 });
    write(
      this.#empty,
      view.n >= 0 && Object.keys(view.nodes).length === 0
        ? t("No machines yet. The host's terminal makes the first.")
        : "",
    );
    const parts = [quorumWords(view.quorum).sentence, view.partition ? partitionSentence(view.partition) : ""];
    set(this.svg, { "aria-label": `${t("The cluster")}. ${parts.filter(Boolean).join(" ")}` });
  }

  /** @param {Change["messages"][number]} message */
  #carry(message) {
    const [a, b] = [this.#nodes.get(message.from), this.#nodes.get(message.to)];
    if (!a || !b || a === b || a.box.width === 0 || b.box.width === 0) return;
    const key = linkKey(message.from, message.to);
    const link = this.#links.get(key);
    const curve = link
      ? link.a === message.from
        ? link.curve
        : reversed(link.curve)
      : linkCurve(
          a.box,
          b.box,
          [...this.#nodes.values()].map((node) => node.box),
          this.#arrangement?.tall,
        );
    this.traffic.send(message, key, curve, isCut(this.store.view, message.from, message.to));
  }

  #listen() {
    this.camera.listen();
    const say = this.options.onExplain ?? (() => {});
    this.svg.addEventListener("pointerover", (event) => say(this.#sentenceOf(event.target)));
    this.svg.addEventListener("pointermove", (event) => {
      if (event.target instanceof Element && event.target.closest(".crowd")) say(this.#sentenceInCrowd(event));
    });
    this.svg.addEventListener("pointerleave", () => say(""));
    this.svg.addEventListener("focusin", (event) => say(this.#sentenceOf(event.target)));
    this.svg.addEventListener("focusout", () => say(""));
    this.svg.addEventListener("click", (event) => {
      const name = nodeAt(event.target);
      const task = this.#taskAt(event);
      if (task && this.svg.dataset.mode !== "cut") this.options.onTask?.(task);
      else if (name && this.svg.dataset.mode !== "cut") this.options.onNode?.(name);
    });
    this.svg.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {PointerEvent} event */
  #sentenceInCrowd(event) {
    return this.#inCrowd(event)?.sentence ?? this.#sentenceOf(event.target);
  }

  /** @param {MouseEvent} event @returns {TaskFigure | undefined} */
  #inCrowd(event) {
    const node = this.#nodes.get(nodeAt(event.target) ?? "");
    if (!node) return undefined;
    const { x, y } = this.camera.pointAt(event);
    return node.crowd.find({ x: x - node.box.x, y: y - node.box.y });
  }

  /** @param {MouseEvent} event @returns {string} the task that was clicked, "" for none and for a group */
  #taskAt(event) {
    if (!(event.target instanceof Element)) return "";
    const key = event.target.closest("[data-task]")?.getAttribute("data-task") ?? this.#inCrowd(event)?.key ?? "";
    return this.store.view.tasks[key] ? key : "";
  }

  /** @param {EventTarget | null} target */
  #sentenceOf(target) {
    if (!(target instanceof Element)) return "";
    const { view } = this.store;
    const key = target.closest("[data-task]")?.getAttribute("data-task");
    const name = nodeAt(target);
    if (key) {
      const figure = this.#shown.get(name ?? UNPLACED)?.find((task) => task.key === key);
      if (figure) return figure.sentence;
    }
    if (name) return this.explain(name);
    const link = this.#links.get(target.closest("[data-link]")?.getAttribute("data-link") ?? "");
    if (!link) return "";
    const entity = linkOf(view, link.a, link.b);
    if (entity && (entity.cut || entity.extra_ms > 0 || entity.loss > 0)) return linkSentence(entity);
    if (isCut(view, link.a, link.b)) return t("{a} and {b} cannot hear each other.", { a: link.a, b: link.b });
    return t("{a} and {b} hear each other.", { a: link.a, b: link.b });
  }

  /** Arrow keys go to the nearest node in that direction. @param {KeyboardEvent} event */
  #key(event) {
    const name = nodeAt(event.target);
    if (!name) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.options.onNode?.(name);
      return;
    }
    const zoom = { "+": 1.35, "=": 1.35, "-": 1 / 1.35, 0: 0 }[event.key];
    if (zoom !== undefined && !event.ctrlKey && !event.metaKey) {
      if (zoom) this.camera.zoom(zoom, centre(this.#nodes.get(name)?.box ?? { x: 0, y: 0, width: 0, height: 0 }));
      else this.camera.fit();
      event.preventDefault();
      return;
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const here = this.#nodes.get(name);
    if (!way || !here) return;
    event.preventDefault();
    const [wx = 0, wy = 0] = way;
    const from = centre(here.box);
    let best = { cost: Number.POSITIVE_INFINITY, name: "" };
    for (const [other, { box }] of this.#nodes) {
      const to = centre(box);
      const ahead = (to.x - from.x) * wx + (to.y - from.y) * wy;
      const aside = Math.abs((to.x - from.x) * wy) + Math.abs((to.y - from.y) * wx);
      const cost = ahead + aside * 2;
      if (other !== name && ahead > 4 && cost < best.cost) best = { cost, name: other };
    }
    if (!best.name) return;
    here.element.setAttribute("tabindex", "-1");
    const there = this.elementOf(best.name);
    there?.setAttribute("tabindex", "0");
    there?.focus();
  }
}

/** @param {EventTarget | null} target @returns {string | null} */
function nodeAt(target) {
  return target instanceof Element ? (target.closest("[data-node]")?.getAttribute("data-node") ?? null) : null;
}

/** @param {TaskEntity} task @returns {string} what is one place for a task: a slot, or for a global service a node */
function slotOf(task) {
  return task.slot > 0 ? `${task.service}.${task.slot}` : `${task.service}@${task.node}`;
}

/** @param {Box} a @param {Box} b @param {number} t @returns {Box} */
function mixed(a, b, t) {
  const mix = (/** @type {number} */ u, /** @type {number} */ v) => u + (v - u) * t;
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), width: mix(a.width, b.width), height: mix(a.height, b.height) };
}

/** @param {number} y */
function clampTop(y) {
  return Math.max(30, y + 16);
}

function hatching() {
  return s(
    "defs",
    {},
    s(
      "pattern",
      { id: "hatching", width: 8, height: 8, patternTransform: "rotate(45)", patternUnits: "userSpaceOnUse" },
      s("rect", { class: "hatching", width: 3, height: 8 }),
    ),
  );
}
