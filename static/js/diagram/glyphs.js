/** The signs in the corner of a node's card, each drawn around (0, 0) and about 22 wide. */

import { s } from "../dom.js";

/** @param {string} name @param {number} [share] of the votes, for the ring that fills @returns {SVGElement[]} */
export function glyph(name, share = 0) {
  switch (name) {
    case "crown":
      return [s("path", { class: "solid", d: "M-11 7V-5l6 5 5-9 5 9 6-5V7z" })];
    case "ring":
      return [s("circle", { r: 8.5 })];
    case "votes":
      return [
        s("circle", { class: "faint", r: 8.5 }),
        s("circle", {
          class: "share",
          r: 8.5,
          pathLength: 1,
          "stroke-dasharray": `${share} 1`,
          transform: "rotate(-90)",
        }),
      ];
    case "question":
      return [s("circle", { r: 10, "stroke-dasharray": "3 3" }), s("text", { y: 4.5, "text-anchor": "middle" }, "?")];
    case "cross":
      return [s("path", { d: "M-7-7 7 7M7-7-7 7" })];
    case "power":
      return [s("path", { d: "M-5.500-5.500a8 8 0 1 0 11 0M0-10v8" })];
    case "padlock":
      return [
        s("path", { d: "M-4.500-1v-4a4.500 4.500 0 0 1 9 0v4" }),
        s("rect", { class: "solid", x: -8, y: -1, width: 16, height: 11, rx: 2.5 }),
      ];
    case "dots":
      return [-7, 0, 7].map((x) => s("circle", { class: "solid", cx: x, r: 2.2 }));
    case "tray":
      return [s("path", { d: "M-9-1v8H9v-8M-9 3h5l1.500 2h5L4 3h5" })];
    case "bars":
      return [s("path", { class: "thick", d: "M-4-7V7M4-7V7" })];
    default:
      return [];
  }
}
