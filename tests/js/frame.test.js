import assert from "node:assert/strict";
import { test } from "node:test";
import { addressees, tellFrame } from "../../static/js/frame.js";

const OWN = "https://playground.example";
const COURSE = "https://course.example";
const allowed = [COURSE, "https://other.example", OWN];

test("a site that may hear is the only one that is told", () => {
  assert.deepEqual(addressees(allowed, COURSE, "", null), [COURSE]);
  assert.deepEqual(addressees(allowed, undefined, `${COURSE}/week/2`, null), [COURSE]);
  assert.deepEqual(addressees(allowed, undefined, "", COURSE), [COURSE]);
});

test("a site that may not hear is told nothing", () => {
  assert.deepEqual(addressees(allowed, "https://evil.example", `${COURSE}/`, COURSE), []);
});

test("where the browser does not say who is around, messages are addressed to those that may hear, never to all", () => {
  assert.deepEqual(addressees(allowed, undefined, "", null), allowed);
  assert.deepEqual(addressees(allowed, undefined, "nonsense", "https://evil.example"), allowed);
});

test("what happens in a lesson is told once, and again only when a step is done by hand that was played before", () => {
  /** @type {Record<string, unknown>[]} */
  const heard = [];
  globalThis.window = { parent: { postMessage: (message, origin) => heard.push({ ...message, origin }) } };
  globalThis.document = { body: { dataset: { embedOrigins: COURSE } }, referrer: `${COURSE}/week/2` };
  globalThis.location = { origin: OWN };
  globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
  const state = (...steps) => ({
    slug: "01-a",
    done: steps.every(([done]) => done),
    steps: steps.map(([done, played], index) => ({ id: `s${index}`, title: "", done, played })),
  });
  let change = (_) => {};
  const store = { view: { lesson: state([true], [false]) }, onChange: (listener) => (change = listener) };
  tellFrame(store, () => ["One", "Two"]);
  const comes = (...steps) => {
    heard.length = 0;
    store.view.lesson = state(...steps);
    change({ whole: false, fields: new Set(["lesson"]) });
    return heard.map(({ event, step, played, origin }) =>
      [event, step, played, origin].filter((of) => of !== undefined),
    );
  };

  assert.deepEqual(comes([true], [false]), [["ready", COURSE]]);
  assert.deepEqual(comes([true], [true, true]), [
    ["step", "s1", true, COURSE],
    ["finished", COURSE],
  ]);
  assert.deepEqual(comes([true], [false]), []);
  assert.deepEqual(comes([true], [true, true]), []);
  assert.deepEqual(comes([false], [false]), []);
  assert.deepEqual(comes([true], [true, false]), [["step", "s1", false, COURSE]]);
});
