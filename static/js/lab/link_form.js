/** What can be done to a link: a form in its inspector. It says what is so now, and sends what was changed. */

/** @import { Store } from "../store.js" */
/** @import { Present } from "../time/present.js" */
/** @import { LinkState } from "./link_facts.js" */

import { endsOf, linkKey } from "../diagram/figures.js";
import { find, h, write } from "../dom.js";
import { heard, t } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { linkState } from "./link_facts.js";

/**
 * @param {HTMLFormElement} form
 * @param {Store} store
 * @param {Present} present
 * @param {(key: string) => void} onOther another link was chosen in it
 * @returns {{ show: (key: string) => void, hide: () => void }}
 */
export function linkForm(form, store, present, onOther) {
  const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const ends = /** @type {[HTMLSelectElement, HTMLSelectElement]} */ ([...form.querySelectorAll("select")]);
  const mend = present.acts(/** @type {HTMLButtonElement} */ (find("[data-mend]", form)));
  const told = find(".told", form);
  present.acts(find(".primary", form));
  let of = "";
  let filled = "";

  /** What is so now, unless that is what it was filled with: then what stands there is being typed. */
  const fill = () => {
    const now = linkState(store.view, ...endsOf(of));
    const state = `${of} ${JSON.stringify(now)}`;
    if (state === filled) return;
    filled = state;
    input("cut").checked = now.cut;
    input("ms").value = String(now.extra_ms);
    input("percent").value = String(now.percent);
    mend.hidden = !now.cut && now.extra_ms === 0 && now.percent === 0;
  };
  const send = async (/** @type {Record<string, unknown>[]} */ faults) => {
    write(told, "");
    try {
      if (faults.length === 0) write(told, t("It is so already. Change something first."));
      else await present.faults(faults);
    } catch (error) {
      write(told, heard(error instanceof Error ? error.message : String(error)));
    }
  };

  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLSelectElement)) return;
    const [a, b] = endsOf(of);
    const [from, to] = ends.map((select) => select.value);
    // A link has two different ends: who is chosen for both changes places with the other.
    const [left = a, right = b] = from !== to ? [from, to] : target === ends[0] ? [from, a] : [b, to];
    onOther(`${left}|${right}`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const link = endsOf(of);
    const wanted = {
      cut: input("cut").checked,
      extra_ms: Number(input("ms").value),
      percent: Number(input("percent").value),
    };
    void send(faultsFor(link, linkState(store.view, ...link), wanted));
  });
  mend.addEventListener("click", () => {
    void send([{ mend: endsOf(of) }]);
    // It goes when the link is whole, and the focus with it.
    find(".primary", form).focus();
  });
  store.onChange(({ parts, whole }) => {
    if (of && (whole || parts.links.size > 0)) fill();
  });
  return {
    show(key) {
      of = key;
      filled = "";
      form.hidden = false;
      const names = ["host", ...Object.keys(store.view.nodes).sort(inNaturalOrder)];
      endsOf(key).forEach((end, index) => {
        const select = /** @type {HTMLSelectElement} */ (ends[index]);
        select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
        select.value = end;
      });
      write(told, "");
      fill();
    },
    hide() {
      of = "";
      form.hidden = true;
    },
  };
}

/**
 * What makes a link as it is wanted. Mending undoes all three, so it goes first, and what shall stay is said again.
 * @param {[string, string]} link
 * @param {LinkState} is
 * @param {LinkState} wanted
 * @returns {Record<string, unknown>[]}
 */
export function faultsFor(link, is, wanted) {
  const mends =
    (is.cut && !wanted.cut) || (is.extra_ms > 0 && wanted.extra_ms === 0) || (is.percent > 0 && wanted.percent === 0);
  const from = mends ? { cut: false, extra_ms: 0, percent: 0 } : is;
  return [
    ...(mends ? [{ mend: link }] : []),
    ...(wanted.cut && !from.cut ? [{ cut: link }] : []),
    ...(wanted.extra_ms !== from.extra_ms ? [{ slow: link, ms: wanted.extra_ms }] : []),
    ...(wanted.percent !== from.percent ? [{ lose: link, percent: wanted.percent }] : []),
  ];
}

/** @param {string} name of a machine @param {string[]} names of all @returns {string} the link to the first of the others */
export function firstLinkOf(name, names) {
  return linkKey(name, names.filter((other) => other !== name).sort(inNaturalOrder)[0] ?? "host");
}
