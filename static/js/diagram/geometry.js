/** Curves of links, the tear of a partition, and the sides of a line that someone draws. Pure. */

/** @import { Box, Curve, Point } from "../types" */

/** @param {Box} box @returns {Point} */
export function centre(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** How far from its middle a link may leave a card's edge, as a share of the card's width. */
const REACH = 0.36;

/** @param {number} between how many cards a link goes over @returns {number} how high */
export function bow(between) {
  return 20 + 13 * clamp(between, 0, 3) + 8 * Math.max(0, between - 3);
}

/**
 * The way of a link between two cards: straight between neighbours, bowed over (or, in a column, beside) what stands between.
 * @param {Box} a
 * @param {Box} b
 * @param {Iterable<Box>} [others] cards that may stand between
 * @param {boolean} [tall] managers and workers stand in columns
 * @returns {Curve} from a to b
 */
export function linkCurve(a, b, others = [], tall = false) {
  const ca = centre(a);
  const cb = centre(b);
  const sameRow = overlap(a.y, a.height, b.y, b.height) > 0.5;
  const sameColumn = overlap(a.x, a.width, b.x, b.width) > 0.8;
  if (sameRow && !sameColumn && !tall) {
    const rightwards = cb.x > ca.x;
    const from = { x: rightwards ? a.x + a.width : a.x, y: ca.y };
    const to = { x: rightwards ? b.x : b.x + b.width, y: cb.y };
    const between = countBetween(a, b, others, "x");
    if (between === 0) return straight(from, to);
    const up = bow(between);
    const start = { x: ca.x + (rightwards ? 1 : -1) * a.width * 0.22, y: a.y };
    const end = { x: cb.x - (rightwards ? 1 : -1) * b.width * 0.22, y: b.y };
    return { from: start, c1: { x: start.x, y: start.y - up * 1.33 }, c2: { x: end.x, y: end.y - up * 1.33 }, to: end };
  }
  const down = cb.y > ca.y;
  if (sameColumn) {
    const between = countBetween(a, b, others, "y");
    if (between > 0) {
      const out = 12 + 5 * between;
      const start = { x: a.x, y: ca.y };
      const end = { x: b.x, y: cb.y };
      return {
        from: start,
        c1: { x: start.x - out * 1.33, y: start.y },
        c2: { x: end.x - out * 1.33, y: end.y },
        to: end,
      };
    }
    return straight({ x: ca.x, y: down ? a.y + a.height : a.y }, { x: cb.x, y: down ? b.y : b.y + b.height });
  }
  if (tall) {
    const rightwards = cb.x > ca.x;
    const from = { x: rightwards ? a.x + a.width : a.x, y: clamp(cb.y, a.y + 18, a.y + a.height - 18) };
    const to = { x: rightwards ? b.x : b.x + b.width, y: clamp(ca.y, b.y + 18, b.y + b.height - 18) };
    const bend = (to.x - from.x) * 0.5;
    return { from, c1: { x: from.x + bend, y: from.y }, c2: { x: to.x - bend, y: to.y }, to };
  }
  const from = {
    x: ca.x + clamp((cb.x - ca.x) * 0.2, -a.width * REACH, a.width * REACH),
    y: down ? a.y + a.height : a.y,
  };
  const to = {
    x: cb.x + clamp((ca.x - cb.x) * 0.2, -b.width * REACH, b.width * REACH),
    y: down ? b.y : b.y + b.height,
  };
  return straight(from, to);
}

/** @param {Point} from @param {Point} to @returns {Curve} */
function straight(from, to) {
  const third = { x: (to.x - from.x) / 3, y: (to.y - from.y) / 3 };
  return { from, c1: { x: from.x + third.x, y: from.y + third.y }, c2: { x: to.x - third.x, y: to.y - third.y }, to };
}

/** @param {number} a @param {number} aSize @param {number} b @param {number} bSize @returns {number} shared part of the smaller, may be negative */
function overlap(a, aSize, b, bSize) {
  return (Math.min(a + aSize, b + bSize) - Math.max(a, b)) / Math.min(aSize, bSize);
}

/** @param {Box} a @param {Box} b @param {Iterable<Box>} others @param {"x" | "y"} along */
function countBetween(a, b, others, along) {
  const size = along === "x" ? "height" : "width";
  const across = along === "x" ? "y" : "x";
  const low = Math.min(centre(a)[along], centre(b)[along]);
  const high = Math.max(centre(a)[along], centre(b)[along]);
  let count = 0;
  for (const box of others) {
    if (box === a || box === b || overlap(a[across], a[size], box[across], box[size]) <= 0.3) continue;
    const at = centre(box)[along];
    if (at > low + 1 && at < high - 1) count += 1;
  }
  return count;
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** @param {Curve} curve @param {number} t from 0 to 1 @returns {Point} */
export function along({ from, c1, c2, to }, t) {
  const u = 1 - t;
  const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return { x: p * from.x + q * c1.x + r * c2.x + s * to.x, y: p * from.y + q * c1.y + r * c2.y + s * to.y };
}

/**
 * Where a word stands beside a curve: as near to its middle as it hides no card.
 * @param {Box[]} cards @param {Curve} curve @param {{ width: number, height: number }} word
 * @returns {Point} the middle of the word
 */
export function clearOf(cards, curve, { width, height }) {
  let best = { hidden: Number.POSITIVE_INFINITY, x: 0, y: 0 };
  for (const t of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74]) {
    const on = along(curve, t);
    for (const dy of [-10, 10]) {
      const [left, top] = [on.x - width / 2, on.y + dy - height / 2];
      let hidden = 0;
      for (const box of cards) {
        const wide = Math.min(left + width, box.x + box.width) - Math.max(left, box.x);
        const high = Math.min(top + height, box.y + box.height) - Math.max(top, box.y);
        if (wide > 0 && high > 0) hidden += wide * high;
      }
      if (hidden < best.hidden) best = { hidden, x: on.x, y: on.y + dy };
      if (hidden === 0) return best;
    }
  }
  return best;
}

/** @param {Curve} curve @returns {string} for a path's d */
export function curvePath({ from, c1, c2, to }) {
  const n = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  return `M${n(from.x)} ${n(from.y)}C${n(c1.x)} ${n(c1.y)} ${n(c2.x)} ${n(c2.y)} ${n(to.x)} ${n(to.y)}`;
}

const CELL = 22;

/**
 * The lines midway between the sides of a partition, however the sides are mixed.
 * @param {Map<string, Box>} cards
 * @param {string[][]} groups
 * @param {{ width: number, height: number }} world the lines end at its edge
 * @returns {Point[][]} one polyline or more
 */
export function tears(cards, groups, world) {
  const sides = groups.map((group) => group.flatMap((name) => cards.get(name) ?? [])).filter((side) => side.length > 0);
  if (sides.length < 2) return [];
  const lines = [];
  const outlined = sides.length === 2 ? sides.slice(0, 1) : sides;
  for (const side of outlined) {
    const rest = sides.filter((other) => other !== side).flat();
    lines.push(...contour((point) => nearest(side, point) - nearest(rest, point), world));
  }
  return lines.filter((line) => line.length > 3).map((line) => waved(softened(line)));
}

/** @param {Box[]} boxes @param {Point} point @returns {number} */
function nearest(boxes, point) {
  let least = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    const dx = Math.max(box.x - point.x, 0, point.x - box.x - box.width);
    const dy = Math.max(box.y - point.y, 0, point.y - box.y - box.height);
    // Inside a card the distance is negative, towards its middle, so that the field has no plateau.
    const inside =
      dx === 0 && dy === 0
        ? -Math.min(point.x - box.x, box.x + box.width - point.x, point.y - box.y, box.y + box.height - point.y)
        : 0;
    least = Math.min(least, Math.hypot(dx, dy) + inside);
  }
  return least;
}

