/** The only factory of elements. Text goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Attribute */

/**
 * @param {Element} element
 * @param {Record<string, Attribute>} attributes null and false remove; a function listens to the event of that name
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (value === true) element.setAttribute(name, "");
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** @param {Node} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement}
 */
export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * Make a parent's children those of the wanted keys, in that order. Elements that stay are kept, so focus survives.
 * @template {Element} E
 * @param {Element} parent
 * @param {Map<string, E>} elements by key, kept between calls
 * @param {Iterable<string>} keys
 * @param {(key: string) => E} make
 */
export function keyed(parent, elements, keys, make) {
  const wanted = new Set(keys);
  for (const [key, element] of elements) {
    if (wanted.has(key)) continue;
    element.remove();
    elements.delete(key);
  }
  /** @type {Element | null} */
  let before = parent.firstElementChild;
  for (const key of wanted) {
    let element = elements.get(key);
    if (!element) {
      element = make(key);
      elements.set(key, element);
    }
    if (element === before) before = before.nextElementSibling;
    else parent.insertBefore(element, before);
  }
}

/** @type {MediaQueryList | undefined} */
let motion;
let less = false;

/** @returns {boolean} whether the person asked for less motion */
export function lessMotion() {
  if (!motion) {
    // Kept, because asking a media query can force a layout.
    motion = matchMedia("(prefers-reduced-motion: reduce)");
    less = motion.matches;
    motion.addEventListener("change", ({ matches }) => {
      less = matches;
    });
  }
  return less;
}
