/** Marks the one thing that is inspected: what a panel tells of is seen in the picture. */

/** @import { Diagram } from "./diagram.js" */

import { endsOf, linkKey } from "./figures.js";

const MARK = "data-inspected";
/** @type {Record<string, string>} */
const NAMED_BY = { node: "data-node", task: "data-task", link: "data-link", network: "data-network" };

/**
 * @param {Diagram} diagram
 * @returns {(subject: { kind: string, key: string } | null) => void} marks this, and nothing else
 */
export function inspectedMark(diagram) {
  const { svg, store } = diagram;
  let selector = "";
  const draw = () => {
    const wanted = selector ? svg.querySelector(selector) : null;
    const marked = svg.querySelector(`[${MARK}]`);
    if (marked === wanted) return;
    marked?.removeAttribute(MARK);
    wanted?.setAttribute(MARK, "");
  };
  // A task moves from card to card, and is another element there.
  store.onChange(() => {
    if (selector) requestAnimationFrame(draw);
  });
  return (subject) => {
    const attribute = NAMED_BY[subject?.kind ?? ""];
    const key = subject?.kind === "link" ? linkKey(...endsOf(subject.key)) : (subject?.key ?? "");
    selector = attribute ? `[${attribute}="${CSS.escape(key)}"]` : "";
    draw();
  };
}
