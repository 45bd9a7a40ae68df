import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { type JsonObject, sameJson } from "./json.ts";
import { mergeSchema } from "./merge_schema.ts";
import { applyStrategicMergePatch } from "./strategic_apply.ts";
import { strategicMergePatch } from "./strategic_diff.ts";

const deployments = mergeSchema("apps/v1", "Deployment");
const services = mergeSchema("v1", "Service");

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function pod(spec: JsonObject): JsonObject {
  return { spec: { template: { spec } } };
}

Deno.test("strategicMergePatch() names the order of containers when one changes", () => {
  const patch = strategicMergePatch(
    pod({ containers: [{ name: "a", image: "a" }] }),
    pod({ containers: [{ name: "a", image: "b" }] }),
    deployments,
  );
  deepEqual(plain(patch), {
    spec: {
      template: {
        spec: { "$setElementOrder/containers": [{ name: "a" }], containers: [{ image: "b", name: "a" }] },
      },
    },
  });
});

Deno.test("strategicMergePatch() deletes an element by its key", () => {
  const patch = strategicMergePatch(
    pod({ containers: [{ name: "a", env: [{ name: "X", value: "1" }, { name: "Y", value: "2" }] }] }),
    pod({ containers: [{ name: "a", env: [{ name: "Y", value: "2" }] }] }),
    deployments,
  );
  deepEqual(
    plain(patch),
    pod({
      "$setElementOrder/containers": [{ name: "a" }],
      containers: [{
        "$setElementOrder/env": [{ name: "Y" }],
        env: [{ $patch: "delete", name: "X" }],
        name: "a",
      }],
    }),
  );
});

Deno.test("strategicMergePatch() keeps only the new kind of volume", () => {
  const patch = strategicMergePatch(
    pod({ volumes: [{ name: "v", emptyDir: {} }] }),
    pod({ volumes: [{ name: "v", configMap: { name: "c" } }] }),
    deployments,
  );
  deepEqual(
    plain(patch),
    pod({
      "$setElementOrder/volumes": [{ name: "v" }],
      volumes: [{ $retainKeys: ["configMap", "name"], configMap: { name: "c" }, emptyDir: null, name: "v" }],
    }),
  );
});

Deno.test("strategicMergePatch() keeps only the new fields of a strategy", () => {
  const patch = strategicMergePatch(
    { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } },
    { spec: { strategy: { type: "Recreate" } } },
    deployments,
  );
  deepEqual(plain(patch), {
    spec: { strategy: { $retainKeys: ["type"], type: "Recreate", rollingUpdate: null } },
  });
});

Deno.test("strategicMergePatch() removes an annotation with null", () => {
  const patch = strategicMergePatch(
    { metadata: { annotations: { a: "1", b: "2" } } },
    { metadata: { annotations: { b: "2" } } },
    services,
  );
  deepEqual(plain(patch), { metadata: { annotations: { a: null } } });
});

Deno.test("strategicMergePatch() merges service ports by number alone", () => {
  const patch = strategicMergePatch(
    { spec: { ports: [{ port: 80, targetPort: 1 }] } },
    { spec: { ports: [{ port: 80, targetPort: 2 }, { port: 81 }] } },
    services,
  );
  deepEqual(plain(patch), {
    spec: {
      "$setElementOrder/ports": [{ port: 80 }, { port: 81 }],
      ports: [{ port: 80, targetPort: 2 }, { port: 81 }],
    },
  });
});

