/**
 * Record a real lab for the start page: node tools/record_demo.mjs http://127.0.0.1:8000 > static/demo.json
 *
 * Makes a lab, drives it over REST as a learner would, and writes down the views and deltas that the page gets.
 */
import { io } from "socket.io-client";

const server = process.argv[2] ?? "http://127.0.0.1:8000";
const MANAGERS = ["manager1", "manager2", "manager3"];
const WORKERS = ["worker1", "worker2"];
const IMAGE = "joeyratt/webpage:latest";

/** @param {string} method @param {string} path @param {unknown} [body] @param {string} [token] @returns {Promise<any>} */
async function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(server + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const lab = await call("POST", "/api/labs", { nodes: [...MANAGERS, ...WORKERS], images: [IMAGE] });
const post = (/** @type {string} */ path, /** @type {unknown} */ body) =>
  call("POST", `/api/labs/${lab.id}${path}`, body, lab.token);
const run = async (/** @type {string} */ node, /** @type {string} */ command) => {
  const { stdout, stderr, exit } = await post("/exec", { node, command });
  if (exit !== 0) throw new Error(`${node}: ${command}: ${stderr}`);
  return stdout.trim();
};

/** @type {any} */
let view = null;
/** @type {{ at_ms: number, delta: unknown }[]} */
const deltas = [];
let began = 0;
const socket = io(`${server}/lab`, { transports: ["websocket"] });
socket.on("view", (first) => {
  view ??= first;
  began ||= performance.now();
});
socket.on("delta", (delta) => deltas.push({ at_ms: Math.round(performance.now() - began), delta }));
const joined = await socket.timeout(5000).emitWithAck("join", { lab: lab.id, token: lab.token, n: null });
if (joined.error) throw new Error(joined.error);

await sleep(1500);
await run("manager1", `docker swarm init --advertise-addr ${lab.nodes.manager1.ip}`);
for (const [role, names] of /** @type {const} */ ([
  ["manager", MANAGERS.slice(1)],
  ["worker", WORKERS],
])) {
  const token = await run("manager1", `docker swarm join-token -q ${role}`);
  for (const name of names) {
    await sleep(700);
    await run(name, `docker swarm join --token ${token} ${lab.nodes.manager1.ip}:2377`);
  }
}
await sleep(1500);
await run("manager1", `docker service create --detach --name web --replicas 6 --publish 5000:5000 ${IMAGE}`);
await sleep(7000);
await post("/faults", { partition: [["manager1"], [...MANAGERS.slice(1), ...WORKERS]] });
// An election and a node's being found down take most of a minute: nobody watches that at its real pace.
await post("/clock", { speed: 3 });
await sleep(18_000);
const still_ms = Math.round(performance.now() - began);
await post("/faults", { heal: true });
// manager1 comes back with a higher term, so there is an election before all is well.
for (let tries = 0; tries < 40; tries += 1) {
  await sleep(1000);
  const { quorum, nodes } = await call("GET", `/api/labs/${lab.id}/view`, undefined, lab.token);
  const well = Object.values(nodes).every((/** @type {any} */ node) => node.state === "ready");
  if (tries > 3 && quorum.has && quorum.reachable === MANAGERS.length && well) break;
}
await sleep(2000);
socket.disconnect();
await call("DELETE", `/api/labs/${lab.id}`, undefined, lab.token);

process.stdout.write(`${JSON.stringify({ still_ms, view, deltas })}\n`);
