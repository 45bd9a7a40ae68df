/** Export and import, on sandboxes and records in memory. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createKubeClient } from "../../kube/mod.ts";
import { loadArchive } from "../../chart/load/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { configMapDriver, type Driver, memoryDriver, releaseKey, secretDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { packArchive, unpackArchive } from "../repair/archive.ts";
import { exportReleases } from "./export.ts";
import { importReleases } from "./import.ts";

/** A sandbox, and environments on it by kind of storage. */
async function sandbox() {
  const cluster = await openSandbox();
  const call = objectCallOf(cluster.transport);
  const on = (driver: Driver): Environment => ({
    kube: createKubeClient(cluster),
    driver,
    clock: () => ({ seconds: 1_769_860_800, nanos: 0 }),
    random: () => 0,
    report: () => {},
    historyMax: 0,
  });
  return {
    cluster,
    call,
    on,
    maps: on(configMapDriver(call, "kube-system")),
    secrets: on(secretDriver(call, "kube-system")),
    [Symbol.asyncDispose]: () => cluster.close(),
  };
}

/** Three revisions of one release, and one of another. */
async function fill({ driver }: Environment): Promise<void> {
  await driver.create(someRelease({ revision: 9, status: "SUPERSEDED" }));
  await driver.create(someRelease({ revision: 10, status: "DEPLOYED", config: { raw: "a: ä\n" } }));
  await driver.create(someRelease({ revision: 11, status: "FAILED" }));
  await driver.create(someRelease({ name: "db", status: "DEPLOYED" }));
}

const contents = async ({ driver }: Environment) =>
  (await driver.plain?.list({}) ?? []).map(({ version: _, createdAt: __, ...record }) => record);

Deno.test("importReleases() makes the records that exportReleases() read, labels and times included, and again nothing", async () => {
  await using from = await sandbox();
  await using to = await sandbox();
  await fill(from.maps);
  const { archive, releases, redacted } = await exportReleases(from.maps);
  equal(redacted, false);
  deepEqual(releases, [
    { name: "db", status: "DEPLOYED", revisions: 1, objects: 0 },
    { name: "web", status: "FAILED", revisions: 3, objects: 0 },
  ]);
  const first = await importReleases(to.maps, { archive });
  // The DEPLOYED revision comes last: no reader sees a release as deployed before its history is whole.
  deepEqual(first.records.map(({ key, state }) => `${key} ${state}`), [
    "db.v1 create",
    "web.v9 create",
    "web.v11 create",
    "web.v10 create",
  ]);
  deepEqual(await contents(to.maps), await contents(from.maps));
  const again = await importReleases(to.maps, { archive });
  deepEqual([again.performed, again.records.every(({ state }) => state === "present")], [false, true]);
  // What is there is exported to the same bytes, but for the times of creation by the server.
  const [one, two] = [await unpackArchive(archive), await unpackArchive((await exportReleases(to.maps)).archive)];
  const bare = (records: readonly KubeObject[]) =>
    records.map(({ metadata = {}, ...rest }) => ({ ...rest, name: metadata.name, labels: metadata.labels }));
  deepEqual(bare(one.records), bare(two.records));
});

Deno.test("importReleases() creates no record of a release while another operation holds its lease", async () => {
  await using from = await sandbox();
  await fill(from.maps);
  const { archive } = await exportReleases(from.maps);
  await using to = await sandbox();
  const env = { ...to.maps, lease: { describe: () => Promise.resolve("ann@a, process 1") } };
  await withLease(env, { name: "web", operation: "install" }, async () => {
    await rejects(importReleases(env, { archive }), { kind: "conflict" });
  });
  deepEqual((await contents(to.maps)).map(({ key }) => key), ["db.v1"]);
  equal((await importReleases(env, { archive })).records.filter(({ state }) => state === "create").length, 3);
});

