import { deepEqual } from "node:assert/strict";
import type { Release } from "../../engine/model/mod.ts";
import { pathKey, revisionChanges } from "./phrases.ts";

function release(revision: number, config: string, version: string, ...documents: string[]): Release {
  return {
    name: "web",
    namespace: "default",
    revision,
    info: { status: { code: "DEPLOYED" } },
    config: { raw: config },
    chart: { metadata: { name: "web", version }, templates: [], dependencies: [], files: [] },
    manifest: documents.map((text) => `---\n${text}\n`).join(""),
    hooks: [],
  } as unknown as Release;
}

const A = "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}";
const A2 = A.replace("1", "2");
const B = "kind: Service\nmetadata: {name: web}";

Deno.test("revisionChanges() names the chart, the values and the objects that differ", () => {
  const first = release(1, "", "1.0.0", A, B);
  deepEqual(revisionChanges(undefined, first), { phrase: "installed", values: [], objects: [] });
  deepEqual(revisionChanges(first, release(2, "replicas: 2", "1.0.0", A2, B)), {
    phrase: "values replicas; Deployment/web",
    values: ["replicas"],
    objects: ["Deployment/web"],
  });
  deepEqual(revisionChanges(first, release(2, "{a: {b: 1, c.d: 2}, e: [1]}", "1.1.0", A2)), {
    phrase: "chart 1.0.0 -> 1.1.0; 3 values; 2 objects",
    values: ["a.b", "a.c\\.d", "e"],
    objects: ["Deployment/web", "Service/web"],
  });
  deepEqual(revisionChanges(first, release(2, "", "1.0.0", B, A)).phrase, "no change");
  deepEqual(revisionChanges(undefined, release(9, "", "1.0.0")).phrase, "the revision before is gone");
});

Deno.test("pathKey() escapes what --set reads as something else", () => {
  deepEqual(pathKey("a.b[0]=x,y"), "a\\.b\\[0\\]\\=x\\,y");
});
