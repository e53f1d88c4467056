/**
 * The words of the page in the learner's language. Messages are written in English where they are used, and looked up in a
 * catalogue that the server leaves in `globalThis.pageWords` (docs/translating.md); without one they stay English.
 */

/**
 * @typedef {object} Words
 * @property {Record<string, string | string[]>} messages by their English; several forms where they count
 * @property {[string, string][]} sentences templates of what the server says, and what they are here
 * @property {(n: number) => number} plural which form
 */

/** @typedef {Record<string, string | number>} Values */

/** @returns {Words | undefined} */
const words = () => /** @type {{ pageWords?: Words }} */ (globalThis).pageWords;

/**
 * A message in the learner's language, with `{name}` replaced by the value of that name.
 * @param {string} message a literal, so that it can be collected for translators
 * @param {Values} [values]
 */
export function t(message, values) {
  const said = words()?.messages[message];
  return fill(typeof said === "string" ? said : message, values);
}

/**
 * A message that counts; `{count}` is the number.
 * @param {string} one in English, for one
 * @param {string} many in English, for any other number
 * @param {number} count
 * @param {Values} [values]
 */
export function tn(one, many, count, values) {
  const known = words();
  const forms = known?.messages[one];
  const form = Array.isArray(forms) ? forms[known?.plural(count) ?? 0] : undefined;
  return fill(form ?? (count === 1 ? one : many), { count, ...values });
}

/** @param {string} message @param {Values} [values] */
function fill(message, values) {
  return values ? message.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : message;
}

/** @typedef {{ pattern: RegExp, names: string[], said: string, exact: number, sure: string, open: boolean }} Template */

/** @type {{ of: Words, found: Map<string, string>, templates: Template[], plain: Map<string, string> } | undefined} */
let known;
const KEPT = 2000;
/** How often a part may have parts. */
const DEEPEST = 4;
/** Between the elements of a list. */
const BETWEEN = /(; and |; |, and |, then |, | and | \| |: | → )/;
const AMONG = /(; and |; |, and |, | and )/;
const SENTENCE_ENDS = /(?<=[.?]) (?=\S)/;

/**
 * What the server said, in English, in the learner's language: the sentence is recognised by the template that it was made of,
 * and so are the parts that were put into it. What no template makes stays as it is.
 * @param {string} sentence
 * @returns {string}
 */
export function heard(sentence) {
  const of = words();
  if (!of || !sentence) return sentence;
  if (known?.of !== of || known.found.size > KEPT) known = learn(of);
  let said = known.found.get(sentence);
  if (said === undefined) {
    said = say(sentence, known, 0) ?? sentence;
    known.found.set(sentence, said);
  }
  return said;
}

