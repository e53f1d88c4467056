/**
 * The diagram: a function of the view, redrawn where a change touched it. One frame at a time, whatever comes in between.
 *
 * Only this folder's views touch the DOM; figures.js says what a thing looks like, layout.js where it stands.
 */

/** @import { Box, Change, NodeFigure } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { Arrangement } from "./layout.js" */

import { lessMotion, s, set } from "../dom.js";
import { t } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { quorumWords } from "../words.js";
import { Camera } from "./camera.js";
import { nodeFigure, partitionSentence } from "./figures.js";
import { Ground, hatching } from "./ground.js";
import { arrange, formFor, Places } from "./layout.js";
import { LinkLayer } from "./link_layer.js";
import { networkFigures } from "./network_figures.js";
import { NetworkRow } from "./network_row.js";
import { NodeView } from "./node_view.js";
import { listenTo } from "./pointing.js";
import { Roster, UNPLACED } from "./roster.js";
import { TaskLayer } from "./task_layer.js";
import { TearView } from "./tear_view.js";

const MOVE_MS = 380;
/** A card keeps room that it does not need for so long. */
const KEEP_ROOM_MS = 2000;
/** So many cards glide at the most. */
const GLIDING = 18;

/**
 * @typedef {object} Options
 * @property {boolean} [still] nothing in it can be reached: a picture, as on the start page
 * @property {number} [pills] on the way at once
 * @property {(name: string) => void} [onNode] someone chose a node
 * @property {(id: string) => void} [onTask] someone chose a task
 * @property {(id: string) => void} [onNetwork] someone chose a network
 * @property {(port: number) => void} [onPort] someone chose a published port
 * @property {(key: string) => void} [onLink] someone chose a link
 * @property {(sentence: string) => void} [onExplain] what the pointer or the focus is on, or ""
 */

export class Diagram {
  /** @type {Map<string, NodeView>} */
  nodes = new Map();
  /** @type {Map<string, NodeFigure>} */
  #figures = new Map();
  /** Rows of tasks by node. @type {Map<string, number>} */
  #rows = new Map();
  /** Another moment is shown, at once and in its place: nothing glides there from where it was at this one. */
  #another = false;
  /** Since when a card has had more room than it needs. @type {Map<string, number>} */
  #roomSince = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #shrinking = new Map();
  #places = new Places();
  /** What the nodes' label zone says. @type {Map<string, string>} */
  #zones = new Map();
  /** @type {Arrangement | null} */
  #arrangement = null;
  #size = { width: 0, height: 0 };

  #dirty = { nodes: true, layout: true, links: true };
  #frame = 0;
  #moving = 0;

  #ground = new Ground();
  #tear = new TearView();
  #nodeLayer = s("g", { class: "nodes" });
  #trafficLayer = s("g", { class: "traffic" });
  /** For what is drawn with the pointer. */
  overlay = s("g", { class: "overlay", "aria-hidden": "true" });

