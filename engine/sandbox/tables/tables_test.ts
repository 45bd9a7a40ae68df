import { deepEqual, equal } from "node:assert/strict";
import { core, grouped, openFixture, workload } from "../_fixture.ts";
import { humanDuration, selectorText } from "./format.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };

Deno.test("tables have the columns and cells of kubectl get", async () => {
  await using t = await openFixture();
  await t.ask("POST", grouped("apps/v1", "deployments"), workload("Deployment", "web", { replicas: 2 }));
  const { body } = await t.ask("GET", grouped("apps/v1", "deployments"), undefined, TABLE);
  equal(body.kind, "Table");
  const wide = ["Containers", "Images", "Selector"];
  const columns = body.columnDefinitions.filter((c: Body) => !wide.includes(c.name)).map((c: Body) => c.name);
  deepEqual(columns, ["Name", "Ready", "Up-to-date", "Available", "Age"]);
  deepEqual(body.rows[0].cells, ["web", "0/2", 0, 0, "0s", "main", "example.invalid/image:1", "app=web"]);
  equal(body.rows[0].object.kind, "PartialObjectMetadata");
});

Deno.test("a table has one row a Service, with ports as kubectl shows them", async () => {
  await using t = await openFixture();
  const spec = {
    type: "NodePort",
    ports: [{ name: "a", port: 80, nodePort: 30080 }, { name: "b", port: 81, nodePort: 30081 }],
  };
  await t.ask("POST", core("services"), { apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec });
  const { body } = await t.ask("GET", core("services/s"), undefined, TABLE);
  const [name, type, , external, ports] = body.rows[0].cells;
  deepEqual([name, type, external, ports], ["s", "NodePort", "<none>", "80:30080/TCP,81:30081/TCP"]);
});

Deno.test("PartialObjectMetadata has metadata and nothing else", async () => {
  await using t = await openFixture();
  const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  const { body } = await t.ask("GET", core("configmaps"), undefined, { accept });
  equal(body.kind, "PartialObjectMetadataList");
  deepEqual(Object.keys(body.items[0]), ["kind", "apiVersion", "metadata"]);
});

Deno.test("a client that takes only what is not served is told what is", async () => {
  await using t = await openFixture();
  equal((await t.ask("GET", core("pods"), undefined, { accept: "application/xml" })).status, 406);
  const accept = "application/vnd.kubernetes.protobuf,application/json";
  equal((await t.ask("GET", core("pods"), undefined, { accept })).body.kind, "PodList");
});

const DURATIONS: [number, string][] = [
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [135, "2m15s"],
  [3599, "59m"],
  [3 * 3600, "3h"],
  [3 * 3600 + 60, "3h1m"],
  [47 * 3600, "47h"],
  [49 * 3600, "2d1h"],
  [30 * 86400, "30d"],
  [800 * 86400, "2y70d"],
];

for (const [seconds, wanted] of DURATIONS) {
  Deno.test(`humanDuration() shows ${seconds} seconds as ${wanted}`, () =>
    equal(humanDuration(seconds * 1000), wanted));
}

Deno.test("selectorText() shows labels and expressions in order", () => {
  const selector = {
    matchLabels: { b: "1", a: "2" },
    matchExpressions: [{ key: "c", operator: "In", values: ["y", "x"] }, { key: "d", operator: "DoesNotExist" }],
  };
  equal(selectorText(selector), "!d,a=2,b=1,c in (x,y)");
});
