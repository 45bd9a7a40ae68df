import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { trimSpace } from "./_text.ts";
import { classify, joinManifests, splitDocuments } from "./manifests.ts";

const config = (name: string): string => `kind: ConfigMap\nmetadata:\n  name: ${name}`;

Deno.test("splitDocuments() splits at every line that begins with three dashes", () => {
  const cases: [string, string[]][] = [
    ["", []],
    ["\n \n", []],
    ["a: 1\n", ["a: 1"]],
    ["---\na: 1\n---\nb: 2\n", ["a: 1", "b: 2"]],
    ["a: 1\n--- # note\nb: 2", ["a: 1", "# note\nb: 2"]],
    ["a: 1\n----\nb: 2", ["a: 1", "-\nb: 2"]],
    ["a: 1\n---foo\nb: 2", ["a: 1", "foo\nb: 2"]],
    ["a: 1\n  ---\nb: 2", ["a: 1\n  ---\nb: 2"]],
    ["# only\n---\na: 1", ["# only", "a: 1"]],
    ["a: 1 \n\t\n---   \n\n  b: 2\n", ["a: 1", "b: 2"]],
    ["---", []],
    ["a: 1\n---", ["a: 1"]],
    ["a: 1\r\n---\r\nb: 2\r\n", ["a: 1", "b: 2"]],
  ];
  for (const [text, wanted] of cases) deepEqual(splitDocuments(text), wanted, JSON.stringify(text));
});

Deno.test("splitDocuments() does not split where the separator's line break went with the one before", () => {
  deepEqual(splitDocuments("---\n---\na: 1"), ["---\na: 1"]);
  deepEqual(splitDocuments("a: 1\n---\n\n---\nb: 2"), ["a: 1", "---\nb: 2"]);
});

Deno.test("splitDocuments() splits as Helm's pattern does", () => {
  const pattern = /(?:^|[\t\n\f\r ]*\n)---[\t\n\f\r ]*/;
  const pieces = fc.array(
    fc.constantFrom("-", "--", "---", "\n", "\n---", " ", "\t", "\r\n", "\v", "a", "# b", "\u00a0"),
  );
  fc.assert(fc.property(pieces, (parts) => {
    const text = parts.join("");
    const wanted = trimSpace(text).split(pattern).filter((piece) => piece !== "").map(trimSpace);
    deepEqual(splitDocuments(text), wanted);
  }));
});

Deno.test("splitDocuments() takes time in proportion to the text", () => {
  const blank = " \n".repeat(200_000);
  equal(splitDocuments(`a: 1${blank}b: 2`).length, 1);
});

Deno.test("classify() keeps paths in byte order and documents in theirs", () => {
  const { manifests } = classify({
    "c/templates/b.yaml": `${config("b1")}\n---\n${config("b2")}`,
    "c/a.yaml": config("a"),
  });
  deepEqual(manifests.map((manifest) => manifest.head.name), ["a", "b1", "b2"]);
});

Deno.test("classify() leaves out partials and logs empty files", () => {
  const logged: string[] = [];
  const { manifests, hooks } = classify({ "c/_p.yaml": config("p"), "c/empty.yaml": " \n" }, {
    log: (text) => logged.push(text),
  });
  deepEqual([manifests, hooks], [[], []]);
  deepEqual(logged, ['info: manifest "c/empty.yaml" is empty. Skipping.']);
});

Deno.test("classify() keeps a document of comments as a manifest without kind", () => {
  const { manifests } = classify({ "a.yaml": "# nothing here" });
  deepEqual(manifests.map(({ kind, text }) => ({ kind, text })), [{ kind: "", text: "# nothing here" }]);
});

Deno.test("classify() says where a document is not YAML, in Helm's words", () => {
  throws(() => classify({ "c/templates/a.yaml": "kind: A\n---\njust words" }), {
    kind: "yaml",
    message: "YAML parse error on c/templates/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot " +
      "unmarshal string into Go value of type releaseutil.SimpleHead",
  });
  throws(() => classify({ "a.yaml": "a: b: c" }), {
    message:
      "YAML parse error on a.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this " +
      "context",
  });
});

Deno.test("joinManifests() begins with a newline and ends without one", () => {
  equal(joinManifests([]), "");
  equal(
    joinManifests([{ path: "c/a.yaml", kind: "A", text: "kind: A" }, { path: "c/b.yaml", kind: "B", text: "kind: B" }]),
    "\n---\n# Source: c/a.yaml\nkind: A\n---\n# Source: c/b.yaml\nkind: B",
  );
});
