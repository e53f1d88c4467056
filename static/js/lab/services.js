/** The shelf of services: what is wanted against what runs, and a way to open what they publish. */

/** @import { ServiceEntity, View } from "../types" */
/** @import { Store } from "../store.js" */
/** @import { Diagram } from "../diagram/diagram.js" */

import { isRolling } from "../diagram/task_figures.js";
import { find, h, keyed, set, write } from "../dom.js";
import { heard, t } from "../language.js";

/**
 * @param {HTMLElement} shelf
 * @param {Store} store
 * @param {Diagram} diagram knows the colours
 * @param {(port: number) => void} open
 * @param {(id: string) => void} inspect
 */
export function serviceShelf(shelf, store, diagram, open, inspect) {
  const list = find("ul", shelf);
  const none = find(".none", shelf);
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();
  store.onChange((change) => {
    const flaws = change.whole || change.parts.faults.size > 0;
    if (!flaws && change.parts.services.size === 0) return;
    const { services, quorum } = store.view;
    const ids = Object.keys(services);
    keyed(list, cards, ids, (id) => {
      const card = emptyCard(open, () => inspect(id));
      for (const on of ["pointerenter", "focusin"]) card.addEventListener(on, () => diagram.light([id]));
      for (const off of ["pointerleave", "focusout"]) card.addEventListener(off, () => diagram.light(null));
      return card;
    });
    for (const id of flaws ? ids : change.parts.services) {
      const [card, service] = [cards.get(id), services[id]];
      if (card && service) show(card, service, diagram.hueOf(id), store.view);
    }
    none.hidden = ids.length > 0;
    write(none, quorum && quorum.managers > 0 ? t("No services yet.") : t("A swarm runs services. There is none yet."));
  });
}

/** @param {(port: number) => void} open @param {() => void} inspect */
function emptyCard(open, inspect) {
  const button = h("button", { type: "button", class: "link open" });
  button.addEventListener("click", () => open(Number(button.dataset.port)));
  return h(
    "li",
    { class: "service" },
    h(
      "h3",
      {},
      h("i", { class: "swatch", "aria-hidden": "true" }),
      h("button", { type: "button", class: "link name", title: t("All about it"), click: inspect }),
    ),
    h("p", { class: "counts" }),
    h("div", { class: "meter", "aria-hidden": "true" }, h("i"), h("b")),
    h("p", { class: "rollout" }),
    h("p", { class: "image mono" }),
    h("p", { class: "ports" }),
    h("p", { class: "update" }),
    h("p", { class: "flaws" }),
    button,
  );
}

/** @param {HTMLElement} card @param {ServiceEntity} service @param {number} hue @param {View} view */
function show(card, service, hue, { tasks, faults }) {
  const { wanted, running } = service;
  const port = service.ports.find((each) => each.published > 0);
  set(card, { "data-hue": hue, "data-short": running < wanted });
  write(find(".name", card), service.name);
  const rolling = isRolling(service);
  const { current = 0, previous = "" } = service;
  set(card, { "data-rolling": rolling });
  find(".meter b", card).style.width = rolling && wanted > 0 ? `${Math.min(100, (100 * current) / wanted)}%` : "0";
  write(find(".rollout", card), rolling ? t("{current} of {wanted} are of the new version", { current, wanted }) : "");
  write(
    find(".counts", card),
    `${t("{wanted} wanted, {running} run", { wanted, running })}${running < wanted ? t(", {count} to come", { count: wanted - running }) : ""}`,
  );
  find(".meter i", card).style.width = `${wanted > 0 ? Math.min(100, (100 * running) / wanted) : 0}%`;
  write(find(".image", card), rolling ? turning(previous, service.image) : named(service.image));
  find(".image", card).title = service.image;
  const mode = service.mode === "replicated" ? "" : `${service.mode}${port ? ", " : ""}`;
  write(
    find(".ports", card),
    `${mode}${port ? (port.mode === "host" ? t("port {port}, its own nodes", { port: port.published }) : t("port {port}, every node", { port: port.published })) : ""}`,
  );
  write(
    find(".update", card),
    service.update && service.update.state !== "completed"
      ? withNames(service.update.message || service.update.state, tasks)
      : "",
  );
  const flaws = flawsOf(service.image, faults);
  write(find(".flaws", card), flaws.length > 0 ? `✕ ${flaws.join(". ")}` : "");
  const button = find(".open", card);
  button.hidden = !port;
  if (port) {
    button.dataset.port = String(port.published);
    write(button, t("Open port {published}", { published: port.published }));
    button.setAttribute(
      "aria-label",
      t("Open port {published} of {name}", { published: port.published, name: service.name }),
    );
  }
}

/** @param {string} message of an update @param {View["tasks"]} tasks @returns {string} with the name of a task in place of its id */
function withNames(message, tasks) {
  return message.replace(/\b[a-z0-9]{25}\b/g, (id) => tasks[id]?.name ?? id);
}

/** @param {string} image @param {View["faults"]} faults @returns {string[]} what was done to it, in words */
function flawsOf(image, faults) {
  const name = named(image).replace(/:latest$/, "");
  return ["unhealthy", "crash", "slow_start"].flatMap((kind) => heard(faults[`${kind}:${name}`]?.text ?? "") || []);
}

/** @param {string} image @returns {string} without its digest */
function named(image) {
  return image.replace(/@sha256:.*/, "");
}

/** @param {string} before @param {string} after @returns {string} from which image to which */
function turning(before, after) {
  const [old, now] = [named(before), named(after)];
  if (!old || old === now) return now;
  const [repository, tag] = now.split(":");
  return old.startsWith(`${repository}:`) ? `${old.split(":")[1]} → ${tag}` : `${old} → ${now}`;
}