  /** @param {HTMLElement} host @param {Store} store @param {Options} [options] */
  constructor(host, store, options = {}) {
    this.host = host;
    this.store = store;
    this.options = options;
    this.roster = new Roster(store);
    this.tasks = new TaskLayer(this.roster, this.nodes, () => this.#arrangement?.waiting);
    this.networks = new NetworkRow(!options.still);
    this.links = new LinkLayer(
      store,
      this.nodes,
      this.#trafficLayer,
      options.pills ?? 5,
      !options.still,
      () => this.cards,
    );
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
      this.#ground.element,
      this.links.element,
      this.#tear.element,
      this.#nodeLayer,
      this.links.over,
      this.networks.element,
      this.tasks.waiting,
      this.overlay,
    );
    this.above.append(this.#trafficLayer);
    host.append(this.svg, this.above);
    this.camera = new Camera(this.svg, this.above);
    if (!options.still) listenTo(this);
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
    return this.roster.hueOf(service);
  }

  /** Only the tasks of these services stand out, or with null all of them. @param {string[] | null} services */
  light(services) {
    const lit = services?.join() ?? "";
    if (lit === this.#lit) return;
    this.#lit = lit;
    this.tasks.light(services);
  }

  #lit = "";

  /** @param {string} name */
  elementOf(name) {
    return this.nodes.get(name)?.element;
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0 || (width === this.#size.width && height === this.#size.height)) return;
    const first = this.#size.width === 0;
    this.#size = { width, height };
    this.#dirty.layout = true;
    for (const name of Object.keys(this.store.view.nodes)) this.roster.dirty.add(name);
    this.#draw(!first);
  }

  /** @param {Change} change */
  #take(change) {
    const { view } = this.store;
    const { dirty } = this.roster;
    if (change.whole) this.#reset();
    this.#another ||= change.another;
    for (const id of change.parts.services) this.roster.review(id);
    for (const id of change.parts.tasks) this.roster.file(id);
    for (const name of change.parts.nodes) dirty.add(name);
    for (const name of change.parts.raft) dirty.add(name);
    if (change.parts.nodes.size > 0) this.#dirty.nodes = this.#dirty.links = true;
    if (change.parts.links.size > 0) this.#dirty.links = true;
    if (change.fields.has("partition") || change.parts.links.size > 0) {
      for (const name of Object.keys(view.raft)) dirty.add(name);
    }
    if (change.fields.has("partition")) this.#dirty.layout = this.#dirty.links = true;
    if (change.fields.has("quorum")) this.#dirty.links = true;
    const mesh = change.whole || change.parts.networks.size > 0 || change.parts.services.size > 0;
    if (mesh && this.networks.take(networkFigures(view))) this.#dirty.layout = true;
    this.roster.forgetEnded();
    for (const message of change.messages) this.links.carry(message);
    this.#ask();
  }

  #reset() {
    this.roster.reset();
    this.#rows.clear();
    for (const name of this.nodes.keys()) this.roster.dirty.add(name);
    this.#dirty = { nodes: true, layout: true, links: true };
  }

  #ask() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw(!this.#another);
    });
  }

  /** @param {boolean} moving whether cards glide to new places */
  #draw(moving) {
    if (this.#size.width === 0) return;
    this.tasks.begin(moving);
    const { view } = this.store;
    const { dirty } = this.roster;
    if (this.#dirty.nodes) this.#settleNodes();
    const nodes = Object.values(view.nodes);
    const zones = new Set(nodes.map((node) => node.labels?.zone ?? ""));
    const form = formFor(this.#size, nodes.length, zones.size > 1);
    for (const name of dirty) {
      if (name !== UNPLACED && !view.nodes[name]) continue;
      const tasks = this.tasks.settle(name);
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
    for (const name of dirty) {
      const figure = this.#figures.get(name);
      if (figure) this.nodes.get(name)?.show(figure, form.density, this.tasks.count(name));
      this.tasks.draw(name, form.density, form.width);
    }
    dirty.clear();
    if (this.#dirty.links) this.links.settle();
    this.#dirty = { nodes: false, layout: false, links: false };
    this.#another = false;
    this.#drawWords();
  }

  #settleNodes() {
    const { view } = this.store;
    for (const [name, node] of this.nodes) {
      if (view.nodes[name]) continue;
      node.element.remove();
      this.tasks.forget(name);
      for (const map of [this.nodes, this.#figures, this.#rows, this.#roomSince, this.#zones]) map.delete(name);
      this.#dirty.layout = true;
    }
    const came = Object.keys(view.nodes).filter((name) => !this.nodes.has(name));
    for (const name of came.sort(inNaturalOrder)) {
      const node = new NodeView(name, !this.options.still);
      this.nodes.set(name, node);
      this.#nodeLayer.append(node.element);
      this.roster.dirty.add(name);
      this.#dirty.layout = true;
    }
    if (!this.options.still && !this.svg.querySelector('[data-node][tabindex="0"]')) {
      this.svg.querySelector("[data-node]")?.setAttribute("tabindex", "0");
    }
  }

  /** @param {ReturnType<typeof formFor>} form @param {boolean} moving */
  #layout(form, moving) {
    for (const name of this.roster.dirty) {
      if (name === UNPLACED) continue;
      const before = this.#rows.get(name) ?? 0;
      const rows = this.#roomy(name, before, this.tasks.rows(name, form.density, form.width));
      if (before === rows) continue;
      this.#rows.set(name, rows);
      this.#dirty.layout = true;
    }
    if (!this.#dirty.layout) return;
    const nodes = [...this.#figures.values()].map(({ name, row }) => ({ name, row }));
    nodes.sort((a, b) => inNaturalOrder(a.name, b.name));
    const places = this.#places.settle(nodes);
    const before = this.#arrangement;
    const groups = this.store.view.partition?.groups ?? [];
    const footer = this.networks.heightIn(this.#size.width - 48);
    const arrangement = arrange({
      ...{ places, rows: this.#rows, size: this.#size, groups, zones: this.#zones, footer },
      scrolls: !this.options.still,
    });
    this.#arrangement = arrangement;
    const reformed = before?.density !== arrangement.density || before.tall !== arrangement.tall;
    if (reformed) for (const name of this.#figures.keys()) this.roster.dirty.add(name);
    // What is higher than the stage is scrolled; a picture that cannot be is made to fit.
    const height = (arrangement.height * this.#size.width) / arrangement.width;
    const scrolled = !this.options.still && height > this.#size.height + 1;
    set(this.svg, {
      "data-density": arrangement.density,
      "data-tall": arrangement.tall,
      "data-scrolled": scrolled,
    });
    for (const svg of [this.svg, this.above]) svg.style.height = scrolled ? `${height}px` : "";
    this.camera.resize(arrangement);
    this.#ground.draw(arrangement);
    this.networks.draw(arrangement.networks);
    this.#tear.draw(this.store.view.partition, arrangement);
    // A crowd does not glide: every frame of it would be drawn anew.
    const few = arrangement.cards.size <= GLIDING;
    this.#move(arrangement, moving && few && !reformed && !lessMotion());
  }

  /**
   * Rows that a card has room for: more at once, fewer when it has not needed them for a while. Tasks come and go in a
   * rollout, and with each the whole picture would move.
   * @param {string} name @param {number} before @param {number} needed
   */
  #roomy(name, before, needed) {
    clearTimeout(this.#shrinking.get(name));
    this.#shrinking.delete(name);
    if (needed >= before || this.#another || this.options.still) {
      this.#roomSince.delete(name);
      return needed;
    }
    const now = performance.now();
    const since = this.#roomSince.get(name) ?? now;
    this.#roomSince.set(name, since);
    if (now - since >= KEEP_ROOM_MS) {
      this.#roomSince.delete(name);
      return needed;
    }
    const later = () => {
      this.roster.dirty.add(name);
      this.#ask();
    };
    this.#shrinking.set(name, setTimeout(later, KEEP_ROOM_MS - (now - since)));
    return before;
  }

  /** Cards and links go together to where they now belong. @param {Arrangement} arrangement @param {boolean} gliding */
  #move(arrangement, gliding) {
    const moved = [...arrangement.cards].filter(([name, to]) => !same(this.nodes.get(name)?.box, to));
    // What stands where it belongs costs nothing, and a glide to the same place goes on.
    if (moved.length === 0) return;
    cancelAnimationFrame(this.#moving);
    const from = new Map(moved.map(([name]) => [name, this.nodes.get(name)?.box]));
    this.links.arrange(arrangement.cards, arrangement.tall);
    const names = new Set(moved.map(([name]) => name));
    const started = performance.now();
    const step = (/** @type {number} */ time) => {
      const share = gliding ? Math.min(1, Math.max(0, (time - started) / MOVE_MS)) : 1;
      const eased = 1 - (1 - share) ** 3;
      for (const [name, to] of moved) {
        const start = from.get(name);
        const isNew = !start || start.width === 0;
        this.nodes.get(name)?.place(isNew || share === 1 ? to : mixed(start, to, eased));
      }
      this.links.place(names);
      if (share < 1) this.#moving = requestAnimationFrame(step);
    };
    step(started);
  }

  #drawWords() {
    const { view } = this.store;
    this.#tear.tell(view.partition, view.now);
    const none = view.n >= 0 && Object.keys(view.nodes).length === 0;
    this.#ground.tell(none ? t("No machines yet. The host's terminal makes the first.") : "");
    const parts = [quorumWords(view.quorum).sentence, view.partition ? partitionSentence(view.partition) : ""];
    set(this.svg, { "aria-label": `${t("The cluster")}. ${parts.filter(Boolean).join(" ")}` });
  }
}

/** @param {Box | undefined} a @param {Box} b */
function same(a, b) {
  return a?.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** @param {Box} a @param {Box} b @param {number} share @returns {Box} */
function mixed(a, b, share) {
  const mix = (/** @type {number} */ u, /** @type {number} */ v) => u + (v - u) * share;
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), width: mix(a.width, b.width), height: mix(a.height, b.height) };
}
