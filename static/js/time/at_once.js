/** Another moment is there at once: nothing fades, grows or slides from one to the other as if that had happened. */

/** @import { Store } from "../store.js" */

/** @param {Store} store */
export function atOnce(store) {
  store.onChange(({ another }) => document.body.toggleAttribute("data-at-once", another));
}
