import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { createPatch, type JsonObject, type KubeObject, threeWayMerge } from "../mod.ts";
import { applyStrategicMergePatch, mergeSchema } from "../mod.ts";
import { compareDrift, compareLive, compareManifests, NO_RENDERS } from "./compare.ts";
import type { Change } from "./types.ts";

const PLAIN = { facts: NO_RENDERS };

const deployment = (spec: JsonObject, metadata: JsonObject = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", ...metadata },
  spec,
});

const brief = (changes: readonly Change[]): unknown[] => changes.map(({ path, cause }) => [path, ...cause]);

Deno.test("compareManifests() takes stringData for data, and leaves out the server's fields", () => {
  const secret = (fields: JsonObject): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "x" },
    ...fields,
  });
  deepEqual(compareManifests(secret({ stringData: { a: "hi" } }), secret({ data: { a: "aGk=" } }), PLAIN), []);
  const live = deployment({ replicas: 1 }, { uid: "1", resourceVersion: "2", managedFields: [{}] });
  deepEqual(compareManifests(deployment({ replicas: 1 }), { ...live, status: { x: 1 } }, PLAIN), []);
});

Deno.test("compareManifests() names the render that explains a field", () => {
  const [old, target] = [
    { a: "1", b: "1", c: "1", d: "1", e: "x" },
    { a: "2", b: "2", c: "2", d: "2", e: "y" },
  ].map((spec) => deployment({ paused: true, template: { metadata: { annotations: spec } } })) as [
    KubeObject,
    KubeObject,
  ];
  const view = (spec: JsonObject): KubeObject =>
    deployment({ paused: true, template: { metadata: { annotations: spec } } });
  const renders = {
    base: view({ a: "1", b: "1", c: "1", d: "2", e: "r1" }),
    newChart: view({ a: "2", b: "1", c: "3", d: "2", e: "r1" }),
    newValues: view({ a: "1", b: "2", c: "4", d: "2", e: "r1" }),
    first: view({ a: "2", b: "2", c: "2", d: "2", e: "r1" }),
    again: view({ a: "2", b: "2", c: "2", d: "2", e: "r2" }),
  };
  const facts = { hasBase: true, hasAgain: true, chartChanged: true, valuesChanged: true };
  const at = "/spec/template/metadata/annotations";
  deepEqual(brief(compareManifests(old, target, { renders, facts })), [
    [`${at}/a`, "chart"],
    [`${at}/b`, "values"],
    [`${at}/c`, "chart", "values"],
    [`${at}/d`, "release"],
    [`${at}/e`, "render"],
  ]);
});

const FACTS = { hasBase: false, hasAgain: false, chartChanged: true, valuesChanged: false };
const live = (states: { o: JsonObject; t: JsonObject; l: JsonObject; r: JsonObject }): unknown[] =>
  brief(compareLive({
    old: deployment(states.o),
    target: deployment(states.t),
    live: deployment(states.l),
    result: deployment(states.r),
  }, { facts: FACTS }));

Deno.test("compareLive() labels every situation of a field", () => {
  const path = "/spec/replicas";
  deepEqual(live({ o: { replicas: 1 }, t: { replicas: 2 }, l: { replicas: 1 }, r: { replicas: 2 } }), [[
    path,
    "chart",
  ]]);
  deepEqual(live({ o: { replicas: 1 }, t: { replicas: 1 }, l: { replicas: 7 }, r: { replicas: 1 } }), [[
    path,
    "drift",
  ]]);
  deepEqual(live({ o: { replicas: 1 }, t: { replicas: 1 }, l: { replicas: 7 }, r: { replicas: 7 } }), [
    [path, "drift-stays"],
  ]);
  deepEqual(live({ o: {}, t: {}, l: {}, r: { replicas: 1 } }), [[path, "default"]]);
  deepEqual(live({ o: { replicas: 1 }, t: { replicas: 2 }, l: { replicas: 1 }, r: { replicas: 3 } }), [
    [path, "chart", "server"],
  ]);
  deepEqual(live({ o: { replicas: 1 }, t: { replicas: 2 }, l: { replicas: 2 }, r: { replicas: 2 } }), []);
  deepEqual(live({ o: {}, t: {}, l: { replicas: 3 }, r: { replicas: 3 } }), []);
});