/** @param {Words} of @returns {NonNullable<typeof known>} the most exact template first */
function learn(of) {
  const plain = new Map(of.sentences.filter(([template]) => !/\{\w+\}/.test(template)));
  const filled = of.sentences.filter(([template]) => !plain.has(template));
  const templates = filled.map(([template, said]) => {
    /** @type {string[]} */
    const names = [];
    const parts = template.split(/\{(\w+)\}/);
    const source = parts.map((part, index) => {
      if (index % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      names.push(part);
      return part === "count" ? "(\\d[\\s\\S]*?)" : "([\\s\\S]+?)";
    });
    const own = parts.filter((_, index) => index % 2 === 0);
    const sure = own.reduce((longest, part) => (part.length > longest.length ? part : longest), "");
    const open = own.at(-1) === "";
    return { pattern: new RegExp(`^${source.join("")}$`), names, said, exact: own.join("").length, sure, open };
  });
  return { of, found: new Map(), templates: templates.sort((a, b) => b.exact - a.exact), plain };
}

/**
 * A sentence, several of them, a part of one or a list; undefined where nothing of it is known.
 * @param {string} text @param {NonNullable<typeof known>} of @param {number} deep @returns {string | undefined}
 */
function say(text, of, deep) {
  if (deep > DEEPEST) return undefined;
  // A part of one word is a name, even if it looks like a word of ours.
  const plain = deep > 0 && !text.includes(" ") ? undefined : of.plain.get(text);
  return (
    plain ??
    counted(text) ??
    (deep > 0 ? alike(text, of, deep) : undefined) ??
    recognise(text, of, deep, true) ??
    several(text, of, deep) ??
    recognise(text, of, deep, false) ??
    list(text, of, deep)
  );
}

/**
 * @param {string} text @param {NonNullable<typeof known>} of @param {number} deep
 * @param {boolean} one whether the text is one sentence for sure: none of its parts but the last holds the end of one
 */
function recognise(text, of, deep, one) {
  for (const { pattern, names, said, sure, open } of of.templates) {
    if (!text.includes(sure)) continue;
    const match = pattern.exec(text);
    if (!match) continue;
    const parts = match.slice(1);
    if (one && (open ? parts.slice(0, -1) : parts).some((part) => SENTENCE_ENDS.test(part))) continue;
    return fill(said, Object.fromEntries(names.map((name, index) => [name, part(parts[index] ?? "", of, deep)])));
  }
  return undefined;
}

/** What a template was filled with: a name stays. @param {string} text @param {NonNullable<typeof known>} of @param {number} deep */
function part(text, of, deep) {
  const [, before = "", own = "", after = ""] = /^([\s,;]*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return own ? `${before}${say(own, of, deep + 1) ?? own}${after}` : text;
}

/** A number of things, as "2 workers". @param {string} text */
function counted(text) {
  const [, count, one] = /^(\d+) (\w+?)s?$/.exec(text) ?? [];
  return count && one && words()?.messages[`{count} ${one}`] ? tn(`{count} ${one}`, text, Number(count)) : undefined;
}

/** Sentences one after another, each as long as one can be. @type {typeof say} */
function several(text, of, deep) {
  const pieces = text.split(SENTENCE_ENDS);
  if (pieces.length < 2) return undefined;
  const told = [];
  let found = false;
  for (let from = 0; from < pieces.length; ) {
    let to = pieces.length - (from === 0 ? 1 : 0);
    /** @type {string | undefined} */
    let said;
    for (; to > from && said === undefined; to--) {
      const piece = pieces.slice(from, to).join(" ");
      said = of.plain.get(piece) ?? recognise(piece, of, deep, true);
    }
    from = said === undefined ? from + 1 : to + 1;
    told.push(said ?? pieces[from - 1]);
    found ||= said !== undefined;
  }
  return found ? told.join(" ") : undefined;
}

/** A list whose elements are all of the same template, as a template too can hold a comma. @type {typeof say} */
function alike(text, of, deep) {
  const pieces = text.split(AMONG);
  if (pieces.length < 3) return undefined;
  const told = pieces.map((piece, index) => (index % 2 === 1 ? between(piece) : recognise(piece, of, deep, true)));
  return told.every((piece) => piece !== undefined) ? told.join("") : undefined;
}

/** Elements with "and" or a comma between them: names, numbers of things, changes with what changed. @type {typeof say} */
function list(text, of, deep) {
  const pieces = text.split(BETWEEN);
  let found = false;
  const told = pieces.map((piece, index) => {
    if (index % 2 === 1) return between(piece);
    const said = pieces.length > 1 ? say(piece, of, deep + 1) : undefined;
    const value = [": ", " → "].includes(pieces[index - 1] ?? "") || pieces[index + 1] === " → ";
    const word = said ?? (value ? of.plain.get(piece) : undefined);
    const named = word ?? keyed(piece, of);
    found ||= named !== undefined;
    return named ?? piece;
  });
  const names = pieces.length > 1 && pieces.every((piece, index) => index % 2 === 1 || !/\s/.test(piece));
  return found || names ? told.join("") : undefined;
}

/** "wanted role manager": what it is of, and its value. @param {string} text @param {NonNullable<typeof known>} of */
function keyed(text, of) {
  const words = text.split(" ");
  for (const long of [2, 1]) {
    const key = words.length > long ? of.plain.get(words.slice(0, long).join(" ")) : undefined;
    if (key) return [key, ...words.slice(long)].join(" ");
  }
  return undefined;
}

/** @param {string} separator */
function between(separator) {
  /** @type {Record<string, string>} */
  const said = { "; and ": t("; and "), ", and ": t(", and "), ", then ": t(", then "), " and ": t(" and ") };
  return said[separator] ?? separator;
}
