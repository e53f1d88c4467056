/** The swarm's networks and the ports that they open, in words and in lines. Pure; knows no DOM. */

/** @import { NetworkFigure, Point, ServiceEntity, View } from "../types" */

import { t } from "../language.js";
import { listed } from "../words.js";

/** Width of a letter, height of a line, and what lies between. */
const LETTER = 6.8;
const PORT_LETTER = 7.4;
export const LINE = 24;
const GAP = 8;
const PAD = 10;
const SIGN = 20;

/**
 * The networks in the order in which they came to be: the one that carries published ports first.
 * @param {View} view
 * @returns {NetworkFigure[]}
 */
export function networkFigures(view) {
  const services = Object.values(view.services);
  const figures = Object.values(view.networks).map((network) => {
    const members = network.ingress
      ? services.filter((service) => publishedIn(service).length > 0)
      : services.filter((service) => service.networks?.includes(network.name));
    const names = members.map((service) => service.name);
    return {
      id: network.id,
      name: network.name,
      ingress: Boolean(network.ingress),
      services: members.map((service) => service.id),
      ports: network.ingress ? members.flatMap((service) => portsOf(service)) : [],
      sentence: network.ingress ? meshSentence(names) : networkSentence(network.name, network.subnet, names),
    };
  });
  return figures.sort((a, b) => Number(b.ingress) - Number(a.ingress) || (a.name < b.name ? -1 : 1));
}

/** @param {ServiceEntity} service */
function publishedIn(service) {
  return service.ports.filter((port) => port.mode === "ingress" && port.published > 0);
}

/** @param {ServiceEntity} service @returns {NetworkFigure["ports"]} */
function portsOf(service) {
  return publishedIn(service).map(({ published }) => ({
    published,
    name: service.name,
    service: service.id,
    sentence: t("Port {port} of every node leads to a task of {service}. Choose it to open it.", {
      port: published,
      service: service.name,
    }),
  }));
}

/** @param {string[]} names */
function meshSentence(names) {
  if (names.length === 0) return t("The routing mesh: no service has published a port yet.");
  return t("The routing mesh: each published port of {services} is open on every node.", { services: listed(names) });
}

/** @param {string} name @param {string} subnet @param {string[]} names */
function networkSentence(name, subnet, names) {
  const where = subnet ? `${name}, ${subnet}` : name;
  if (names.length === 0) return t("Overlay network {network}: no service is on it yet.", { network: where });
  return t("Overlay network {network}: the tasks of {services} find each other there by name, whatever their node.", {
    network: where,
    services: listed(names),
  });
}

/**
 * @typedef {object} Placed
 * @property {NetworkFigure} figure
 * @property {string} words that stand behind its sign
 * @property {Point} at its corner, inside the row
 * @property {number} width of all of it
 * @property {number} head width of its own words
 * @property {{ port: NetworkFigure["ports"][number], x: number, width: number, words: string }[]} ports
 */

/**
 * Set the networks into lines.
 * @param {NetworkFigure[]} figures
 * @param {number} room from left to right
 * @returns {{ placed: Placed[], height: number }}
 */
export function flowed(figures, room) {
  let [x, line] = [0, 0];
  const placed = figures.map((figure) => {
    const others = figure.ingress ? "" : t("{count} on it", { count: figure.services.length });
    const words = others ? `${figure.name} · ${others}` : figure.name;
    const head = SIGN + PAD + words.length * LETTER + PAD;
    let end = head;
    const ports = figure.ports.map((port) => {
      const label = `${port.published} ${port.name}`;
      const width = label.length * PORT_LETTER + 2 * PAD;
      const place = { port, x: end, width, words: label };
      end += width;
      return place;
    });
    const width = Math.min(room, end + (ports.length > 0 ? PAD / 2 : 0));
    if (x > 0 && x + width > room) [x, line] = [0, line + 1];
    const at = { x, y: line * (LINE + 6) };
    x += width + GAP;
    return { figure, words, at, width, head, ports };
  });
  return { placed, height: figures.length === 0 ? 0 : (line + 1) * (LINE + 6) - 6 };
}
