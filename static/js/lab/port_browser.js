/** A small browser on the host: what a node's published port answers, which task it was, and how the mesh takes turns. */

/** @import { LabApi } from "../api.js" */
/** @import { Store } from "../store.js" */
/** @import { Diagram } from "../diagram/diagram.js" */

import { find, h, keyed, set, write } from "../dom.js";
import { heard, t, tn } from "../language.js";
import { inNaturalOrder } from "../order.js";
import { answerer, failureWords } from "./port_words.js";

const TIMES = 10;
const EVERY = "*";
/** Between two of many questions, so that the turns can be followed. */
const PAUSE_MS = 150;

/** @typedef {{ name: string, hue: number, count: number }} Answers of one task */

/**
 * @param {Store} store
 * @param {LabApi} api
 * @param {Diagram} diagram knows the colours
 * @returns {(port: number) => void} opens it
 */
export function portBrowser(store, api, diagram) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#browser"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  const node = /** @type {HTMLSelectElement} */ (find("select", form));
  const port = /** @type {HTMLInputElement} */ (find("[name=port]", form));
  const path = /** @type {HTMLInputElement} */ (find("[name=path]", form));
  const status = find(".browser-status", dialog);
  const list = find(".tally", dialog);
  const sum = find(".tally-sum", dialog);
  const many = /** @type {HTMLButtonElement} */ (find("[data-many]", dialog));
  const frame = /** @type {HTMLIFrameElement} */ (find("iframe", dialog));
  /** @type {Map<string, Answers>} */
  const served = new Map();
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  let failures = 0;
  let turn = 0;
  /** Another number for another round: what comes back from an older one is not shown. */
  let round = 0;

  /** @returns {string} the node to ask now */
  const nextNode = () => {
    if (node.value !== EVERY) return node.value;
    const names = Object.keys(store.view.nodes).sort(inNaturalOrder);
    turn += 1;
    return names[(turn - 1) % names.length] ?? "";
  };
  const ask = async () => {
    const asked = { node: nextNode(), port: Number(port.value) };
    const mine = round;
    const query = new URLSearchParams({ node: asked.node, port: port.value, path: path.value || "/" });
    const answer = await api.get(`/open?${query}`);
    if (mine !== round) return;
    set(dialog, { "data-failed": Boolean(answer.failed) });
    if (answer.failed) {
      failures += 1;
      frame.srcdoc = "";
      write(status, failureWords(store.view, { ...asked, reason: answer.failed }));
      return;
    }
    const { name, task } = answerer(store.view, answer.served_by);
    const known = served.get(name) ?? { name, hue: task ? diagram.hueOf(task.service) : 0, count: 0 };
    served.set(name, { ...known, count: known.count + 1 });
    frame.srcdoc = page(answer);
    const values = { status: answer.status, who: name, node: task?.node ?? "", asked: asked.node };
    if (!task?.node)
      write(
        status,
        [t("{status}, answered by {who}", values), heard(store.view.unseen.served_by ?? "")].filter(Boolean).join(". "),
      );
    else if (task.node === asked.node) write(status, t("{status}, answered by {who} on {node} itself", values));
    else write(status, t("{status}, answered by {who} on {node}, for {asked}", values));
  };
  const go = async (/** @type {number} */ times) => {
    round += 1;
    const mine = round;
    many.disabled = true;
    if (times === 1) write(status, t("Asking…"));
    try {
      for (let number = 0; number < times && mine === round && dialog.open; number += 1) {
        if (number > 0) await new Promise((later) => setTimeout(later, PAUSE_MS));
        await ask();
        drawTally();
      }
    } catch (error) {
      write(status, heard(error instanceof Error ? error.message : String(error)));
    }
    if (mine === round) many.disabled = false;
  };
  const drawTally = () => {
    const all = [...served.values()].sort((a, b) => inNaturalOrder(a.name, b.name));
    const most = Math.max(1, ...all.map((each) => each.count));
    keyed(
      list,
      rows,
      all.map((each) => each.name),
      () =>
        h(
          "li",
          {},
          h("span", { class: "tally-name" }),
          h("span", { class: "tally-bar", "aria-hidden": "true" }, h("i")),
          h("span", { class: "tally-count" }),
        ),
    );
    for (const { name, hue, count } of all) {
      const row = /** @type {HTMLElement} */ (rows.get(name));
      set(row, { "data-hue": hue });
      write(find(".tally-name", row), name);
      find(".tally-bar i", row).style.width = `${(100 * count) / most}%`;
      write(find(".tally-count", row), `${count}×`);
    }
    const answers = all.reduce((total, each) => total + each.count, 0);
    const lost = failures > 0 ? ` ${tn("{count} failure.", "{count} failures.", failures)}` : "";
    const words = tn("{count} answer.", "{count} answers.", answers) + lost;
    write(sum, answers + failures > 0 ? words : "");
  };
  const forget = () => {
    round += 1;
    failures = turn = 0;
    served.clear();
    drawTally();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(1);
  });
  port.addEventListener("change", forget);
  many.addEventListener("click", () => go(TIMES));
  find("[data-forget]", dialog).addEventListener("click", forget);
  dialog.addEventListener("close", () => {
    round += 1;
    many.disabled = false;
  });
  return (published) => {
    const nodes = Object.keys(store.view.nodes).sort(inNaturalOrder);
    const before = node.value;
    node.replaceChildren(
      ...nodes.map((name) => h("option", { value: name }, name)),
      ...(nodes.length > 1 ? [h("option", { value: EVERY }, t("every node in turn"))] : []),
    );
    if (before === EVERY || nodes.includes(before)) node.value = before;
    if (port.value !== String(published)) forget();
    port.value = String(published);
    dialog.showModal();
    go(1);
  };
}

/** @param {{ body: string, headers?: Record<string, string> }} answer @returns {string} HTML to show; plain text stays as it is */
function page({ body, headers = {} }) {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (type.includes("html") || /^\s*<(!doctype|html)/i.test(body)) return body;
  const text = body.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<!doctype html><pre>${text}</pre>`;
}
