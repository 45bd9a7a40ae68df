import { equal } from "node:assert/strict";
import { wrongAnswer } from "./mod.ts";

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
const TABLE = { apiVersion: "meta.k8s.io/v1", kind: "Table", rows: [] };

Deno.test("wrongAnswer() takes objects of the kind, tables of them, and their metadata", () => {
  equal(
    wrongAnswer("GET /x", { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata" }, { object: "ConfigMap" }),
    undefined,
  );
  equal(wrongAnswer("GET /x", CONFIG_MAP, { object: "ConfigMap" }), undefined);
  equal(wrongAnswer("GET /x", TABLE, { object: "ConfigMap" }), undefined);
});

Deno.test("wrongAnswer() takes lists of any kind, with and without items, and tables", () => {
  for (
    const list of [
      { kind: "ConfigMapList", items: [CONFIG_MAP] },
      { kind: "PartialObjectMetadataList", items: [] },
      { kind: "PodList", items: null },
      { kind: "PodList" },
      { kind: "Oxen", items: [] },
      TABLE,
    ]
  ) equal(wrongAnswer("GET /x", list, { list: true }), undefined);
});

Deno.test("wrongAnswer() takes the object or a Status for something that was done", () => {
  equal(wrongAnswer("DELETE /x", CONFIG_MAP, { done: "ConfigMap" }), undefined);
  equal(wrongAnswer("DELETE /x", { kind: "Status", status: "Success" }, { done: "ConfigMap" }), undefined);
});

Deno.test("wrongAnswer() names the kind that came, and nothing else of the answer", () => {
  const request = "GET /api/v1/pods?limit=5";
  const words = (found: string, wanted: string) =>
    `the server's answer to GET /api/v1/pods ${found}; expected ${wanted}`;
  for (const answer of [{}, null, undefined, [], "x", 1, { kind: 1 }, { items: [] }, { secret: "hunter2" }]) {
    equal(wrongAnswer(request, answer, { list: true }), words("has no kind", "a list"));
    equal(wrongAnswer(request, answer, { object: "Pod" }), words("has no kind", 'kind "Pod"'));
    equal(wrongAnswer(request, answer, { done: "Pod" }), words("has no kind", 'kind "Pod"'));
  }
  equal(wrongAnswer(request, { kind: "Status" }, { list: true }), words('has kind "Status"', "a list"));
  equal(wrongAnswer(request, { kind: "Table", rows: [] }, { list: true }), words('has kind "Table"', "a list"));
  equal(wrongAnswer(request, CONFIG_MAP, { object: "Pod" }), words('has kind "ConfigMap"', 'kind "Pod"'));
  equal(wrongAnswer(request, CONFIG_MAP, { list: true }), words('has kind "ConfigMap"', "a list"));
});

Deno.test("wrongAnswer() names the part whose type is wrong, and nothing of what is in it", () => {
  const answers: readonly (readonly [unknown, string])[] = [
    [{ kind: "ConfigMap", metadata: [] }, "metadata is not an object"],
    [{ kind: "ConfigMap", metadata: { name: ["hunter2"] } }, "metadata.name is not text"],
    [{ kind: "ConfigMap", metadata: { labels: { a: 1 } } }, "metadata.labels is not a map of texts"],
    [{ kind: "ConfigMap", metadata: { ownerReferences: {} } }, "metadata.ownerReferences is not a list of objects"],
    [{ kind: "ConfigMap", metadata: { finalizers: [null] } }, "metadata.finalizers is not a list of texts"],
    [{ kind: "ConfigMap", data: { release: 5 } }, "data is not a map of texts"],
  ];
  for (const [answer, part] of answers) {
    equal(
      wrongAnswer("GET /x?y", answer, { object: "ConfigMap" }),
      `the server's answer to GET /x is malformed: ${part}`,
    );
    equal(
      wrongAnswer("GET /x", { kind: "ConfigMapList", items: [CONFIG_MAP, answer] }, { list: true }),
      `the server's answer to GET /x is malformed: items[1].${part}`,
    );
  }
  equal(
    wrongAnswer("GET /x", { kind: "PodList", items: [null] }, { list: true }),
    "the server's answer to GET /x is malformed: items[0] is not an object",
  );
  // Go writes null for what is absent, and another kind's data may be anything.
  const sound = { kind: "Thing", metadata: { name: "a", labels: null, finalizers: null }, data: [1] };
  equal(wrongAnswer("GET /x", sound, { object: "Thing" }), undefined);
});