Deno.test("compareLive() says when a change overwrites an edit, and by whom", () => {
  const managedFields = [
    {
      manager: "kubectl-edit",
      operation: "Update",
      time: "2026-01-02T00:00:00Z",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    },
    { manager: "skeg", operation: "Update", time: "2026-01-01T00:00:00Z", fieldsV1: { "f:spec": { "f:paused": {} } } },
  ];
  const [change] = compareLive({
    old: deployment({ replicas: 1 }),
    target: deployment({ replicas: 2 }),
    live: deployment({ replicas: 7 }, { managedFields }),
    result: deployment({ replicas: 2 }),
  }, { facts: FACTS });
  equal(change?.overEdit, true);
  equal(change?.manager, "kubectl-edit");
  equal(change?.at, "2026-01-02T00:00:00Z");
});

Deno.test("compareDrift() shows edits of the chart's fields and fields of other managers, and no defaults", () => {
  const managedFields = [
    {
      manager: "skeg",
      operation: "Update",
      time: "2026-01-01T00:00:00Z",
      fieldsV1: { "f:spec": { "f:replicas": {}, "f:strategy": {}, "f:template": { "f:spec": { "f:x": {} } } } },
    },
    {
      manager: "kubectl-edit",
      operation: "Update",
      time: "2026-01-02T00:00:00Z",
      fieldsV1: { "f:spec": { "f:paused": {} } },
    },
  ];
  const found = compareDrift(
    deployment({ replicas: 1 }),
    deployment({ replicas: 7, strategy: { type: "RollingUpdate" }, paused: true }, {
      managedFields,
      annotations: { "deployment.kubernetes.io/revision": "3" },
    }),
  );
  deepEqual(found.map(({ path, manager }) => [path, manager]), [
    ["/spec/replicas", "skeg"],
    ["/spec/paused", "kubectl-edit"],
  ]);
});

/** An entry of `managedFields`. */
const entry = (manager: string, fields: JsonObject, more: JsonObject = {}): JsonObject => ({
  manager,
  operation: "Update",
  time: "2026-01-02T00:00:00Z",
  fieldsV1: fields,
  ...more,
});

/** The fields that the client which created the object has, the server's defaults among them. */
const CREATED = entry("skeg-1-1", {
  "f:spec": {
    "f:replicas": {},
    "f:paused": {},
    "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {} } } } },
  },
});

/** Compares with a manifest that stays the same, and a live object that nothing changes. */
function stays(
  manifest: JsonObject,
  there: JsonObject,
  managedFields: JsonObject[],
  metadata: JsonObject = {},
): Change[] {
  const at = deployment(there, { managedFields, ...metadata });
  return compareLive(
    { old: deployment(manifest), target: deployment(manifest), live: at, result: at },
    { facts: FACTS },
  );
}

const managed = (changes: readonly Change[]): unknown[] =>
  changes.map(({ path, cause, manager }) => [path, ...cause, manager]);

Deno.test("compareLive() names fields that are kept for another manager", () => {
  const edited = entry("kubectl-edit", {
    "f:spec": { "f:minReadySeconds": {} },
    "f:metadata": { "f:labels": { "f:team": {} } },
  });
  const there = { replicas: 1, minReadySeconds: 5 };
  const found = stays({ replicas: 1 }, there, [CREATED, edited], { labels: { team: "a" } });
  deepEqual(managed(found), [
    ["/metadata/labels/team", "manager", "kubectl-edit"],
    ["/spec/minReadySeconds", "manager", "kubectl-edit"],
  ]);
  deepEqual([found[1]?.before, found[1]?.after, found[1]?.at], [5, 5, "2026-01-02T00:00:00Z"]);
});