Deno.test("strategicMergePatch() names the order when only that changed", () => {
  const patch = strategicMergePatch(
    pod({ containers: [{ name: "a" }, { name: "b" }] }),
    pod({ containers: [{ name: "b" }, { name: "a" }] }),
    deployments,
  );
  deepEqual(plain(patch), pod({ "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] }));
});

Deno.test("strategicMergePatch() takes scalars out of a merged list", () => {
  const patch = strategicMergePatch(
    { metadata: { finalizers: ["a", "b"] } },
    { metadata: { finalizers: ["b", "c"] } },
    services,
  );
  deepEqual(plain(patch), {
    metadata: {
      "$deleteFromPrimitiveList/finalizers": ["a"],
      "$setElementOrder/finalizers": ["b", "c"],
      finalizers: ["c"],
    },
  });
});

Deno.test("strategicMergePatch() replaces a list that does not merge", () => {
  const patch = strategicMergePatch(
    pod({ tolerations: [{ key: "a" }] }),
    pod({ tolerations: [{ key: "a" }, { key: "b" }] }),
    deployments,
  );
  deepEqual(plain(patch), pod({ tolerations: [{ key: "a" }, { key: "b" }] }));
});

// Pins Q45.
Deno.test("strategicMergePatch() treats fields it does not know plainly", () => {
  const patch = strategicMergePatch(
    { spec: { fromTheFuture: { list: [1], text: "a" } } },
    { spec: { fromTheFuture: { list: [2], text: "a" } } },
    services,
  );
  deepEqual(plain(patch), { spec: { fromTheFuture: { list: [2] } } });
});

Deno.test("strategicMergePatch() refuses an element without its key", () => {
  throws(
    () =>
      strategicMergePatch(
        pod({ containers: [{ name: "a" }] }),
        pod({ containers: [{ image: "b" }] }),
        deployments,
      ),
    { kind: "kube", message: "map: map[image:b] does not contain declared merge key: name" },
  );
});

Deno.test("strategicMergePatch() of equal objects is empty", () => {
  const object = pod({ containers: [{ name: "a", env: [] }], volumes: [] });
  equal(Object.keys(strategicMergePatch(object, object, deployments)).length, 0);
});

Deno.test("applyStrategicMergePatch() keeps what only the server has", () => {
  const live = pod({ containers: [{ name: "side" }, { name: "a", image: "a", terminationMessagePath: "/x" }] });
  const patch = strategicMergePatch(
    pod({ containers: [{ name: "a", image: "a" }] }),
    pod({ containers: [{ name: "a", image: "b" }, { name: "c" }] }),
    deployments,
  );
  deepEqual(
    plain(applyStrategicMergePatch(live, patch, deployments)),
    pod({
      containers: [{ name: "side" }, { name: "a", image: "b", terminationMessagePath: "/x" }, { name: "c" }],
    }),
  );
});

Deno.test("applyStrategicMergePatch() obeys $patch: replace in objects and lists", () => {
  const live = { metadata: { labels: { a: "1" } }, spec: { ports: [{ port: 1 }] } };
  deepEqual(plain(applyStrategicMergePatch(live, { metadata: { labels: { $patch: "replace", b: "2" } } }, services)), {
    metadata: { labels: { b: "2" } },
    spec: { ports: [{ port: 1 }] },
  });
  deepEqual(
    plain(applyStrategicMergePatch(live, { spec: { ports: [{ port: 2 }, { $patch: "replace" }] } }, services)),
    {
      metadata: { labels: { a: "1" } },
      spec: { ports: [{ port: 2 }] },
    },
  );
});

Deno.test("applyStrategicMergePatch() leaves no directive or null behind where nothing stood", () => {
  const patch = pod({
    "$setElementOrder/volumes": [{ name: "v" }],
    volumes: [{ name: "v", $retainKeys: ["name"], a: null }],
  });
  deepEqual(plain(applyStrategicMergePatch({}, patch, deployments)), pod({ volumes: [{ name: "v" }] }));
});

Deno.test("applyStrategicMergePatch() refuses an unknown directive", () => {
  throws(() => applyStrategicMergePatch({}, { $patch: "explode" }), { kind: "kube" });
});

Deno.test("applyStrategicMergePatch() does not change what it is given", () => {
  const live = pod({ containers: [{ name: "a", image: "a" }] });
  const before = plain(live);
  applyStrategicMergePatch(live, pod({ containers: [{ name: "a", image: "b" }] }), deployments);
  deepEqual(live, before);
});

const text = fc.constantFrom("a", "b", "c");
const labels = fc.dictionary(text, text);
const keyed = (key: string, more: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.uniqueArray(fc.record({ [key]: text, ...more }, { requiredKeys: [key] }), { selector: (item) => item[key] });
const podSpecs = fc.record({
  containers: keyed("name", {
    image: text,
    env: keyed("name", { value: text }),
    args: fc.array(text),
    volumeMounts: keyed("mountPath", { name: text }),
  }),
  volumes: keyed("name", { emptyDir: fc.constant({}), secret: fc.record({ secretName: text }) }),
  nodeSelector: labels,
  tolerations: fc.array(fc.record({ key: text })),
}, { requiredKeys: [] });
const objects = fc.record({
  metadata: fc.record({ labels, finalizers: fc.uniqueArray(text) }, { requiredKeys: [] }),
  spec: fc.record({
    replicas: fc.nat(3),
    strategy: fc.record({ type: text, rollingUpdate: fc.record({ maxSurge: fc.nat(2) }) }, { requiredKeys: [] }),
    template: fc.record({ spec: podSpecs }),
  }, { requiredKeys: [] }),
}, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;

Deno.test("a patch, applied to what it was made from, gives what it was made for", () => {
  fc.assert(fc.property(objects, objects, (a, b) => {
    const patch = strategicMergePatch(a, b, deployments);
    return sameJson(applyStrategicMergePatch(a, patch, deployments), b);
  }));
});

Deno.test("a patch, applied twice, changes nothing more", () => {
  fc.assert(fc.property(objects, objects, (a, b) => {
    const patch = strategicMergePatch(a, b, deployments);
    const once = applyStrategicMergePatch(a, patch, deployments);
    return sameJson(applyStrategicMergePatch(once, patch, deployments), once);
  }));
});
