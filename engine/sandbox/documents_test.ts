import { deepEqual, equal, ok } from "node:assert/strict";
import { openFixture } from "./_fixture.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

Deno.test("discovery names groups, versions and resources as a current cluster does", async () => {
  await using t = await openFixture();
  const { groups } = (await t.ask("GET", "/apis")).body;
  const autoscaling = groups.find((group: Body) => group.name === "autoscaling");
  equal(autoscaling.preferredVersion.groupVersion, "autoscaling/v2");
  deepEqual(autoscaling.versions.map((v: Body) => v.version), ["v2", "v1"]);
  const { resources } = (await t.ask("GET", "/apis/apps/v1")).body;
  const deployments = resources.find((resource: Body) => resource.name === "deployments");
  deepEqual(deployments.shortNames, ["deploy"]);
  deepEqual(deployments.categories, ["all"]);
  deepEqual(resources.find((r: Body) => r.name === "deployments/scale"), {
    name: "deployments/scale",
    singularName: "",
    namespaced: true,
    group: "autoscaling",
    version: "v1",
    kind: "Scale",
    verbs: ["get", "patch", "update"],
  });
});

Deno.test("aggregated discovery has everything in two answers", async () => {
  await using t = await openFixture();
  const core = await t.ask("GET", "/api", undefined, { accept: AGGREGATED });
  equal(core.headers.get("content-type"), AGGREGATED);
  const pods = core.body.items[0].versions[0].resources.find((r: Body) => r.resource === "pods");
  equal(pods.scope, "Namespaced");
  ok(pods.subresources.some((sub: Body) => sub.subresource === "log"));
  const others = await t.ask("GET", "/apis", undefined, { accept: `${AGGREGATED},application/json` });
  ok(others.body.items.length > 15);
});

Deno.test("OpenAPI documents know the fields of types and the options of verbs", async () => {
  await using t = await openFixture();
  const index = (await t.ask("GET", "/openapi/v3")).body;
  const path = index.paths["apis/apps/v1"].serverRelativeURL;
  const document = (await t.ask("GET", path)).body;
  const schema = document.components.schemas["io.k8s.api.apps.v1.Deployment"];
  deepEqual(schema["x-kubernetes-group-version-kind"], [{ group: "apps", version: "v1", kind: "Deployment" }]);
  const { patch } = document.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"];
  ok(patch.parameters.some((parameter: Body) => parameter.name === "fieldValidation"));
  const old = await t.sandbox.transport({
    method: "GET",
    path: "/openapi/v2",
    accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
  });
  const bytes = new Uint8Array(await old.arrayBuffer());
  ok(bytes.length > 10_000);
  equal(new TextDecoder().decode(bytes.subarray(2, 5)), "2.0");
});

Deno.test("/version says which Kubernetes this is like", async () => {
  await using t = await openFixture();
  const { body } = await t.ask("GET", "/version");
  deepEqual([body.major, body.minor], ["1", "34"]);
  equal((await t.ask("GET", "/healthz")).body, "ok");
});
