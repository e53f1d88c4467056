/** The REST calls of the page. */

/** @import { LabAnswer, Lesson, LessonSummary, Opening } from "./types" */

import { chosenBackend } from "./engine_choice.js";
import { t } from "./language.js";
import { tokenOf } from "./lesson/visits.js";

/** The server refused; the message is its sentence. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ token?: string, body?: unknown, text?: string }} [options] `body` is sent as JSON; `text` is JSON already
 * @returns {Promise<any>}
 */
async function call(method, path, options = {}) {
  const text = await callText(method, path, options);
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(200, t("The server's answer cannot be read ({status}).", { status: 200 }));
  }
}

/**
 * The answer as it came: what is only passed on is not read as JSON, whose larger numbers JavaScript rounds.
 * @param {string} method
 * @param {string} path
 * @param {{ token?: string, body?: unknown, text?: string }} [options]
 * @returns {Promise<string>}
 */
async function callText(method, path, { token, body, text: sent } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (token) headers.Authorization = `Bearer ${token}`;
  const content = body === undefined ? sent : JSON.stringify(body);
  if (content !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: content });
  } catch {
    throw new ApiError(0, t("The server does not answer. Check that it runs, then try again."));
  }
  const text = await answer.text();
  if (answer.ok) return text;
  /** @type {any} */
  let refused = null;
  try {
    refused = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(answer.status, t("The server's answer cannot be read ({status}).", { status: answer.status }));
  }
  throw new ApiError(answer.status, refused?.error ?? t("The server refused ({status}).", { status: answer.status }));
}

/** @returns {Promise<LessonSummary[]>} */
export function listLessons() {
  return call("GET", "/api/lessons");
}

/**
 * Make a lab and go there.
 * @param {{ lesson?: string, sandbox?: Opening, learner?: string }} body
 */
export async function enterNewLab(body) {
  enterLab(await call("POST", "/api/labs", { body: { ...body, ...chosenBackend() } }));
}

/** @param {Pick<LabAnswer, "id" | "token">} lab */
function labAddress(lab) {
  const address = new URL(`/labs/${lab.id}`, location.href);
  // In a frame of another site it stays as it was asked for: embedded, and in that language.
  const kept = [...new URLSearchParams(location.search)].filter(([name]) => ["embed", "language"].includes(name));
  address.search = new URLSearchParams(kept).toString();
  address.hash = `token=${lab.token}`;
  return address.href;
}

/** Go to a lab. @param {Pick<LabAnswer, "id" | "token">} lab @param {boolean} [instead] of this page: going back leads past it */
export function enterLab(lab, instead = false) {
  if (instead) location.replace(labAddress(lab));
  else location.href = labAddress(lab);
}

/** A lab of one's own, from what somebody shared. @param {string} share @returns {Promise<LabAnswer>} */
export function openShare(share) {
  return call("POST", `/api/shares/${encodeURIComponent(share)}`);
}

/** A lab of one's own, from a journal. @param {string} journal the file as it is @returns {Promise<LabAnswer>} */
export function importJournal(journal) {
  return call("POST", "/api/labs/import", { text: journal });
}

/** @param {string} id @param {string} token @returns {Promise<boolean>} whether there is such a lab, and it is ours */
export async function labIsThere(id, token) {
  try {
    await call("GET", `/api/labs/${id}`, { token });
    return true;
  } catch (error) {
    if (error instanceof ApiError && [403, 404].includes(error.status)) return false;
    throw error;
  }
}

/** @param {string} id @param {string} token */
export async function endLab(id, token) {
  await call("DELETE", `/api/labs/${id}`, { token });
}

/**
 * A file of a lab, to be kept.
 * @param {string} path @param {string} token
 * @returns {Promise<{ name: string, data: Blob }>}
 */
async function download(path, token) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok)
    throw new ApiError(answer.status, (await answer.json().catch(() => null))?.error ?? answer.statusText);
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "lesson.zip";
  return { name, data: await answer.blob() };
}

/** One lab's calls, with its token. */
export class LabApi {
  /** @param {string} id @param {string} token */
  constructor(id, token) {
    this.id = id;
    this.token = token;
  }

  /** @param {string} path @returns {Promise<any>} */
  get(path) {
    return call("GET", `/api/labs/${this.id}${path}`, { token: this.token });
  }

  /** The lab as a file: the text that `importJournal` takes, untouched. @returns {Promise<string>} */
  journal() {
    return callText("GET", `/api/labs/${this.id}/journal`, { token: this.token });
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  post(path, body) {
    return call("POST", `/api/labs/${this.id}${path}`, { token: this.token, body });
  }

  /** What was done here, as a lesson to go on writing. @param {string} title */
  draft(title) {
    return download(`/api/labs/${this.id}/draft?${new URLSearchParams({ title })}`, this.token);
  }

  /** @returns {Promise<Lesson>} */
  lesson() {
    return this.get("/lesson");
  }

  /** @param {Record<string, unknown>} fault */
  fault(fault) {
    return this.post("/faults", fault);
  }
}

/**
 * The token came in the fragment, which no server sees; it is kept for this tab. That of a lesson's lab is known from the
 * visit before.
 * @param {string} lab
 * @returns {string} empty when this tab has none
 */
export function claimToken(lab) {
  const key = `token ${lab}`;
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) sessionStorage.setItem(key, given);
  return given || sessionStorage.getItem(key) || tokenOf(lab);
}
