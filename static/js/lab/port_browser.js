/** A small browser on the host: what a node's published port answers, and which task it was. */

/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */

import { inNaturalOrder } from "../diagram/layout.js";
import { find, h, write } from "../dom.js";
import { heard, t } from "../language.js";

/** @returns {Record<string, string>} */
const REASONS = () => ({
  refused: t("The connection was refused: nothing listens on that port of this node."),
  timeout: t("No answer came in time. Is the node on, and can it reach a task of the service?"),
  reset: t("The connection broke off."),
  "no-route": t("There is no way to that node."),
  "unknown-host": t("No machine has that name."),
});

/** @param {Store} store @param {LabApi} api @returns {(port: number) => void} opens it */
export function portBrowser(store, api) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#browser"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  const node = /** @type {HTMLSelectElement} */ (find("select", form));
  const port = /** @type {HTMLInputElement} */ (find("[name=port]", form));
  const path = /** @type {HTMLInputElement} */ (find("[name=path]", form));
  const status = find(".browser-status", dialog);
  const tally = find(".tally", dialog);
  const frame = /** @type {HTMLIFrameElement} */ (find("iframe", dialog));
  /** @type {Map<string, number>} */
  const served = new Map();

  const go = async () => {
    write(status, t("Asking…"));
    try {
      const query = new URLSearchParams({ node: node.value, port: port.value, path: path.value || "/" });
      const answer = await api.get(`/open?${query}`);
      if (answer.failed) {
        frame.srcdoc = "";
        write(status, REASONS()[answer.failed] ?? t("It failed: {failed}.", { failed: answer.failed }));
        return;
      }
      frame.srcdoc = answer.body;
      write(
        status,
        t("{status}, answered by {who}", { status: answer.status, who: answer.served_by || t("someone unknown") }),
      );
      const who = answer.served_by?.split(".").slice(0, 2).join(".") || "unknown";
      served.set(who, (served.get(who) ?? 0) + 1);
      tally.replaceChildren(...[...served].sort().map(([name, count]) => h("li", {}, h("b", {}, name), ` ${count}×`)));
    } catch (error) {
      write(status, heard(error instanceof Error ? error.message : String(error)));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  return (published) => {
    const nodes = Object.keys(store.view.nodes).sort(inNaturalOrder);
    const before = node.value;
    node.replaceChildren(...nodes.map((name) => h("option", { value: name }, name)));
    if (nodes.includes(before)) node.value = before;
    if (port.value !== String(published)) served.clear();
    tally.replaceChildren();
    port.value = String(published);
    dialog.showModal();
    go();
  };
}