Deno.test("compareLive() names no manager for defaults, for release programs, and for the status", () => {
  const fields = { "f:spec": { "f:minReadySeconds": {} } };
  const there = { replicas: 1, minReadySeconds: 5 };
  const own = (manager: string, more: JsonObject = {}): unknown =>
    managed(stays({ replicas: 1 }, there, [CREATED, entry(manager, fields, more)]));
  for (const manager of ["skeg", "skeg-2-1", "tiller", "helm", "skeg-1-1"]) deepEqual(own(manager), [], manager);
  deepEqual(own("kubectl-edit", { subresource: "status" }), []);
  // Both have it: it is the server's default, which the other has named, too.
  deepEqual(managed(stays({ replicas: 1 }, there, [CREATED, entry("skeg", fields), entry("kubectl", fields)])), []);
  // Servers before Kubernetes 1.18 keep no managers.
  deepEqual(managed(stays({ replicas: 1 }, there, [])), []);
});

Deno.test("compareLive() shows an item of another manager as a whole", () => {
  const item = (name: string): JsonObject => ({ [`k:{"name":"${name}"}`]: { ".": {}, "f:name": {}, "f:image": {} } });
  const fields = { "f:spec": { "f:template": { "f:spec": { "f:containers": item("proxy") } } } };
  const pod = (containers: JsonObject[]): JsonObject => ({ template: { spec: { containers } } });
  const [web, proxy] = [{ name: "web", image: "web:1" }, { name: "proxy", image: "proxy:1" }];
  const found = stays(pod([web]), pod([web, proxy]), [CREATED, entry("injector", fields)]);
  deepEqual(managed(found), [["/spec/template/spec/containers/[name=proxy]", "manager", "injector"]]);
  deepEqual(found[0]?.after, proxy);
});

Deno.test("compareLive() keeps a number of replicas for an autoscaler, and calls that of others drift", () => {
  const scaled = (manager: string): Change[] =>
    stays({ replicas: 1 }, { replicas: 7 }, [
      entry("skeg-1-1", { "f:spec": { "f:paused": {}, "f:minReadySeconds": {} } }),
      entry(manager, { "f:spec": { "f:replicas": {} } }, { subresource: "scale" }),
    ]);
  deepEqual(managed(scaled("kube-controller-manager")), [["/spec/replicas", "manager", "kube-controller-manager"]]);
  equal(scaled("kube-controller-manager")[0]?.wanted, 1);
  deepEqual(managed(scaled("kubectl")), [["/spec/replicas", "drift-stays", "kubectl"]]);
});

Deno.test("compareLive() does not take the server's default for an edit, when the chart begins to name the field", () => {
  const change = (managedFields: JsonObject[]): (boolean | undefined)[] =>
    compareLive({
      old: deployment({}),
      target: deployment({ replicas: 3 }),
      live: deployment({ replicas: 1 }, { managedFields }),
      result: deployment({ replicas: 3 }),
    }, { facts: FACTS }).map(({ overEdit }) => overEdit);
  deepEqual(change([CREATED]), [undefined]);
  deepEqual(change([]), [undefined]);
  const edit = entry("kubectl-scale", { "f:spec": { "f:replicas": {} } });
  deepEqual(change([entry("skeg-1-1", { "f:spec": { "f:paused": {}, "f:strategy": {} } }), edit]), [true]);
});

Deno.test("compareDrift() does not take the defaults of an upgrade for drift", () => {
  const fields = { "f:spec": { "f:minReadySeconds": {} } };
  const drift = (manager: string): unknown =>
    compareDrift(
      deployment({ replicas: 1 }),
      deployment({ replicas: 1, minReadySeconds: 5 }, { managedFields: [CREATED, entry(manager, fields)] }),
    ).map(({ path }) => path);
  deepEqual(drift("skeg"), []);
  deepEqual(drift("kubectl-edit"), ["/spec/minReadySeconds"]);
});