/**
 * Marching squares, joined into lines.
 * @param {(point: Point) => number} field
 * @param {{ width: number, height: number }} world
 * @returns {Point[][]}
 */
function contour(field, world) {
  const columns = Math.ceil(world.width / CELL);
  const rows = Math.ceil(world.height / CELL);
  /** @type {number[]} */
  const values = [];
  for (let row = 0; row <= rows; row += 1) {
    for (let column = 0; column <= columns; column += 1)
      values.push(field({ x: column * CELL, y: row * CELL }) || 1e-6);
  }
  const value = (/** @type {number} */ column, /** @type {number} */ row) => values[row * (columns + 1) + column] ?? 0;
  /** Ends of segments by the grid edge they lie on. @type {Map<string, string[]>} */
  const joined = new Map();
  /** @type {Map<string, Point>} */
  const points = new Map();
  const crossing = (
    /** @type {number} */ c1,
    /** @type {number} */ r1,
    /** @type {number} */ c2,
    /** @type {number} */ r2,
  ) => {
    const [v1, v2] = [value(c1, r1), value(c2, r2)];
    if (v1 > 0 === v2 > 0) return null;
    const key = `${c1},${r1},${c2},${r2}`;
    const t = v1 / (v1 - v2);
    points.set(key, { x: (c1 + (c2 - c1) * t) * CELL, y: (r1 + (r2 - r1) * t) * CELL });
    return key;
  };
  const join = (/** @type {string} */ a, /** @type {string} */ b) => {
    joined.set(a, [...(joined.get(a) ?? []), b]);
    joined.set(b, [...(joined.get(b) ?? []), a]);
  };
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const ends = [
        crossing(column, row, column + 1, row),
        crossing(column + 1, row, column + 1, row + 1),
        crossing(column, row + 1, column + 1, row + 1),
        crossing(column, row, column, row + 1),
      ].filter((end) => end !== null);
      if (ends[0] && ends[1]) join(ends[0], ends[1]);
      if (ends[2] && ends[3]) join(ends[2], ends[3]);
    }
  }
  return chained(joined, points);
}

