/** Drawing a cut: a line across the diagram parts the machines into two sides. */

/** @import { Point } from "../types" */
/** @import { Diagram } from "./diagram.js" */

import { s, set } from "../dom.js";
import { t } from "../language.js";
import { sidesOf, smoothPath } from "./geometry.js";

const SHORTEST = 30;

/**
 * @param {Diagram} diagram
 * @param {object} tell
 * @param {(groups: [string[], string[]]) => void} tell.onCut
 * @param {(sentence: string) => void} tell.onSay
 * @param {() => void} tell.onEnd the mode is over, with or without a cut
 * @returns {() => void} ends the mode
 */
export function startCutting(diagram, { onCut, onSay, onEnd }) {
  const { svg, camera, overlay } = diagram;
  const stop = new AbortController();
  const path = s("path", { class: "drawn" });
  /** @type {Point[]} */
  let line = [];
  svg.dataset.mode = "cut";
  overlay.append(path);

  const mark = () => {
    const [left, right] = sidesOf(line, diagram.cards);
    const parts = left.length > 0 && right.length > 0;
    for (const name of diagram.cards.keys()) {
      set(diagram.elementOf(name) ?? svg, { "data-side": parts ? (left.includes(name) ? "a" : "b") : null });
    }
    return parts;
  };
  const end = () => {
    stop.abort();
    path.remove();
    delete svg.dataset.mode;
    for (const name of diagram.cards.keys()) diagram.elementOf(name)?.removeAttribute("data-side");
    onEnd();
  };
  const length = () => {
    const [first, last] = [line[0], line.at(-1)];
    return first && last ? Math.hypot(last.x - first.x, last.y - first.y) : 0;
  };

  svg.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      svg.setPointerCapture(event.pointerId);
      line = [camera.pointAt(event)];
    },
    { signal: stop.signal },
  );
  svg.addEventListener(
    "pointermove",
    (event) => {
      const last = line.at(-1);
      if (!last || !svg.hasPointerCapture(event.pointerId)) return;
      const point = camera.pointAt(event);
      if (Math.hypot(point.x - last.x, point.y - last.y) < 5) return;
      line.push(point);
      set(path, { d: smoothPath(line) });
      if (length() > SHORTEST) mark();
    },
    { signal: stop.signal },
  );
  svg.addEventListener(
    "pointerup",
    () => {
      const sides = sidesOf(line, diagram.cards);
      if (length() > SHORTEST && sides[0].length > 0 && sides[1].length > 0) {
        end();
        onCut(sides);
        return;
      }
      line = [];
      set(path, { d: null });
      for (const name of diagram.cards.keys()) diagram.elementOf(name)?.removeAttribute("data-side");
      onSay(t("A cut passes between machines. Draw a line that has some of them on either side."));
    },
    { signal: stop.signal },
  );
  return end;
}
