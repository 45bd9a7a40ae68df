import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readHead } from "../chart/render/mod.ts";
import { KubeManifest } from "../kube/mod.ts";
import { DocumentReader } from "./decoded.ts";

/** Documents as Helm splits them: trimmed. */
const DOCUMENTS = [
  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n, annotations: {x: y}}",
  "# Source: web/a.yaml\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n    policy: |\n      keep",
  "kind: Pod\nmetadata:\n  annotations:\n    policy: |+\n      keep\n\n    other: >-\n      keep",
  "kind: 12345678901234567890123\nmetadata: {name: 9007199254740993, annotations: {a: 1.50, b: true, c: null, d: 1e3}}",
  "KIND: Pod\nKind: Job\nMetadata: {NAME: a}",
  '"kind": "Pod"',
  '{"kind": "Pod", "metadata": {"name": "a"}}',
  "---\nkind: Pod",
  "%YAML 1.1\n---\nkind: Pod",
  "\uFEFFkind: Pod",
  "# words",
  "null",
  "- 1",
  "kind: [Pod]",
  "metadata: {name: 1, annotations: 9007199254740993}",
  "metadata: 123456789012345678901234567890",
  "kind: Pod\nkind: Job",
  "a: [",
  "a: |\n  text\n b: 1",
  "a: 'open",
];

Deno.test("DocumentReader reads the head that readHead() reads, and its error", () => {
  for (const text of DOCUMENTS) {
    let wanted;
    try {
      wanted = readHead(text);
    } catch (error) {
      throws(() => new DocumentReader().readHead(text), error as Error, text);
      continue;
    }
    deepEqual(new DocumentReader().readHead(text), wanted, text);
  }
});

Deno.test("documents that DocumentReader knows have the objects that their texts have", () => {
  const objectsOf = (manifest: KubeManifest): unknown[] =>
    manifest.entries().map((entry) => entry instanceof Error ? entry.message : entry);
  for (const text of DOCUMENTS) {
    const reader = new DocumentReader();
    try {
      reader.readHead(text);
    } catch {
      continue;
    }
    const paths = ["web/a.yaml", "web/ä.yaml", "web/a\nb: 1", "web/\u0085b: 1"];
    for (const path of paths) reader.addSource(path, text);
    const withSource = paths.map((path) => `\n---\n# Source: ${path}\n${text}`);
    for (const stored of [text, `\n---\n${text}\n---\nkind: Pod`, ...withSource]) {
      deepEqual(objectsOf(new KubeManifest(stored, reader.known)), objectsOf(new KubeManifest(stored)), stored);
    }
  }
});

Deno.test("DocumentReader decodes a document once for its head and its object", () => {
  const reader = new DocumentReader();
  const text = "kind: Pod\nmetadata: {name: a}";
  reader.readHead(text);
  reader.addSource("web/a.yaml", text);
  const dataOf = (manifest: string): unknown => new KubeManifest(manifest, reader.known).documents[0]?.data;
  ok(dataOf(text));
  equal(dataOf(`\n---\n# Source: web/a.yaml\n${text}`), dataOf(text));
});
