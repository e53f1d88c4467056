import assert from "node:assert/strict";
import { test } from "node:test";
import { addressees } from "../../static/js/frame.js";

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