Deno.test("importReleases() moves records between ConfigMaps, Secrets and memory, text for text", async () => {
  await using one = await sandbox();
  await using two = await sandbox();
  await fill(one.maps);
  const memory = one.on(memoryDriver());
  const texts = async (env: Environment) =>
    (await env.driver.plain?.list({}) ?? []).map(({ data }) => data["release"]).sort();
  const { archive } = await exportReleases(one.maps);
  await importReleases(two.secrets, { archive });
  deepEqual(await contents(two.secrets), await contents(one.maps));
  const fromSecrets = (await exportReleases(two.secrets)).archive;
  await importReleases(two.on(configMapDriver(two.call, "tiller")), { archive: fromSecrets });
  deepEqual(await contents(two.on(configMapDriver(two.call, "tiller"))), await contents(one.maps));
  await importReleases(memory, { archive: fromSecrets });
  deepEqual(await texts(memory), await texts(one.maps));
});

Deno.test("importReleases() refuses other content, other revisions and taken names before it writes anything", async () => {
  await using from = await sandbox();
  await fill(from.maps);
  const { archive } = await exportReleases(from.maps);
  const cases: readonly [RegExp, (env: Awaited<ReturnType<typeof sandbox>>) => Promise<unknown>][] = [
    [
      /^cannot import: web\.v10 exists with other content$/,
      ({ maps }) => maps.driver.create(someRelease({ revision: 10, status: "DEPLOYED" })),
    ],
    [
      /^cannot import: there is another revision of web: web\.v3$/,
      ({ maps }) => maps.driver.create(someRelease({ revision: 3 })),
    ],
    [/^a release named db already exists: /, ({ secrets }) => secrets.driver.create(someRelease({ name: "db" }))],
  ];
  for (const [message, before] of cases) {
    await using to = await sandbox();
    await before(to);
    const there = await contents(to.maps);
    await rejects(importReleases(to.maps, { archive }), { kind: "exists", message });
    deepEqual(await contents(to.maps), there);
  }
});

Deno.test("importReleases() takes chosen releases, gives them another name, and writes nothing in a dry run", async () => {
  await using from = await sandbox();
  await fill(from.maps);
  const { archive } = await exportReleases(from.maps);
  const options = { archive, releases: ["web"], rename: { web: "shop" } };
  const planned = await importReleases(from.maps, { ...options, dryRun: true });
  deepEqual([planned.performed, planned.records.length, (await contents(from.maps)).length], [false, 3, 4]);
  await importReleases(from.maps, options);
  const shop = await from.maps.driver.get(releaseKey("shop", 10));
  const web = await from.maps.driver.get(releaseKey("web", 10));
  deepEqual(structuredClone({ ...shop, name: "web" }), structuredClone({ ...web }));
  equal((await from.maps.driver.query({ name: "shop" })).length, 3);
  await rejects(importReleases(from.maps, { archive, releases: ["none"] }), { kind: "not-found" });
  await rejects(importReleases(from.maps, { archive, rename: { web: "db" } }), {
    kind: "usage",
    message: /there is a release of that name/,
  });
  await rejects(importReleases(from.maps, { archive, rename: { web: "A_b" } }), { kind: "usage" });
});

Deno.test("a record that cannot be decoded is exported and imported as it is", async () => {
  await using from = await sandbox();
  await using to = await sandbox();
  const metadata = { name: "web.v1", labels: { NAME: "web", OWNER: "TILLER", STATUS: "DEPLOYED", VERSION: "1" } };
  for (const data of [{ release: "torn" }, {}]) {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
    const path = "/api/v1/namespaces/kube-system/configmaps";
    await from.call("POST", path, object);
    const { archive } = await exportReleases(from.maps, { objects: true, charts: true });
    await importReleases(to.secrets, { archive });
    deepEqual(await contents(to.secrets), await contents(from.maps));
    await rejects(importReleases(to.maps, { archive, rename: { web: "b" } }), { kind: "record" });
    await from.call("DELETE", `${path}/web.v1`);
    await to.call("DELETE", "/api/v1/namespaces/kube-system/secrets/web.v1");
  }
});

const OBJECT: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", labels: { x: "1" } },
  data: { live: "yes" },
};
const SERVICE: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "a" },
  spec: { ports: [{ port: 80 }] },
};
const MANIFEST = [OBJECT, SERVICE, { ...OBJECT, metadata: { name: "missing" } }].map((one) =>
  `---\n${JSON.stringify(one)}\n`
).join("");

