import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { KubeObject } from "../../model/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { decodeText, mapText } from "./map_document.ts";
import type { DocumentContext } from "./map_object.ts";

const CASES = readFileSync(new URL("../../../testdata/removed_apis/cases.jsonl", import.meta.url), "utf8")
  .trimEnd().split("\n").map((line) => JSON.parse(line) as { id: string; in: KubeObject; to: string });

/** A server that has `apiVersions`. */
function contextOf(apiVersions: readonly string[], more: Partial<DocumentContext> = {}): DocumentContext {
  return {
    server: {
      isServed: (apiVersion) => apiVersions.includes(apiVersion),
      servesVersion: (apiVersion) => apiVersions.includes(apiVersion),
    },
    liveOf: () => undefined,
    namespace: "default",
    isHook: false,
    skipRemoved: false,
    allowLossy: false,
    ...more,
  };
}

Deno.test("mapText() maps every document that Kubernetes converts, and what it writes decodes to that", () => {
  let mapped = 0;
  for (const { id, in: object, to } of CASES) {
    for (const text of [encodeYaml(object), JSON.stringify(object)]) {
      for (const live of [undefined, object]) {
        const outcome = mapText(text, contextOf([to], { liveOf: () => live }));
        deepEqual(outcome.notes, [], id);
        deepEqual(decodeText(outcome.text ?? ""), outcome.data, id);
        if (object.apiVersion === to) equal(outcome.text, text, id);
        else {
          mapped++;
          deepEqual(outcome.changes.map(({ before, after }) => [before, after]), [[object.apiVersion, to]], id);
          equal((outcome.data as KubeObject).apiVersion, to, id);
        }
        // What was written is not mapped again.
        equal(mapText(outcome.text ?? "", contextOf([to])).text, outcome.text, id);
      }
    }
  }
  ok(mapped > 1000, `${mapped} documents`);
});

const DEPLOYMENT = `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  template: {metadata: {labels: {app: web, chart: web-2}}}
`;
const LIVE: KubeObject = { spec: { selector: { matchLabels: { app: "web" } } } };

function specOf(context: DocumentContext): Record<string, unknown> {
  const { data } = mapText(DEPLOYMENT, context);
  return structuredClone((data as { spec: Record<string, unknown> }).spec);
}

Deno.test("mapText() takes the selector of the live object, and adds no defaults to what is only patched", () => {
  const { template: _, ...spec } = specOf(contextOf(["apps/v1"], { liveOf: () => LIVE }));
  deepEqual(spec, { selector: { matchLabels: { app: "web" } } });
});

Deno.test("mapText() writes what the old version meant for an object that is created, and for hooks in any case", () => {
  const created = {
    selector: { matchLabels: { app: "web", chart: "web-2" } },
    revisionHistoryLimit: 2147483647,
    progressDeadlineSeconds: 2147483647,
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
  };
  const { template: _, ...absent } = specOf(contextOf(["apps/v1"]));
  deepEqual(absent, created);
  const { template: __, ...hook } = specOf(contextOf(["apps/v1"], { liveOf: () => LIVE, isHook: true }));
  deepEqual(hook, created);
});

Deno.test("mapText() maps by structure what could not be created, and says why", () => {
  const webhook = `apiVersion: admissionregistration.k8s.io/v1beta1
kind: ValidatingWebhookConfiguration
metadata: {name: web}
webhooks: [{name: a.example.com, clientConfig: {url: "https://a.example.com"}}]
`;
  const { changes, notes, text } = mapText(webhook, contextOf(["admissionregistration.k8s.io/v1"]));
  deepEqual(notes, []);
  const [{ details } = { details: [] }] = changes;
  ok(details.some((detail) => detail.startsWith("structure only: ")), details.join("; "));
  equal(text, webhook.replace("v1beta1", "v1"));
  const lossy = mapText(webhook, contextOf(["admissionregistration.k8s.io/v1"], { allowLossy: true }));
  ok(lossy.text?.includes("sideEffects: None"));
});

Deno.test("mapText() leaves kinds alone that nothing is known about, and APIs that are too young for a rule", () => {
  const texts = [
    "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: web}\n",
    "apiVersion: resource.k8s.io/v1beta1\nkind: ResourceClaim\nmetadata: {name: web}\n",
  ];
  const outcomes = texts.map((text) => mapText(text, contextOf(["resource.k8s.io/v1"])));
  deepEqual(outcomes.map(({ text }) => text), texts);
  deepEqual(outcomes.map(({ notes }) => notes.map(({ subject, unsolved, fatal }) => [subject, unsolved, fatal])), [
    [['Widget "web"', false, false]],
    [['ResourceClaim "web"', true, false]],
  ]);
});
