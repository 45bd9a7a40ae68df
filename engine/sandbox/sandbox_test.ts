import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configMap, core, grouped, openFixture, workload } from "./_fixture.ts";

Deno.test("openSandbox() has the namespaces, nodes and classes that a cluster begins with", async () => {
  await using t = await openFixture();
  const names = async (path: string): Promise<string[]> =>
    (await t.ask("GET", path)).body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  deepEqual(await names("/api/v1/namespaces"), ["default", "kube-node-lease", "kube-public", "kube-system"]);
  deepEqual(await names("/api/v1/nodes"), ["node-1", "node-2", "node-3"]);
  deepEqual(await names("/apis/storage.k8s.io/v1/storageclasses"), ["standard"]);
  deepEqual(await names(core("serviceaccounts")), ["default"]);
});

Deno.test("create answers 201 with what the server decides", async () => {
  await using t = await openFixture({ clock: () => new Date("2026-03-04T05:06:07.890Z") });
  const made = await t.ask("POST", core("configmaps"), configMap("a", { x: "1" }));
  equal(made.status, 201);
  equal(made.body.metadata.namespace, "default");
  equal(made.body.metadata.creationTimestamp, "2026-03-04T05:06:07Z");
  match(made.body.metadata.uid, /^[0-9a-f-]{36}$/);
  deepEqual(made.body.data, { x: "1" });
});

Deno.test("create refuses in the words of kube-apiserver", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("configmaps"), configMap("a"));
  const cases: [string, unknown, number, RegExp][] = [
    [core("configmaps"), configMap("a"), 409, /^configmaps "a" already exists$/],
    [core("configmaps", "nope"), configMap("a"), 404, /^namespaces "nope" not found$/],
    [
      core("configmaps"),
      configMap("A_"),
      422,
      /^ConfigMap "A_" is invalid: metadata\.name: Invalid value: "A_": a low/,
    ],
    [core("configmaps"), { ...configMap("b"), metadata: {} }, 422, /name or generateName is required$/],
    [
      core("configmaps"),
      configMap("b", { x: 1 }),
      400,
      /cannot unmarshal number into Go struct field ConfigMap\.data of/,
    ],
    [
      core("configmaps"),
      { ...configMap("b"), kind: "Secret" },
      400,
      /converting \(v1\.Secret\) to \(core\.ConfigMap\)/,
    ],
    [core("configmaps"), "{bad", 400, /invalid character 'b' looking for beginning of object key string \(\{bad\)$/],
    [
      grouped("apps/v1", "deployments"),
      { ...workload("Deployment", "x"), spec: {} },
      422,
      /^Deployment\.apps "x" is invalid: \[spec\.selector: Required value, spec\.template\.metadata\.labels: Invalid/,
    ],
  ];
  for (const [path, body, status, message] of cases) {
    const answer = await t.ask("POST", path, body);
    equal(answer.status, status, answer.body.message);
    match(answer.body.message, message);
    equal(answer.body.kind, "Status");
    equal(answer.body.code, status);
  }
});

Deno.test("unknown fields are dropped with a warning, or refused when validation is strict", async () => {
  await using t = await openFixture();
  const body = { ...configMap("a"), foo: 1 };
  const made = await t.ask("POST", core("configmaps"), body);
  equal(made.headers.get("warning"), '299 - "unknown field \\"foo\\""');
  equal(made.body.foo, undefined);
  const refused = await t.ask("POST", `${core("configmaps")}?fieldValidation=Strict`, body);
  equal(refused.status, 400);
  match(refused.body.message, /strict decoding error: unknown field "foo"$/);
});

Deno.test("an object of a kind without namespaces loses the one that it names", async () => {
  await using t = await openFixture();
  const path = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
  const body = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "a", namespace: "b" },
  };
  const made = await t.ask("POST", path, body);
  equal(made.status, 201, made.body.message);
  equal(made.body.metadata.namespace, undefined);
  const again = await t.ask("PUT", `${path}/a`, { ...made.body, metadata: { ...made.body.metadata, namespace: "b" } });
  equal([again.status, again.body.metadata.namespace].join(), "200,");
});

Deno.test("dryRun answers as if, and stores nothing", async () => {
  await using t = await openFixture();
  equal((await t.ask("POST", `${core("configmaps")}?dryRun=All`, configMap("a"))).status, 201);
  equal((await t.ask("GET", core("configmaps/a"))).status, 404);
});

Deno.test("generateName adds five letters", async () => {
  await using t = await openFixture();
  const made = await t.ask("POST", core("configmaps"), { ...configMap(""), metadata: { generateName: "a-" } });
  match(made.body.metadata.name, /^a-[a-z0-9]{5}$/);
});

Deno.test("update fails when somebody else was faster", async () => {
  await using t = await openFixture();
  const first = (await t.ask("POST", core("configmaps"), configMap("a"))).body;
  const second = await t.ask("PUT", core("configmaps/a"), { ...first, data: { x: "2" } });
  equal(second.status, 200);
  notEqual(second.body.metadata.resourceVersion, first.metadata.resourceVersion);
  const late = await t.ask("PUT", core("configmaps/a"), { ...first, data: { x: "3" } });
  equal(late.status, 409);
  match(
    late.body.message,
    /^Operation cannot be fulfilled on configmaps "a": the object has been modified; please app/,
  );
});