Deno.test("with objects, live objects are exported, and created where none is", async () => {
  await using from = await sandbox();
  await using to = await sandbox();
  await from.call("POST", "/api/v1/namespaces/default/configmaps", OBJECT);
  await from.call("POST", "/api/v1/namespaces/default/services", SERVICE);
  await from.maps.driver.create(someRelease({ manifest: MANIFEST }));
  const { archive, releases } = await exportReleases(from.maps, { objects: true });
  equal(releases[0]?.objects, 2);
  const { objects } = await unpackArchive(archive);
  ok(objects.every(({ object }) => object["status"] === undefined && object.metadata?.["uid"] === undefined));
  const first = await importReleases(to.maps, { archive, objects: true });
  deepEqual(first.objects.map(({ subject, state }) => `${subject} ${state}`), [
    'ConfigMap "a" in namespace "default" create',
    'Service "a" in namespace "default" create',
  ]);
  match(first.notes.join("\n"), /^Service "a" in namespace "default": its address 10\..* cannot be brought back$/);
  const made = (await to.call("GET", "/api/v1/namespaces/default/configmaps/a")).body as KubeObject;
  deepEqual([made.metadata?.labels, made["data"]], [{ x: "1" }, { live: "yes" }]);
  // An object that exists stays as it is.
  await to.call("PUT", "/api/v1/namespaces/default/configmaps/a", { ...OBJECT, data: { live: "changed" } });
  const again = await importReleases(to.maps, { archive, objects: true });
  deepEqual([again.performed, again.objects.every(({ state }) => state === "present")], [false, true]);
  const kept = (await to.call("GET", "/api/v1/namespaces/default/configmaps/a")).body as KubeObject;
  deepEqual(kept["data"], { live: "changed" });
});

Deno.test("with charts, the chart of the DEPLOYED revision can be loaded, and the values are the user's", async () => {
  await using from = await sandbox();
  await fill(from.maps);
  const { archive } = await exportReleases(from.maps, { releases: ["web"], charts: true });
  const { files } = await unpackArchive(archive);
  deepEqual(files.map(({ path }) => path), ["charts/web/site-0.1.0.tgz", "charts/web/values.yaml"]);
  const [chart, values] = files;
  equal((await loadArchive(chart?.data ?? new Uint8Array(), "site.tgz")).metadata.name, "site");
  equal(new TextDecoder().decode(values?.data), "a: ä\n");
});

Deno.test("a redacted archive holds no value, and cannot be imported", async () => {
  await using from = await sandbox();
  await from.maps.driver.create(someRelease({ config: { raw: "password: canary-password\nplain: canary-plain\n" } }));
  const { archive } = await exportReleases(from.maps, { redact: true, charts: true, objects: true });
  const { records, files, redacted } = await unpackArchive(archive);
  equal(redacted, true);
  const release = await from.maps.driver.raw?.decode(records[0] ?? {});
  equal(release?.config?.raw, "");
  ok(files.every(({ data }) => !new TextDecoder().decode(data).includes("canary")));
  await rejects(importReleases(from.maps, { archive }), { kind: "usage", message: /--redact/ });
});

Deno.test("importReleases() refuses archives that no export makes, with an error and without a write", async () => {
  await using to = await sandbox();
  const facts = {
    time: "2026-01-31T12:00:00Z",
    cluster: { uid: "", server: "" },
    storage: { kind: "ConfigMap" as const, namespace: "x" },
  };
  const bad = [
    await packArchive(facts, []),
    await packArchive(facts, [{ kind: "ConfigMap", metadata: { name: "no-key" } }]),
    await packArchive(facts, [], { files: [{ path: "../../etc/passwd", data: new Uint8Array() }] }),
    await packArchive(facts, [], { files: [{ path: "/etc/passwd", data: new Uint8Array() }] }),
    new Uint8Array(10),
  ];
  for (const archive of bad) await rejects(importReleases(to.maps, { archive }), { kind: "io" });
  // Labels and data that are not texts are left out; the rest must be a record of the storage.
  const odd = {
    kind: "ConfigMap",
    metadata: { name: "web.v1", labels: { NAME: { a: 1 }, OWNER: "a b c!" } },
    data: { release: 1 },
  };
  await rejects(
    importReleases(to.maps, { archive: await packArchive(facts, [odd as unknown as KubeObject as never]) }),
    {
      kind: "exists",
      message: /its label OWNER/,
    },
  );
  deepEqual(await contents(to.maps), []);
});
