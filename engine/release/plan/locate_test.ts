import { deepEqual } from "node:assert/strict";
import { locate } from "./locate.ts";

const LINES = `
# a comment
apiVersion: apps/v1
metadata: {name: web, labels: {a: b}}
spec:
  template:
    spec:
      containers:
      - name: one
        image: x
      -   name: two
          "args":
          - a
          - b
      initContainers: []
  text: |
    spec:
      image: no
  last: 1
`.split("\n");

const at = (...path: (string | number)[]): [string, string] => {
  const { start, end } = locate(LINES, path);
  return [LINES[start] ?? "", LINES[end - 1] ?? ""];
};

Deno.test("locate() finds fields, items of lists and whole blocks", () => {
  deepEqual(at("apiVersion"), ["apiVersion: apps/v1", "apiVersion: apps/v1"]);
  deepEqual(at("spec", "template", "spec", "containers", 0, "image"), ["        image: x", "        image: x"]);
  deepEqual(at("spec", "template", "spec", "containers", 1, "args", 1), ["          - b", "          - b"]);
  deepEqual(at("spec", "template", "spec", "containers", 1), ["      -   name: two", "          - b"]);
  deepEqual(at("spec", "text"), ["  text: |", "      image: no"]);
  deepEqual(at("spec", "last")[0], "  last: 1");
});

Deno.test("locate() falls back to the enclosing field", () => {
  deepEqual(at("metadata", "labels", "a")[0], "metadata: {name: web, labels: {a: b}}");
  deepEqual(at("spec", "none")[0], "spec:");
});
