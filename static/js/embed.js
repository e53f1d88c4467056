/** What a frame begins with: goes into the lesson, or into a lab of the sandbox. */

import { enterNewLab } from "./api.js";
import { find, write } from "./dom.js";
import { frameVoice } from "./frame.js";
import { heard } from "./language.js";
import { enterLesson } from "./lesson/enter.js";

// The lab page is asked for as a part of a frame, too.
const address = new URL(location.href);
if (address.searchParams.get("embed") !== "1") {
  address.searchParams.set("embed", "1");
  history.replaceState(null, "", address);
}
const say = frameVoice();
// In a query a plus means a space.
const asked = new URLSearchParams(location.search.replaceAll("+", "%2B"));
const { slug } = find("#embed").dataset;
const learner = asked.get("learner") ?? "";
try {
  if (slug) await enterLesson(slug, asked.get("anew") === "1", learner, true);
  else {
    const sandbox = { topology: asked.get("topology") ?? "3+2", situation: asked.get("situation") ?? "swarm" };
    await enterNewLab({ sandbox, learner });
  }
} catch (error) {
  const sentence = heard(error instanceof Error ? error.message : String(error));
  write(find("#trouble"), sentence);
  say({ event: "trouble", lesson: slug ?? "", message: sentence });
}
