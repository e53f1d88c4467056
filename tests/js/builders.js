/** Small builders of what a view holds. */

import { emptyView } from "../../static/js/store.js";

export function aNode(name, fields = {}) {
  return {
    name,
    ip: "10.222.216.2",
    cpus: 2,
    memory: 4 * 2 ** 30,
    power: "on",
    engine: true,
    swarm: "active",
    error: "",
    id: "d1nlhrih8a3kmjlef3s22rjrw",
    role: "worker",
    availability: "active",
    state: "ready",
    reachability: "",
    leader: false,
    message: "",
    labels: {},
    containers: 0,
    ...fields,
  };
}

export function aManager(name, fields = {}) {
  return aNode(name, { role: "manager", reachability: "reachable", ...fields });
}

export function aRaft(fields = {}) {
  return {
    role: "follower",
    term: 2,
    leader: "manager1",
    votes: [],
    voted: "manager1",
    commit: 41,
    last: 41,
    applied: 41,
    members: ["manager1", "manager2", "manager3"],
    quorum: true,
    ...fields,
  };
}

export function aTask(id, fields = {}) {
  return {
    id,
    service: "s1",
    name: "web.1",
    slot: 1,
    node: "worker1",
    state: "running",
    desired: "running",
    error: "",
    message: "started",
    since: 0,
    image: "web",
    ...fields,
  };
}

/** @param {object[]} nodes */
export function aView(nodes, fields = {}) {
  return { ...emptyView(), n: 1, nodes: Object.fromEntries(nodes.map((node) => [node.name, node])), ...fields };
}