/** @param {Map<string, string[]>} joined @param {Map<string, Point>} points @returns {Point[][]} */
function chained(joined, points) {
  const seen = new Set();
  const lines = [];
  const ends = [...joined.keys()].filter((key) => joined.get(key)?.length === 1);
  for (const start of [...ends, ...joined.keys()]) {
    if (seen.has(start)) continue;
    const line = [];
    /** @type {string | undefined} */
    let key = start;
    while (key !== undefined && !seen.has(key)) {
      seen.add(key);
      line.push(/** @type {Point} */ (points.get(key)));
      key = joined.get(key)?.find((next) => !seen.has(next));
    }
    const closed = ends.length === 0 || !ends.includes(start);
    if (closed && line[0]) line.push(line[0]);
    lines.push(line);
  }
  return lines;
}

/** @param {Point[]} line @returns {Point[]} averaged with its neighbours a few times; ends stay */
function softened(line) {
  let points = line;
  for (let round = 0; round < 6; round += 1) {
    points = points.map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (!before || !after) return point;
      return { x: (before.x + point.x * 2 + after.x) / 4, y: (before.y + point.y * 2 + after.y) / 4 };
    });
  }
  return points;
}

/** @param {Point[]} line @returns {Point[]} a slow wave along it, as of torn paper */
function waved(line) {
  let walked = 0;
  return line.map((point, index) => {
    const before = line[index - 1] ?? point;
    const after = line[index + 1] ?? point;
    walked += Math.hypot(point.x - before.x, point.y - before.y);
    const length = Math.hypot(after.x - before.x, after.y - before.y) || 1;
    const swing = Math.sin(walked / 38) * 5 + Math.sin(walked / 15) * 1.6;
    return {
      x: point.x - ((after.y - before.y) / length) * swing,
      y: point.y + ((after.x - before.x) / length) * swing,
    };
  });
}

/** @param {Point[]} points @returns {string} for a path's d: a smooth line through the midpoints */
export function smoothPath(points) {
  const [first, ...rest] = points;
  if (!first) return "";
  const n = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  let d = `M${n(first.x)} ${n(first.y)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next) d += `Q${n(point.x)} ${n(point.y)} ${n((point.x + next.x) / 2)} ${n((point.y + next.y) / 2)}`;
    else d += `L${n(point.x)} ${n(point.y)}`;
  });
  return d;
}

/**
 * The two sides of a drawn line. Both ends are prolonged outwards, so a line that stops between two cards still parts them.
 * @param {Point[]} line
 * @param {Map<string, Box>} cards
 * @returns {[string[], string[]]} names on one side and on the other; one is empty where the line parts nothing
 */
export function sidesOf(line, cards) {
  const first = line[0];
  const last = line.at(-1);
  if (!first || !last || line.length < 2) return [[...cards.keys()], []];
  const FAR = 100_000;
  const length = Math.hypot(last.x - first.x, last.y - first.y) || 1;
  const way = { x: (last.x - first.x) / length, y: (last.y - first.y) / length };
  const whole = [
    { x: first.x - way.x * FAR, y: first.y - way.y * FAR },
    ...line,
    { x: last.x + way.x * FAR, y: last.y + way.y * FAR },
  ];
  const outside = { x: first.x - way.y * FAR * 2.1, y: first.y + way.x * FAR * 2.1 };
  /** @type {[string[], string[]]} */
  const sides = [[], []];
  for (const [name, box] of cards) {
    const point = centre(box);
    let crossings = 0;
    for (let index = 1; index < whole.length; index += 1) {
      if (crosses(point, outside, /** @type {Point} */ (whole[index - 1]), /** @type {Point} */ (whole[index])))
        crossings += 1;
    }
    sides[crossings % 2 === 0 ? 0 : 1].push(name);
  }
  return sides;
}

/** @param {Point} p @param {Point} q @param {Point} a @param {Point} b */
function crosses(p, q, a, b) {
  const turn = (/** @type {Point} */ u, /** @type {Point} */ v, /** @type {Point} */ w) =>
    (v.x - u.x) * (w.y - u.y) - (v.y - u.y) * (w.x - u.x);
  return turn(p, q, a) > 0 !== turn(p, q, b) > 0 && turn(a, b, p) > 0 !== turn(a, b, q) > 0;
}
