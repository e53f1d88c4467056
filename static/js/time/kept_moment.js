/** Who looks at the past and loads the page again sees the same moment again, until they go back to now. */

/** @import { Store } from "../store.js" */
/** @import { Past } from "./past.js" */

/** @param {string} lab @param {Store} live @param {Past} past */
export function keepMoment(lab, live, past) {
  const name = `moment ${lab}`;
  /** What was looked at before the page was loaded, until there is a lab to look into. */
  let left = sessionStorage.getItem(name);
  past.addEventListener("change", () => {
    if (past.at === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, String(past.at));
  });
  live.onChange(({ whole }) => {
    if (!whole || left === null) return;
    const at = Number(left);
    left = null;
    past.look(at);
  });
}
