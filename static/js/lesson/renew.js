/** A step's prose, put in for what stands there: only the parts that differ are replaced, so that a reader stays in place. */

/** What a part was written as, before its buttons were added. @type {WeakMap<Element, string>} */
const written = new WeakMap();

/**
 * @param {HTMLElement} prose
 * @param {string} html the lesson's own, from our server
 * @param {(part: HTMLElement) => void} enliven gets the root of what is new
 */
export function renew(prose, html, enliven) {
  const fresh = document.createElement("div");
  fresh.innerHTML = html;
  const parts = [...fresh.children];
  const before = [...prose.children];
  const same = before.length === parts.length;
  if (!same) prose.replaceChildren();
  parts.forEach((part, index) => {
    const text = part.outerHTML;
    const old = same ? before[index] : undefined;
    if (old && written.get(old) === text) return;
    const root = document.createElement("div");
    root.append(part);
    enliven(root);
    const entered = /** @type {Element} */ (root.firstElementChild);
    written.set(entered, text);
    if (!old) {
      prose.append(entered);
      return;
    }
    const focused = reachable(old).indexOf(/** @type {HTMLElement} */ (document.activeElement));
    old.replaceWith(entered);
    if (focused >= 0) reachable(entered)[focused]?.focus({ preventScroll: true });
  });
}

/** @param {Element} root @returns {HTMLElement[]} */
function reachable(root) {
  const all = root.querySelectorAll('button, input, a[href], [tabindex="0"]');
  return [...all].filter((element) => element instanceof HTMLElement);
}