Deno.test("an update that changes nothing keeps the version", async () => {
  await using t = await openFixture();
  const made = (await t.ask("POST", core("configmaps"), configMap("a", { x: "1" }))).body;
  const again = (await t.ask("PUT", core("configmaps/a"), configMap("a", { x: "1" }))).body;
  equal(again.metadata.resourceVersion, made.metadata.resourceVersion);
});

Deno.test("a list can be read in pages", async () => {
  await using t = await openFixture();
  for (const name of ["a", "b", "c"]) await t.ask("POST", core("configmaps"), configMap(name));
  const page = (await t.ask("GET", `${core("configmaps")}?limit=3`)).body;
  equal(page.items.length, 3);
  equal(page.metadata.remainingItemCount, 1);
  const rest = await t.ask("GET", `${core("configmaps")}?limit=3&continue=${page.metadata.continue}`);
  deepEqual(rest.body.items.map((item: { metadata: { name: string } }) => item.metadata.name), ["kube-root-ca.crt"]);
});

Deno.test("lists can be narrowed by labels and fields", async () => {
  await using t = await openFixture();
  for (const [name, tier] of [["a", "x"], ["b", "y"]] as const) {
    await t.ask("POST", core("configmaps"), { ...configMap(name), metadata: { name, labels: { tier } } });
  }
  const names = async (query: string): Promise<string[]> => {
    const { body } = await t.ask("GET", `${core("configmaps")}?${query}`);
    return body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  };
  deepEqual(await names("labelSelector=tier=x"), ["a"]);
  deepEqual(await names("labelSelector=tier%20in%20(x,y),tier!=x"), ["b"]);
  deepEqual(await names("fieldSelector=metadata.name=b"), ["b"]);
  const refused = await t.ask("GET", `${core("configmaps")}?fieldSelector=foo=bar`);
  equal(refused.body.message, '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"');
});

Deno.test("delete answers with a Status, and then there is nothing", async () => {
  await using t = await openFixture();
  const made = (await t.ask("POST", core("configmaps"), configMap("a"))).body;
  const gone = await t.ask("DELETE", core("configmaps/a"));
  deepEqual(gone.body.details, { name: "a", kind: "configmaps", uid: made.metadata.uid });
  equal((await t.ask("GET", core("configmaps/a"))).body.message, 'configmaps "a" not found');
});

Deno.test("a finalizer keeps a deleted object until it is taken off", async () => {
  await using t = await openFixture();
  const metadata = { name: "a", finalizers: ["example.com/hold"] };
  await t.ask("POST", core("configmaps"), { ...configMap("a"), metadata });
  const marked = await t.ask("DELETE", core("configmaps/a"));
  ok(marked.body.metadata.deletionTimestamp);
  const more = { contentType: "application/merge-patch+json" };
  await t.ask("PATCH", core("configmaps/a"), { metadata: { finalizers: null } }, more);
  equal((await t.ask("GET", core("configmaps/a"))).status, 404);
});

Deno.test("delete meets preconditions", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("configmaps"), configMap("a"));
  const refused = await t.ask("DELETE", core("configmaps/a"), { preconditions: { uid: "x" } });
  equal(refused.status, 409);
  match(
    refused.body.message,
    /^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(x\) does/,
  );
});

Deno.test("namespaces that a cluster needs cannot be deleted", async () => {
  await using t = await openFixture();
  const refused = await t.ask("DELETE", "/api/v1/namespaces/default");
  equal(refused.body.message, 'namespaces "default" is forbidden: this namespace may not be deleted');
});

Deno.test("paths that lead nowhere answer 404, and verbs that are not served 405", async () => {
  await using t = await openFixture();
  equal((await t.ask("GET", core("nothings"))).body.message, "the server could not find the requested resource");
  equal((await t.ask("GET", "/apis/foo.io/v1/things")).body, "404 page not found\n");
  equal((await t.ask("PUT", core("configmaps"))).status, 405);
});

Deno.test("bodies may be YAML", async () => {
  await using t = await openFixture();
  const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: 'y'}\n";
  const made = await t.ask("POST", core("configmaps"), text, { contentType: "application/yaml" });
  deepEqual(made.body.data, { x: "y" });
  equal((await t.ask("POST", core("configmaps"), "x", { contentType: "text/plain" })).status, 415);
});

Deno.test("two sandboxes share a file, and each sees what the other writes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  try {
    const file = join(folder, "deep", "state.sqlite");
    await using one = await openFixture({ file });
    await using two = await openFixture({ file });
    await one.ask("POST", core("configmaps"), configMap("a", { from: "one" }));
    deepEqual((await two.ask("GET", core("configmaps/a"))).body.data, { from: "one" });
    const watch = await one.sandbox.transport({
      method: "GET",
      path: `${core("configmaps")}?watch=1&fieldSelector=metadata.name=b&timeoutSeconds=5`,
    });
    const reader = watch.body?.pipeThrough(new TextDecoderStream()).getReader();
    await two.ask("POST", core("configmaps"), configMap("b"));
    const event = JSON.parse((await reader?.read())?.value ?? "{}");
    deepEqual([event.type, event.object.metadata.name], ["ADDED", "b"]);
    await reader?.cancel();
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("close() leaves a settled state for the next process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  try {
    const file = join(folder, "state.sqlite");
    {
      await using t = await openFixture({ file });
      await t.ask("POST", grouped("apps/v1", "deployments"), workload("Deployment", "web", { replicas: 2 }));
    }
    await using t = await openFixture({ file });
    const { body } = await t.ask("GET", grouped("apps/v1", "deployments/web"));
    equal(body.status.readyReplicas, 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
