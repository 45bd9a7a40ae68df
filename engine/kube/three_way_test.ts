import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { fakeServer } from "../../tests/_lib/fake_kube_server.ts";
import { kubeByText } from "../../tests/_lib/kube_by_text.ts";
import { type JsonObject, sameJson } from "./json.ts";
import { mergeSchema } from "./merge_schema.ts";
import { strategicMergePatch } from "./strategic_diff.ts";
import { deletions, threeWayMerge } from "./three_way.ts";

const deployments = mergeSchema("apps/v1", "Deployment");

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function pod(spec: JsonObject): JsonObject {
  return { spec: { template: { spec } } };
}

Deno.test("threeWayMerge() pairs ports of one number in their order, as Kubernetes does", () => {
  const ports = [{ port: 53, protocol: "UDP", name: "udp-53" }, { port: 53, protocol: "TCP", name: "tcp-53" }];
  const live = { spec: { ports: ports.map((port) => ({ ...port, targetPort: 53 })) } };
  deepEqual(plain(threeWayMerge({ spec: { ports } }, { spec: { ports } }, live, mergeSchema("v1", "Service"))), live);
});

Deno.test("threeWayMerge() brings drift back, keeps defaults and foreign elements, and takes out what the chart dropped", () => {
  const original = pod({ containers: [{ name: "a", image: "1", env: [{ name: "X", value: "1" }, { name: "Y" }] }] });
  const target = pod({ containers: [{ name: "a", image: "2", env: [{ name: "Y" }] }] });
  const live = pod({
    restartPolicy: "Always",
    containers: [
      { name: "side", image: "s" },
      { name: "a", image: "drifted", env: [{ name: "X", value: "9" }, { name: "Y" }, { name: "Z" }], tty: true },
    ],
  });
  deepEqual(
    plain(threeWayMerge(original, target, live, deployments)),
    pod({
      restartPolicy: "Always",
      containers: [
        { name: "side", image: "s" },
        { name: "a", image: "2", env: [{ name: "Y" }, { name: "Z" }], tty: true },
      ],
    }),
  );
});

Deno.test("threeWayMerge() drops the server's other choice when a choice changes, and only then", () => {
  const live = { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%" } } } };
  const recreate = { spec: { strategy: { type: "Recreate" } } };
  deepEqual(plain(threeWayMerge({ spec: {} }, recreate, live, deployments)), recreate);
  const same = { spec: { strategy: { type: "RollingUpdate" } } };
  deepEqual(plain(threeWayMerge({ spec: {} }, same, live, deployments)), live);
});

Deno.test("threeWayMerge() without a schema replaces lists whole and takes a null for removal", () => {
  deepEqual(plain(threeWayMerge({ a: [1], b: 1 }, { a: [2], c: null }, { a: [1, 3], b: 2, c: 3, d: 4 })), {
    a: [2],
    d: 4,
  });
});

Deno.test("deletions() of scalars and elements name nothing else", () => {
  const patch = deletions(
    {
      metadata: { finalizers: ["a", "b"], labels: { x: "1" } },
      ...pod({ containers: [{ name: "a", tty: true }, { name: "b" }] }),
    },
    { metadata: { finalizers: ["b", "c"], labels: { x: "2" } }, ...pod({ containers: [{ name: "a" }] }) },
    deployments,
  );
  deepEqual(plain(patch), {
    metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] },
    ...pod({ containers: [{ name: "a", tty: null }, { name: "b", $patch: "delete" }] }),
  });
});

const text = fc.constantFrom("a", "b", "c");
const containers = fc.uniqueArray(
  fc.record({
    name: text,
    image: text,
    env: fc.uniqueArray(fc.record({ name: text, value: text }), { selector: (e) => e.name }),
  }, {
    requiredKeys: ["name"],
  }),
  { selector: (c) => c.name },
);
const objects = fc.record({
  metadata: fc.record({ labels: fc.dictionary(text, text) }, { requiredKeys: [] }),
  spec: fc.record({ replicas: fc.nat(2), template: fc.record({ spec: fc.record({ containers }) }) }, {
    requiredKeys: [],
  }),
}, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;

Deno.test("without drift, three ways are two", () => {
  fc.assert(fc.property(objects, objects, (a, b) => sameJson(threeWayMerge(a, b, a, deployments), b)));
});

Deno.test("a three-way merge is done after one round", () => {
  fc.assert(fc.property(objects, objects, objects, (a, b, live) => {
    const once = threeWayMerge(a, b, live, deployments);
    return sameJson(threeWayMerge(b, b, once, deployments), once);
  }));
});

Deno.test("a three-way merge holds everything that the new manifest says", () => {
  fc.assert(fc.property(objects, objects, objects, (a, b, live) => {
    const once = threeWayMerge(a, b, live, deployments);
    // Nothing is added by putting the manifest over the result once more.
    return Object.keys(strategicMergePatch(once, threeWayMerge(b, b, once, deployments), deployments)).length === 0;
  }));
});

const MAP = "/api/v1/namespaces/here/configmaps/a";

function configMap(value: string): string {
  return `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "${value}"}}`;
}

Deno.test("update() three-way repairs drift and leaves alone what is as it should be", async () => {
  const fake = fakeServer();
  const kube = kubeByText(fake);
  await kube.create("here", configMap("1"));
  await kube.update("here", configMap("1"), configMap("1"), { apply: "three-way" });
  equal(fake.log.filter((line) => line.startsWith("PATCH")).length, 0);
  fake.put(MAP, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "here" },
    data: { x: "drifted", y: "own" },
  });
  await kube.update("here", configMap("1"), configMap("1"), { apply: "three-way" });
  deepEqual(fake.objects.get(MAP)?.data, { x: "1", y: "own" });
});

Deno.test("update() server-side changes what was dropped, then applies the whole object", async () => {
  const fake = fakeServer();
  const kube = kubeByText(fake);
  await kube.create("here", configMap("1"));
  fake.requests.length = 0;
  const target = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {z: "1"}}';
  await kube.update("here", configMap("1"), target, { apply: "server-side" });
  deepEqual(fake.requests.map(({ method, path, contentType, body }) => [method, path, contentType, body]), [
    ["GET", MAP, undefined, undefined],
    ["PATCH", MAP, "application/strategic-merge-patch+json", '{"data":{"x":null,"z":"1"}}'],
    [
      "PATCH",
      `${MAP}?fieldManager=skeg&force=true`,
      "application/apply-patch+yaml",
      '{"apiVersion":"v1","data":{"z":"1"},"kind":"ConfigMap","metadata":{"name":"a","namespace":"here"}}',
    ],
  ]);
});
