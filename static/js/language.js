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

/** @type {{ of: Words, found: Map<string, string>, templates: { pattern: RegExp, names: string[], said: string, exact: number }[] } | undefined} */
let known;
const KEPT = 2000;

/**
 * What the server said, in English, in the learner's language: the sentence is recognised by the template that it was made of.
 * What no template makes stays as it is.
 * @param {string} sentence
 * @returns {string}
 */
export function heard(sentence) {
  const of = words();
  if (!of || !sentence) return sentence;
  if (known?.of !== of || known.found.size > KEPT) known = { of, found: new Map(), templates: templatesOf(of) };
  let said = known.found.get(sentence);
  if (said === undefined) {
    said = recognise(sentence, known.templates) ?? sentence;
    known.found.set(sentence, said);
  }
  return said;
}

/** @param {Words} of @returns {NonNullable<typeof known>["templates"]} the most exact first */
function templatesOf({ sentences }) {
  return sentences
    .map(([template, said]) => {
      /** @type {string[]} */
      const names = [];
      const parts = template.split(/\{(\w+)\}/);
      const source = parts.map((part, index) => {
        if (index % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
        names.push(part);
        return "([\\s\\S]+?)";
      });
      const exact = parts.filter((_, index) => index % 2 === 0).join("").length;
      return { pattern: new RegExp(`^${source.join("")}$`), names, said, exact };
    })
    .sort((a, b) => b.exact - a.exact);
}

/** @param {string} sentence @param {NonNullable<typeof known>["templates"]} templates */
function recognise(sentence, templates) {
  for (const { pattern, names, said } of templates) {
    const match = pattern.exec(sentence);
    if (match) return fill(said, Object.fromEntries(names.map((name, index) => [name, part(match[index + 1] ?? "")])));
  }
  return undefined;
}

/** What a template was filled with: a name stays, a number of things ("2 workers") is said here too. @param {string} text */
function part(text) {
  const [, count, one] = /^(\d+) (\w+?)s?$/.exec(text) ?? [];
  return count && one ? tn(`{count} ${one}`, text, Number(count)) : text;
}
