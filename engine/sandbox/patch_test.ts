import { deepEqual, equal, match } from "node:assert/strict";
import { configMap, core, grouped, openFixture, workload } from "./_fixture.ts";

const JSON_PATCH = { contentType: "application/json-patch+json" };
const MERGE = { contentType: "application/merge-patch+json" };
const STRATEGIC = { contentType: "application/strategic-merge-patch+json" };

Deno.test("each kind of patch changes an object", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("configmaps"), configMap("a", { x: "1" }));
  const path = core("configmaps/a");
  deepEqual((await t.ask("PATCH", path, { data: { y: "2" } }, MERGE)).body.data, { x: "1", y: "2" });
  deepEqual((await t.ask("PATCH", path, { data: { x: null } }, STRATEGIC)).body.data, { y: "2" });
  const add = [{ op: "add", path: "/data/z", value: "3" }];
  deepEqual((await t.ask("PATCH", path, add, JSON_PATCH)).body.data, { y: "2", z: "3" });
});

Deno.test("a strategic patch merges containers by name, a merge patch replaces the list", async () => {
  await using t = await openFixture();
  await t.ask("POST", grouped("apps/v1", "deployments"), workload("Deployment", "web"));
  const path = grouped("apps/v1", "deployments/web");
  const patch = { spec: { template: { spec: { containers: [{ name: "side", image: "x" }] } } } };
  const names = (body: { spec: { template: { spec: { containers: { name: string }[] } } } }): string[] =>
    body.spec.template.spec.containers.map((container) => container.name);
  deepEqual(names((await t.ask("PATCH", path, patch, STRATEGIC)).body), ["side", "main"]);
  deepEqual(names((await t.ask("PATCH", path, patch, MERGE)).body), ["side"]);
});

Deno.test("a patch is refused in the words of kube-apiserver", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("configmaps"), configMap("a"));
  const path = core("configmaps/a");
  const cases: [unknown, { contentType: string }, number, RegExp][] = [
    [
      { data: { a: 1 } },
      MERGE,
      422,
      /patch: Invalid value: .* cannot unmarshal number into Go struct field ConfigMap\.d/,
    ],
    [{ metadata: { labels: 5 } }, STRATEGIC, 422, /"map\[metadata:map\[labels:5\]\]": cannot restore map from int64$/],
    [[{ op: "remove", path: "/data/no" }], JSON_PATCH, 422, /^the server rejected our request due to an error in our /],
    ["{", MERGE, 400, /^error decoding patch: unexpected end of JSON input$/],
    [{}, { contentType: "application/foo" }, 415, /^415: Unsupported Media Type$/],
    [
      { metadata: { name: "b" } },
      MERGE,
      400,
      /^the name of the object \(b\) does not match the name on the URL \(a\)$/,
    ],
    [{ metadata: { resourceVersion: "1" } }, MERGE, 409, /the object has been modified/],
  ];
  for (const [patch, more, status, message] of cases) {
    const answer = await t.ask("PATCH", path, patch, more);
    equal(answer.status, status, answer.body.message);
    match(answer.body.message, message);
  }
});

Deno.test("the status is changed through its own path, and nothing else is", async () => {
  await using t = await openFixture();
  await t.ask("POST", grouped("networking.k8s.io/v1", "ingresses"), {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "i" },
    spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } },
  });
  const path = grouped("networking.k8s.io/v1", "ingresses/i");
  const patch = { spec: { ingressClassName: "x" }, status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } };
  const { body } = await t.ask("PATCH", `${path}/status`, patch, MERGE);
  equal(body.spec.ingressClassName, undefined);
  equal(body.status.loadBalancer.ingress[0].ip, "10.0.0.1");
  const main = await t.ask("PATCH", path, { spec: { ingressClassName: "x" }, status: { loadBalancer: null } }, MERGE);
  equal(main.body.status.loadBalancer.ingress[0].ip, "10.0.0.1");
  equal(main.body.metadata.generation, 2);
});
