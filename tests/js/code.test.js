import assert from "node:assert/strict";
import { test } from "node:test";
import { breakable, whole, withCode } from "../../static/js/code.js";

/** As much of an element as the page's factory needs, where there is no browser. */
class Piece {
  constructor(name, ...children) {
    this.name = name;
    this.children = children;
  }
  get textContent() {
    return this.children.map((each) => (typeof each === "string" ? each : each.textContent)).join("");
  }
  get childElementCount() {
    return this.children.filter((each) => each instanceof Piece && each.name !== "text").length;
  }
  getAttribute() {
    return null;
  }
  setAttribute() {}
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
}
globalThis.document ??= {
  createElement: (name) => new Piece(name),
  createTextNode: (text) => new Piece("text", text),
};

const wholes = (code) => code.children.filter((each) => each.name === "span").map((each) => each.textContent);

test("a flag keeps its dashes at the end of a line, and the command stays what it was", () => {
  const command = "docker swarm init --force-new-cluster --advertise-addr 10.222.216.2\n";
  const code = whole(new Piece("code", command));

  assert.deepEqual(wholes(code), ["--force-new-cluster", "--advertise-addr"]);
  assert.equal(code.textContent, command);
});

test("a token that is longer than a line may be broken", () => {
  const code = whole(new Piece("code", `docker swarm join --token SWMTKN-1-${"x".repeat(50)}`));
  assert.deepEqual(wholes(code), ["--token"]);
});

test("code that has elements of its own is left alone", () => {
  const code = new Piece("code", "a-b ", new Piece("b", "c-d"));
  assert.equal(whole(code).children.length, 2);
});

test("what stands between backticks is set as code", () => {
  const parts = withCode("You type `docker service ls` on manager1.");
  assert.deepEqual(
    parts.map((part) => (typeof part === "string" ? part : part.textContent)),
    ["You type ", "docker service ls", " on manager1."],
  );
  assert.equal(parts[1].name, "code");
});

test("an image's name is broken after its marks, and nowhere else", () => {
  const parts = breakable("joeyratt/webpage:latest").filter((part) => typeof part === "string");
  assert.deepEqual(parts, ["joeyratt/", "webpage:", "latest"]);
  assert.deepEqual(breakable("port 80"), ["port 80"]);
});