Deno.test("compareLive() tells fields that the server does not know from drift", () => {
  const isUnknown = (_object: KubeObject, path: readonly unknown[]): boolean => path.at(-1) === "replicaz";
  const unknown = (o: JsonObject, t: JsonObject, r: JsonObject): unknown =>
    compareLive(
      { old: deployment(o), target: deployment(t), live: deployment({}), result: deployment(r) },
      { facts: FACTS, isUnknown },
    ).map(({ path, cause, wanted }) => [path, ...cause, wanted]);
  deepEqual(unknown({ replicaz: 1 }, { replicaz: 1 }, {}), [["/spec/replicaz", "unknown", 1]]);
  deepEqual(unknown({}, { replicaz: 1 }, {}), [["/spec/replicaz", "chart", "unknown", 1]]);
  deepEqual(unknown({ paused: true }, { paused: true }, {}), [["/spec/paused", "drift-stays", true]]);
  // A server of another version may know it after all.
  deepEqual(unknown({ replicaz: 1 }, { replicaz: 1 }, { replicaz: 1 }), [["/spec/replicaz", "drift", undefined]]);
  deepEqual(unknown({ replicaz: 1 }, {}, {}), []);
});

Deno.test("compareDrift() tells fields that the server does not know from drift", () => {
  const isUnknown = (_object: KubeObject, path: readonly unknown[]): boolean => path.at(-1) === "replicaz";
  const found = compareDrift(deployment({ replicaz: 1, replicas: 2 }), deployment({}), isUnknown);
  deepEqual(brief(found), [["/spec/replicaz", "unknown"], ["/spec/replicas", "drift"]]);
});

/** Small specs with scalar fields, a map and a keyed list. */
const specs = fc.record({
  replicas: fc.integer({ min: 0, max: 3 }),
  paused: fc.boolean(),
  template: fc.record({
    spec: fc.record({
      containers: fc.uniqueArray(
        fc.record({ name: fc.constantFrom("a", "b", "c"), image: fc.constantFrom("x", "y", "z") }),
        { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
      ),
      nodeSelector: fc.dictionary(fc.constantFrom("p", "q"), fc.constantFrom("1", "2")),
    }),
  }),
}, { requiredKeys: [] }) as unknown as fc.Arbitrary<JsonObject>;

Deno.test("compareLive() is empty exactly when nothing changes and nothing has drifted, in every mode", () => {
  const schema = mergeSchema("apps/v1", "Deployment");
  const resource = { group: "apps", version: "v1", kind: "Deployment", plural: "deployments", namespaced: true };
  fc.assert(fc.property(specs, specs, specs, fc.boolean(), (o, t, l, isTiller) => {
    const [old, target, at] = [deployment(o), deployment(t), deployment(l)];
    const patch = createPatch(old, { resource, name: "web", namespace: "", object: target });
    const result = isTiller
      ? applyStrategicMergePatch(at as JsonObject, JSON.parse(patch?.body ?? "{}"), schema)
      : threeWayMerge(old as JsonObject, target as JsonObject, at as JsonObject, schema);
    const changes = compareLive({ old, target, live: at, result: result as KubeObject }, { facts: FACTS });
    const moves = changes.filter(({ cause }) => !cause.includes("drift-stays"));
    // Without a label, live and result are the same.
    if (moves.length === 0) deepEqual(compareManifests(at, result as KubeObject, PLAIN), []);
    // A second operation has nothing to do.
    const again = isTiller ? result : threeWayMerge(target as JsonObject, target as JsonObject, result, schema);
    const rest = compareLive(
      { old: target, target, live: result as KubeObject, result: again as KubeObject },
      { facts: FACTS },
    );
    deepEqual(rest.filter(({ cause }) => !cause.includes("drift-stays")), []);
    if (!isTiller) deepEqual(rest, []);
  }));
});
