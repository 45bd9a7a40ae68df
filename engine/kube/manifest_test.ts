import { deepEqual, equal, match, ok } from "node:assert/strict";
import { KubeDocument, KubeManifest, namedObjects } from "./manifest.ts";

const A = "# Source: web/a.yaml\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n";
const B = "kind: Secret\napiVersion: v1\nmetadata: {name: b, namespace: there}\n";

Deno.test("KubeManifest decodes a document once, and shares its data", () => {
  const { documents } = new KubeManifest(`---\n${A}---\n${B}`);
  deepEqual(documents.map(({ text }) => text), [A, B]);
  const [first] = documents;
  ok(first);
  equal(first.data, first.data);
});

Deno.test("KubeManifest takes documents with the same text from those that are known", () => {
  const before = new KubeManifest(`\n---\n${A}---\n${B}`);
  const after = new KubeManifest(`\n---\n${B}---\nkind: Pod`, before.byText());
  deepEqual(after.documents.map((document) => before.documents.indexOf(document)), [1, -1]);
});

Deno.test("KubeManifest.with() replaces and leaves out documents, and keeps all other text", () => {
  const manifest = new KubeManifest(`\n---\n${A}\n---\n${B}\n--- \nkind: Pod`);
  const pod = manifest.documents[2];
  const other = new KubeDocument("kind: Job\n");
  const changed = manifest.with([undefined, other, pod]);
  equal(changed.text, `\n---\nkind: Job\n--- \nkind: Pod`);
  deepEqual(changed.documents.map((document) => [other, pod].indexOf(document)), [0, 1]);
  equal(manifest.with(manifest.documents).text, manifest.text);
});

Deno.test("KubeManifest.entries() ends at a document that is not YAML; documents after it can be read one by one", () => {
  const manifest = new KubeManifest(`${A}---\na: [\n---\n${B}`);
  const [first, problem, ...more] = manifest.entries();
  ok(first !== undefined && "object" in first);
  ok(problem instanceof Error);
  match(problem.message, /^error parsing : error converting YAML to JSON: yaml: /);
  deepEqual(more, []);
  const last = manifest.documents[2]?.entry;
  ok(last !== undefined && "object" in last);
  deepEqual(last.wanted, { group: "", version: "v1", kind: "Secret" });
});

Deno.test("namedObjects() expands lists and skips what cannot be read", () => {
  const list = "kind: List\napiVersion: v1\nitems: [{kind: Pod, apiVersion: v1, metadata: {name: p}}, 7]\n";
  deepEqual(namedObjects(new KubeManifest(`${B}---\n${list}---\n# words\n---\na: 1\n`).entries()), [
    { group: "", kind: "Secret", namespace: "there", name: "b" },
    { group: "", kind: "Pod", namespace: "", name: "p" },
  ]);
});
