import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);
for (const [, name, both] of css.matchAll(/--(term[\w-]*): (#\w{6})/g)) tokens.set(name, { light: both, dark: both });

/** WCAG 2: relative luminance. */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["paper", "surface", "sunken", "node", "rack", "desk"];
const SERVICES = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];
/** Text and the grounds that it stands on: at least 4.5. */
const TEXT = [
  ...["ink", "ink-2", "ink-3", "accent", "bad", "warn"].flatMap((ink) => GROUNDS.map((ground) => [ink, ground])),
  ...["paper", "surface", "sunken"].map((ground) => ["ok", ground]),
  ["accent", "accent-soft"],
  ["ok", "ok-soft"],
  ["warn", "warn-soft"],
  ["bad", "bad-soft"],
  ["ink", "accent-soft"],
  ["ink", "warn-soft"],
  ["on-accent", "accent"],
  ["term-ink", "term"],
  ["term-dim", "term"],
  ["term-dim", "term-raised"],
  ...SERVICES.map((hue) => ["on-service", hue]),
];
/** Outlines and signs: at least 3. */
const SIGNS = [
  ...["node", "desk", "surface", "paper", "sunken"].map((ground) => ["edge", ground]),
  ...SERVICES.flatMap((hue) => ["node", "rack", "surface"].map((ground) => [hue, ground])),
];

for (const theme of ["light", "dark"]) {
  for (const [pairs, least] of [
    [TEXT, 4.5],
    [SIGNS, 3],
  ]) {
    for (const [front, ground] of pairs) {
      test(`${front} on ${ground}, ${theme}: at least ${least}`, () => {
        const ratio = contrast(tokens.get(front)[theme], tokens.get(ground)[theme]);
        assert.ok(ratio >= least, `${ratio.toFixed(2)}`);
      });
    }
  }
}
