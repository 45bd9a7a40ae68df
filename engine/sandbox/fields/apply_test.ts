import { deepEqual, equal, match } from "node:assert/strict";
import { core, type Fixture, grouped, openFixture } from "../_fixture.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

/** Applies as a manager. */
async function apply(
  t: Fixture,
  path: string,
  object: unknown,
  query: string,
): Promise<{ status: number; body: Body }> {
  return await t.ask("PATCH", `${path}?${query}`, object, { contentType: "application/apply-patch+yaml" });
}

function config(data: Record<string, string>): unknown {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data };
}

Deno.test("apply makes an object, and says who manages it", async () => {
  await using t = await openFixture();
  const made = await apply(t, core("configmaps/a"), config({ x: "1" }), "fieldManager=one");
  equal(made.status, 201);
  deepEqual(made.body.metadata.managedFields[0].fieldsV1, { "f:data": { "f:x": {} } });
  const again = await apply(t, core("configmaps/a"), config({ x: "1" }), "fieldManager=one");
  equal(again.body.metadata.resourceVersion, made.body.metadata.resourceVersion);
});

Deno.test("apply removes what its manager does not want any more, and nothing else", async () => {
  await using t = await openFixture();
  const path = core("configmaps/a");
  await apply(t, path, config({ x: "1", y: "1" }), "fieldManager=one");
  await apply(t, path, config({ z: "1" }), "fieldManager=two");
  const { body } = await apply(t, path, config({ x: "1" }), "fieldManager=one");
  deepEqual(body.data, { x: "1", z: "1" });
});

Deno.test("apply refuses what another manager wants otherwise, unless it is forced", async () => {
  await using t = await openFixture();
  const path = core("configmaps/a");
  await apply(t, path, config({ x: "1" }), "fieldManager=one");
  const refused = await apply(t, path, config({ x: "2" }), "fieldManager=two");
  equal(refused.status, 409);
  equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "one": .data.x');
  const forced = await apply(t, path, config({ x: "2" }), "fieldManager=two&force=true");
  deepEqual(forced.body.data, { x: "2" });
  deepEqual(forced.body.metadata.managedFields.map((entry: Body) => entry.manager), ["two"]);
});

Deno.test("apply merges lists by their keys", async () => {
  await using t = await openFixture();
  const deployment = (containers: unknown): unknown => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d" },
    spec: {
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: { containers } },
    },
  });
  const path = grouped("apps/v1", "deployments/d");
  await apply(t, path, deployment([{ name: "x", image: "1", env: [{ name: "A", value: "1" }] }]), "fieldManager=one");
  await apply(t, path, deployment([{ name: "y", image: "2" }]), "fieldManager=two");
  const { body } = await apply(t, path, deployment([{ name: "x", image: "3" }]), "fieldManager=one");
  const shown = body.spec.template.spec.containers.map((c: Body) => [c.name, c.image, c.env]);
  deepEqual(shown, [["x", "3", undefined], ["y", "2", undefined]]);
});

Deno.test("apply wants a manager, the right kind and known fields", async () => {
  await using t = await openFixture();
  const path = core("configmaps/a");
  const cases: [unknown, string, number, RegExp][] = [
    [
      config({}),
      "",
      422,
      /^PatchOptions\.meta\.k8s\.io "" is invalid: fieldManager: Required value: is required for app/,
    ],
    [{ ...config({}) as Body, kind: "Secret" }, "fieldManager=one", 400, /^invalid object type: \/v1, Kind=Secret$/],
    [
      { ...config({}) as Body, dat: {} },
      "fieldManager=one",
      500,
      /\(\/a; \/v1, Kind=ConfigMap\): \.dat: field not decla/,
    ],
  ];
  for (const [object, query, status, message] of cases) {
    const answer = await apply(t, path, object, query);
    equal(answer.status, status);
    match(answer.body.message, message);
  }
});
