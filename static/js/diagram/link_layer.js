/** The links between nodes, and what travels on them. */

/** @import { Box, Change, Curve } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { NodeView } from "./node_view.js" */

import { s } from "../dom.js";
import { inNaturalOrder } from "../order.js";
import { drawnLinks, isCut, linkFigure, linkKey, linkOf } from "./figures.js";
import { LinkView, reversed, Traffic } from "./link_view.js";
import { linkWords } from "./link_words.js";
import { curveOf, wayFor } from "./routing.js";

export class LinkLayer {
  element = s("g", { class: "links" });
  /** Words and what the keyboard stops at, over the cards and after them. */
  over = s("g", { class: "links-over" });
  traffic;
  /** @type {Map<string, LinkView>} */
  #links = new Map();
  #tall = false;

  /** @param {Store} store @param {Map<string, NodeView>} nodes @param {SVGGElement} above @param {number} pills at once @param {boolean} live whether links can be chosen @param {() => Map<string, Box>} cards where they stand, or will when they have moved */
  constructor(store, nodes, above, pills, live, cards) {
    this.store = store;
    this.nodes = nodes;
    this.live = live;
    this.cards = cards;
    this.traffic = new Traffic(above, pills);
  }

  /** @param {string} key @returns {LinkView | undefined} */
  get(key) {
    return this.#links.get(key);
  }

  /** Draw the links that the view asks for. */
  settle() {
    const { view } = this.store;
    const wanted = drawnLinks(view);
    /** @type {LinkView[]} */
    const came = [];
    for (const [key, link] of this.#links) {
      if (wanted.has(key)) continue;
      link.element.remove();
      link.over.remove();
      this.#links.delete(key);
    }
    for (const [key, { a, b, between }] of wanted) {
      let link = this.#links.get(key);
      if (!link) {
        link = new LinkView(key, a, b, this.live);
        this.#links.set(key, link);
        this.element.append(link.element);
        came.push(link);
      }
      // Nodes change often, links seldom: only one of which something else is to be said is written again.
      const { cut = false, extra_ms = 0, loss = 0 } = linkOf(view, a, b) ?? {};
      const state = [between, isCut(view, a, b), cut, extra_ms, loss].join();
      if (state === link.shown) continue;
      link.shown = state;
      link.show(linkFigure(view, a, b), between, linkWords(view, a, b));
    }
    if (came.length > 0) {
      this.#choose(came, this.cards());
      this.#put(came);
      this.over.append(...this.#inOrder().map((link) => link.over));
    }
    if (this.live && ![...this.#links.values()].some((link) => link.reached)) this.#inOrder()[0]?.reach(true);
  }

  /** @returns {LinkView[]} as they are called */
  #inOrder() {
    return [...this.#links.values()].sort((p, q) => inNaturalOrder(p.a, q.a) || inNaturalOrder(p.b, q.b));
  }

  /** The keyboard goes to another link. @param {LinkView} link @param {number} step 1 for the next, -1 for the one before */
  focusFrom(link, step) {
    const all = this.#inOrder();
    const next = all[(all.indexOf(link) + step + all.length) % all.length];
    link.reach(false);
    next?.reach(true);
    next?.focus();
  }

  /** The cards are about to stand elsewhere: choose the ways there. @param {Map<string, Box>} cards @param {boolean} tall */
  arrange(cards, tall) {
    this.#tall = tall;
    this.#choose([...this.#links.values()], cards);
  }

  /** Cards have moved: their links go with them, and a link that goes around cards looks where they are now. @param {Set<string>} moved */
  place(moved) {
    this.#put([...this.#links.values()].filter(({ a, b, way }) => way !== null || moved.has(a) || moved.has(b)));
  }

  /** @param {LinkView[]} links @param {Map<string, Box>} cards where they will stand */
  #choose(links, cards) {
    const boxes = [...cards.values()];
    for (const link of links) {
      const [a, b] = [cards.get(link.a), cards.get(link.b)];
      link.way = a && b ? wayFor(a, b, boxes, this.#tall) : null;
    }
  }

  /** @param {LinkView[]} links */
  #put(links) {
    const boxes = [...this.nodes.values()].map((node) => node.box);
    for (const link of links) {
      const [a, b] = [this.nodes.get(link.a), this.nodes.get(link.b)];
      if (a && b) link.place(curveOf(link.way, a.box, b.box, boxes, this.#tall), boxes);
    }
  }

  /** @param {Change["messages"][number]} message */
  carry(message) {
    const [a, b] = [this.nodes.get(message.from), this.nodes.get(message.to)];
    if (!a || !b || a === b || a.box.width === 0 || b.box.width === 0) return;
    const { from, to } = message;
    this.traffic.send(message, linkKey(from, to), this.curve(from, to), isCut(this.store.view, from, to));
  }

  /** @param {string} from @param {string} to two nodes @returns {Curve} the way of their link, whether it is drawn or not */
  curve(from, to) {
    const link = this.#links.get(linkKey(from, to));
    if (link) return link.a === from ? link.curve : reversed(link.curve);
    const boxes = [...this.nodes.values()].map((node) => node.box);
    const at = (/** @type {string} */ name) => /** @type {NodeView} */ (this.nodes.get(name)).box;
    return curveOf(null, at(from), at(to), boxes, this.#tall);
  }
}
