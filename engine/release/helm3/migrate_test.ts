/** Plans of migrations and what they refuse, on sandboxes; with a database where PostgreSQL is installed. */
import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { encodeRecord, secretDriver, storageKind } from "../../../storage/mod.ts";
import { chartFromFiles, loadChart } from "../../chart/load/mod.ts";
import { processRequirements } from "../../chart/values/mod.ts";
import { postgresPrograms, startPostgres } from "../../../tests/_lib/postgres.ts";
import { type ReleaseSketch, someRelease } from "../../../tests/_lib/releases.ts";
import { storageStage } from "../../../tests/_lib/storage_stage.ts";
import type { Environment } from "../environment.ts";
import { install } from "../install.ts";
import type { BackupStore } from "../repair/backups.ts";
import { rollback } from "../rollback.ts";
import { migrateBack } from "./back.ts";
import { finishMigration } from "./finish.ts";
import { migrateToHelm3 } from "./migrate.ts";
import type { MigrateOptions, MigrationResult } from "./migrate_types.ts";
import { readMigrationPlan } from "./read_plan.ts";
import type { Helm3StorageName, ReleaseMigration } from "./plan_types.ts";
import { migrationRoles } from "./roles.ts";
import { sqlStore } from "./sql_store.ts";
import { clusterStore, type Helm3Store } from "./store.ts";
import { type Helm3Options, migrationTools } from "./tools.ts";
import { verifyMigrations } from "./verify_all.ts";
import { toHelm3 } from "./convert.ts";
import { helm3Json, helm3Text } from "./encode.ts";
import { helm3Key } from "./store.ts";

async function sandbox() {
  const stage = await storageStage({ journals: "kube-system" });
  const { call, on, maps: env } = stage;
  return {
    call,
    on,
    env,
    get: async (path: string): Promise<KubeObject | undefined> => {
      const { status, body } = await call("GET", path);
      return status === 200 ? body as KubeObject : undefined;
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

function memoryArchives(): BackupStore & { readonly kept: Uint8Array[] } {
  const kept: Uint8Array[] = [];
  return {
    kept,
    save: (_, __, bytes) => Promise.resolve(String(kept.push(bytes) - 1)),
    load: (path) => {
      const bytes = kept[Number(path)];
      return bytes === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(bytes);
    },
  };
}

const MANIFEST = "\n---\n# Source: site/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}";

/** Stores revisions, and the live object of their manifest. */
async function fill(
  stage: Awaited<ReturnType<typeof sandbox>>,
  statuses: readonly string[],
  more: ReleaseSketch = {},
): Promise<void> {
  for (const [at, status] of statuses.entries()) {
    await stage.env.driver.create(
      someRelease({ manifest: MANIFEST, ...more, revision: at + 1, status: status as "DEPLOYED" }),
    );
  }
  await stage.call("POST", "/api/v1/namespaces/default/configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
  });
}

type Given = Partial<MigrateOptions> & Helm3Options;

async function migrate(env: Environment, given: Given = {}): Promise<MigrationResult> {
  const options = { ...given.approved === undefined && given.all !== true ? { releases: ["web"] } : {}, ...given };
  return await migrateToHelm3(env, await migrationTools(env, given), options);
}

async function planOf(env: Environment, given: Given = {}): Promise<ReleaseMigration> {
  const { plan: { releases: [plan] } } = await migrate(env, given);
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

const codes = ({ blockers }: ReleaseMigration): string[] => blockers.map(({ code }) => code);

/** Statuses of Helm 2, oldest first; codes of the blockers; a part of the first hint. */
const STATES: readonly (readonly [statuses: string, codes: readonly string[], hint: RegExp])[] = [
  ["SUPERSEDED DEPLOYED", [], /^$/],
  ["SUPERSEDED DEPLOYED FAILED", [], /^$/],
  ["DEPLOYED PENDING_UPGRADE", ["pending"], /skeg repair settle web/],
  ["DEPLOYED DELETING", ["pending"], /skeg repair finish-delete web/],
  ["DEPLOYED DEPLOYED", ["several-deployed"], /skeg repair dedupe web/],
  ["SUPERSEDED SUPERSEDED", ["nothing-deployed"], /skeg repair promote web/],
  ["FAILED", ["nothing-deployed"], /skeg repair promote web/],
];

for (const [statuses, expected, hint] of STATES) {
  Deno.test(`a release with ${statuses} is ${expected.length === 0 ? "migrated" : `held by ${expected}`}`, async () => {
    await using stage = await sandbox();
    await fill(stage, statuses.split(" "));
    const plan = await planOf(stage.env);
    deepEqual(codes(plan), expected);
    match(plan.blockers[0]?.hint ?? "", hint);
    const archives = memoryArchives();
    if (expected.length === 0) {
      equal((await migrate(stage.env, { yes: true, archives })).releases[0]?.outcome, "done");
      return;
    }
    await rejects(migrate(stage.env, { yes: true, archives }), { kind: "conflict" });
    equal(archives.kept.length, 0);
    equal(await stage.get("/api/v1/namespaces/default/secrets/sh.helm.release.v1.web.v1"), undefined);
  });
}

Deno.test("a record that cannot be decoded holds the release", async () => {
  await using stage = await sandbox();
  await fill(stage, ["SUPERSEDED", "DEPLOYED"]);
  const path = "/api/v1/namespaces/kube-system/configmaps/web.v1";
  const object = await stage.get(path);
  await stage.call("PUT", path, { ...object, data: { release: "H4sIAAAA" } });
  const plan = await planOf(stage.env);
  deepEqual(codes(plan), ["undecodable"]);
  match(plan.blockers[0]?.hint ?? "", /repair salvage web'.*repair quarantine web/);
  // With the newest alone, the damaged one is not needed.
  deepEqual(codes(await planOf(stage.env, { max: 1 })), []);
});

Deno.test("a release whose namespace is gone, and one of the same name in another storage, are held", async () => {
  await using stage = await sandbox();
  await stage.env.driver.create(someRelease({ name: "lost", namespace: "nowhere" }));
  deepEqual(codes(await planOf(stage.env, { releases: ["lost"] })), ["namespace-gone"]);
  await fill(stage, ["DEPLOYED"]);
  await stage.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } });
  const other = secretDriver(stage.call, "other");
  await other.create(someRelease({ namespace: "elsewhere" }));
  deepEqual(codes(await planOf(stage.env)), []);
  await other.update(someRelease({ namespace: "default" }));
  const plan = await planOf(stage.env);
  deepEqual(codes(plan), ["collision"]);
  match(plan.blockers[0]?.text ?? "", /^Secrets in namespace "other" have a release "web" in namespace "default", too/);
  deepEqual((await migrate(stage.env, { all: true })).releases.map(({ outcome }) => outcome), ["blocked", "blocked"]);
});

Deno.test("a deleted release is skipped, or migrated with its history", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED", "DELETED"]);
  match((await planOf(stage.env)).skipped ?? "", /--include-deleted/);
  const { releases: [done] } = await migrate(stage.env, {
    includeDeleted: true,
    yes: true,
    archives: memoryArchives(),
  });
  equal(done?.outcome, "done");
  deepEqual(done?.plan?.revisions.map(({ status }) => status), ["uninstalled", "superseded"]);
  equal(done?.adopted, 0);
});

Deno.test("an old PENDING revision becomes failed; --max keeps the DEPLOYED one", async () => {
  await using stage = await sandbox();
  await fill(stage, ["PENDING_UPGRADE", "DEPLOYED", "FAILED", "FAILED"]);
  const all = await planOf(stage.env);
  deepEqual(all.revisions.map(({ status }) => status), ["failed", "failed", "deployed", "failed"]);
  match(all.revisions[3]?.notes[0] ?? "", /^it is PENDING_UPGRADE/);
  const some = await planOf(stage.env, { max: 1 });
  deepEqual(some.revisions.map(({ key }) => key), ["web.v4", "web.v2"]);
  match(some.notes.join(), /2 older revisions are not migrated/);
});

Deno.test("a release of forty revisions is migrated newest first, and the plan says what Helm 3 will prune", async () => {
  await using stage = await sandbox();
  await fill(stage, Array.from({ length: 40 }, (_, at) => at === 39 ? "DEPLOYED" : "SUPERSEDED"));
  match((await planOf(stage.env)).notes.join(), /keeps 10 revisions: its first upgrade deletes 31 of these/);
  await migrate(stage.env, { yes: true, archives: memoryArchives() });
  const { items } = await stage.get("/api/v1/namespaces/default/secrets?labelSelector=owner%3Dhelm") as unknown as {
    items: KubeObject[];
  };
  const order = items.map(({ metadata }) => metadata)
    .sort((a, b) => Number(a?.resourceVersion) - Number(b?.resourceVersion)).map((one) =>
      Number(one?.labels?.["version"])
    );
  deepEqual(order, Array.from({ length: 40 }, (_, at) => 40 - at));
  equal(items[0]?.["type"], "helm.sh/release.v1");
});

/** Bytes that no compression makes smaller. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => (state = state * 48271 % 2147483647) & 255);
}

Deno.test("a record that is too large holds the release; --slim leaves out files, then templates", async () => {
  await using stage = await sandbox();
  const small = someRelease();
  const large = (files: number, templates: number): ReleaseSketch => ({
    chart: {
      ...small.chart ?? { metadata: { name: "site" }, dependencies: [] },
      templates: [{ path: "templates/a.yaml", data: noise(templates) }],
      files: [{ path: "noise.bin", data: noise(files) }],
    },
  });
  // A file of this size fits into a record of Helm 2, and just not into one of Helm 3: base64 in JSON compresses a little worse.
  const size = 785_000;
  ok(encodeRecord(someRelease(large(size, 10))).length < 1_048_576);
  await fill(stage, ["DEPLOYED"], large(size, 10));
  const plan = await planOf(stage.env);
  deepEqual(codes(plan), ["size"]);
  match(plan.blockers[0]?.hint ?? "", /--slim/);
  const slim = await planOf(stage.env, { slim: true });
  deepEqual([codes(slim), slim.revisions[0]?.slimmed], [[], ["files"]]);
  await stage.env.driver.update(someRelease(large(10, size)));
  deepEqual((await planOf(stage.env, { slim: true })).revisions[0]?.slimmed, ["files", "templates"]);
  await migrate(stage.env, { slim: true, yes: true, archives: memoryArchives() });
  deepEqual((await verifyMigrations(stage.env, { releases: ["web"] }))[0]?.problems, []);
});

Deno.test("with --slim, an older revision that is still too large is left out, and the newest or the DEPLOYED one holds the release", async () => {
  await using stage = await sandbox();
  await fill(stage, ["SUPERSEDED", "DEPLOYED"]);
  const text = [...noise(3000)].map((byte) => "abcdefghijklmnop"[byte & 15]).join("");
  const large = (revision: number, status: "DEPLOYED" | "SUPERSEDED") =>
    stage.env.driver.update(someRelease({ revision, status, config: { raw: `text: ${text}\n` }, manifest: MANIFEST }));
  const store: Helm3Store = { ...clusterStore(stage.env, "secret"), bytesMax: 2000 };
  const plan = (slim: boolean) => planOf(stage.env, { slim, store });
  await large(1, "SUPERSEDED");
  deepEqual(codes(await plan(false)), ["size"]);
  const slim = await plan(true);
  deepEqual([codes(slim), slim.revisions.map(({ leftOut = "" }) => leftOut)], [[], [
    "",
    `its record would take ${slim.revisions[1]?.sizeBytes} bytes, and the server takes 2000: it is left out`,
  ]]);
  await migrate(stage.env, { slim: true, store, yes: true, archives: memoryArchives() });
  equal(await stage.get("/api/v1/namespaces/default/secrets/sh.helm.release.v1.web.v1"), undefined);
  deepEqual((await verifyMigrations(stage.env, { releases: ["web"], store }))[0]?.problems, []);
  await migrateBack(stage.env, { releases: ["web"], yes: true, archives: memoryArchives(), store });
  await large(2, "DEPLOYED");
  const held = await plan(true);
  deepEqual(codes(held), ["size"]);
  match(held.blockers[0]?.hint ?? "", /^Make its values or its manifest smaller/);
});

Deno.test("a migration belongs to its storage: with another one, verify, finish and back refuse, and remove nothing", async () => {
  await using stage = await sandbox();
  const secrets = stage.on(secretDriver(stage.call, "kube-system"));
  await secrets.driver.create(someRelease({ manifest: MANIFEST }));
  await rejects(migrate(stage.env), { kind: "not-found", details: /are Secrets of namespace "kube-system"/ });
  const archives = memoryArchives();
  await migrate(secrets, { yes: true, archives });
  const given = { releases: ["web"], yes: true, archives };
  const refused = {
    kind: "usage",
    message: /^the migration of release "web" is about Secrets/,
    hint: /--storage secret/,
  };
  await rejects(verifyMigrations(stage.env, given), refused);
  await rejects(finishMigration(stage.env, given), refused);
  await rejects(migrateBack(stage.env, given), refused);
  equal((await secrets.driver.query({ name: "web" })).length, 1);
  await finishMigration(secrets, given);
  equal((await secrets.driver.heads?.({ name: "web" }) ?? []).length, 0);
});

Deno.test("marks are not set on objects that another program or release has, and labels that selectors count on stay", async () => {
  await using stage = await sandbox();
  const kinds = ["foreign", "claimed", "shared", "own"].map((name) =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`
  );
  const manifest = `\n${kinds.join("")}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: space}\n`;
  await stage.env.driver.create(someRelease({ manifest }));
  await stage.env.driver.create(
    someRelease({ name: "db", manifest: "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n" }),
  );
  const put = (name: string, metadata: object) =>
    stage.call("POST", "/api/v1/namespaces/default/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, ...metadata },
    });
  await put("foreign", { labels: { "app.kubernetes.io/managed-by": "flux" } });
  await put("claimed", { annotations: { "meta.helm.sh/release-name": "other" } });
  await put("shared", {});
  await put("own", { labels: { "app.kubernetes.io/managed-by": "Tiller" } });
  await stage.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "space" } });
  const { adoption } = await planOf(stage.env);
  deepEqual(adoption.map(({ object, add, note }) => [object.name, add.length, note.slice(0, 24)]), [
    ["foreign", 0, "its label app.kubernetes"],
    ["claimed", 0, 'it says that release "ot'],
    ["shared", 0, 'release "db" has it, too'],
    ["own", 3, ""],
    ["space", 2, "its label app.kubernetes"],
  ]);
  deepEqual((await planOf(stage.env, { adoptSelectable: true })).adoption.at(-1)?.add.length, 3);
  deepEqual((await planOf(stage.env, { adopt: false })).adoption, []);
  await migrate(stage.env, { yes: true, archives: memoryArchives() });
  await migrateBack(stage.env, { releases: ["web"], yes: true, archives: memoryArchives() });
  const own = await stage.get("/api/v1/namespaces/default/configmaps/own");
  deepEqual([own?.metadata?.labels, Object.keys(own?.metadata?.annotations ?? {})], [
    { "app.kubernetes.io/managed-by": "Tiller" },
    [],
  ]);
});

Deno.test("of several releases, one that is held does not stop the others; namespaces and labels choose among all", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED"]);
  await fill(stage, ["DEPLOYED", "PENDING_UPGRADE"], { name: "held" });
  await stage.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  await stage.env.driver.create(someRelease({ name: "far", namespace: "shop", manifest: MANIFEST }));
  const outcomes = async (given: Given) =>
    (await migrate(stage.env, { all: true, archives: memoryArchives(), ...given })).releases
      .map(({ release, outcome }) => `${release} ${outcome}`);
  deepEqual(await outcomes({ namespaces: ["shop"] }), ["far planned"]);
  deepEqual(await outcomes({ selector: "STATUS=PENDING_UPGRADE" }), ["held blocked"]);
  deepEqual(await outcomes({ namespaces: ["shop"], yes: true }), ["far done"]);
  deepEqual(await outcomes({ yes: true }), ["far done", "held blocked", "web done"]);
});

Deno.test("the journal and the plan hold no values and no manifests", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED"], { config: { raw: "password: open-sesame\n" } });
  const { plan } = await migrate(stage.env);
  const text = JSON.stringify(plan);
  ok(!text.includes("open-sesame") && !text.includes("kind: ConfigMap"), text);
  deepEqual(readMigrationPlan(text, "plan.json"), JSON.parse(text));
  await migrate(stage.env, { yes: true, archives: memoryArchives() });
  const journal = await stage.get("/api/v1/namespaces/kube-system/configmaps/skeg-migration.web");
  ok(!JSON.stringify(journal).includes("open-sesame"));
  deepEqual(journal?.metadata?.labels, { NAME: "web", OWNER: "SKEG", STATE: "migrated" });
});

Deno.test("migrationRoles() grants what the migration needs, and no more", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED"]);
  const roles = await migrationRoles(stage.env, { releases: ["web"] });
  deepEqual(roles.map(({ kind, metadata }) => [kind, metadata?.namespace ?? ""]), [
    ["ClusterRole", ""],
    ["Role", "default"],
    ["Role", "kube-system"],
  ]);
  const rules = JSON.stringify(roles[1]);
  match(rules, /"secrets"/);
  match(rules, /"patch"/);
});

Deno.test("finishMigration() wants an archive that is there, and Helm 3's newest revision deployed", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED", "FAILED"]);
  const archives = memoryArchives();
  await rejects(finishMigration(stage.env, { releases: ["web"], archives }), {
    kind: "not-found",
    message: /was not migrated/,
  });
  await migrate(stage.env, { yes: true, archives });
  await rejects(finishMigration(stage.env, { releases: ["web"], archives: memoryArchives(), yes: true }), {
    kind: "io",
  });
  await rejects(finishMigration(stage.env, { releases: ["web"], archives, yes: true }), {
    kind: "conflict",
    message: /newest revision of release "web" is failed, not deployed/,
  });
  ok(await stage.get("/api/v1/namespaces/kube-system/configmaps/web.v1") !== undefined);
});

Deno.test("the chart of a record is what the real Helm 3 records of the same chart", async () => {
  await using stage = await sandbox();
  const folder = new URL("../../../testdata/helm3/umbrella", import.meta.url).pathname;
  const recorded = JSON.parse(Deno.readTextFileSync(`${folder}_record.json`));
  const config = "num: 3\nwho: me\n";
  const chart = processRequirements(await loadChart(folder), config, () => {}, () => {});
  await install(stage.env, { name: "web", namespace: "default", chart, config });
  const release = await stage.env.driver.get("web.v1");
  const made = JSON.parse(helm3Json(toHelm3(release).record));
  // As texts: the order of fields counts, too.
  equal(JSON.stringify(made.chart), JSON.stringify(recorded.chart));
  equal(JSON.stringify(made.config), JSON.stringify(recorded.config));
  deepEqual(Object.keys(made), Object.keys(recorded));
  deepEqual(Object.keys(made.info), Object.keys(recorded.info));
  const plain = (hooks: { last_run: object }[]) =>
    hooks.map(({ last_run, ...hook }) => ({ ...hook, run: Object.keys(last_run) }));
  deepEqual(plain(made.hooks), plain(recorded.hooks));
});

const programs = postgresPrograms();
const server = programs === undefined ? undefined : await startPostgres(programs);

/** The table as Helm 3.22.0 makes it. */
const TABLE = "create table releases_v1 (key varchar(90), type varchar(64) not null, body text not null, " +
  "name varchar(64) not null, namespace varchar(64) not null, version integer not null, status text not null, " +
  "owner text not null, createdAt integer not null, modifiedAt integer not null default 0, primary key (key, namespace))";

Deno.test({
  name: "releases are migrated to ConfigMaps and to a database, and back",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await sandbox();
    await fill(stage, ["SUPERSEDED", "DEPLOYED"]);
    const connection = await server?.connect("helm3");
    if (connection === undefined) throw new Error("no database");
    try {
      const store = sqlStore(stage.env, connection);
      await rejects(migrate(stage.env, { to: "sql", store }), { kind: "record", message: /no table "releases_v1"/ });
      await connection.query(TABLE);
      for (const to of ["configmap", "sql"] satisfies Helm3StorageName[]) {
        const archives = memoryArchives();
        await migrate(stage.env, { to, store, yes: true, archives });
        deepEqual((await verifyMigrations(stage.env, { releases: ["web"], store }))[0]?.problems, [], to);
        if (to === "sql") {
          const rows = await connection.query(
            "select key, namespace, status, owner, type from releases_v1 order by version",
          );
          deepEqual(rows.map((row) => Object.values(row).join(" ")), [
            "sh.helm.release.v1.web.v1 default superseded helm helm.sh/release.v1",
            "sh.helm.release.v1.web.v2 default deployed helm helm.sh/release.v1",
          ]);
        }
        await migrateBack(stage.env, { releases: ["web"], yes: true, archives, store });
      }
      equal((await connection.query("select key from releases_v1")).length, 0);
      await connection.query("create table releases (key text)");
      await rejects(migrate(stage.env, { to: "sql", store: sqlStore(stage.env, connection) }), {
        message: /Tiller's table/,
      });
    } finally {
      await connection.close();
    }
  },
});

/** Migrates two revisions from a storage of Helm 2, finishes, and goes back; the records are as before. */
async function roundTrip(stage: Awaited<ReturnType<typeof sandbox>>, env: Environment): Promise<void> {
  await env.driver.create(someRelease({ manifest: MANIFEST, revision: 1, status: "SUPERSEDED" }));
  await env.driver.create(someRelease({ manifest: MANIFEST, revision: 2, config: { raw: "a: ä\n" } }));
  const contents = async () =>
    (await env.driver.raw?.list({ name: "web" }) ?? []).map(({ metadata, data }) => [metadata?.labels, data]);
  const before = await contents();
  equal(before.length, 2);
  const archives = memoryArchives();
  await migrate(env, { yes: true, archives });
  deepEqual(await contents(), before);
  deepEqual((await verifyMigrations(env, { releases: ["web"] }))[0]?.problems, []);
  await rejects(rollback(env, { name: "web", revision: 1 }), { kind: "conflict", message: /was migrated to Helm 3/ });
  await finishMigration(env, { releases: ["web"], yes: true, archives });
  deepEqual(await contents(), []);
  await migrateBack(env, { releases: ["web"], yes: true, archives });
  deepEqual(await contents(), before);
  equal(await stage.get("/api/v1/namespaces/kube-system/configmaps/skeg-migration.web"), undefined);
}

/** Stores a revision at Helm 3 as its program would: one more, which is deployed, and the one before becomes superseded. */
async function goOnAtHelm3(env: Environment, revision: number): Promise<void> {
  const { store } = await migrationTools(env, {});
  const write = async (number: number, status: "DEPLOYED" | "SUPERSEDED") => {
    const { record } = toHelm3(someRelease({ manifest: MANIFEST, revision: number, status }));
    const before = await store.get("default", helm3Key("web", number));
    if (before !== undefined) await store.remove("default", before);
    await store.create("default", {
      name: helm3Key("web", number),
      release: record,
      text: helm3Text(helm3Json(record)),
    });
  };
  await write(revision - 1, "SUPERSEDED");
  await write(revision, "DEPLOYED");
}

Deno.test("the way back after the end leaves one DEPLOYED revision when Helm 3 has made another", async () => {
  await using stage = await sandbox();
  await fill(stage, ["SUPERSEDED", "DEPLOYED"]);
  const archives = memoryArchives();
  const names = { releases: ["web"], archives, yes: true };
  await migrate(stage.env, { yes: true, archives });
  await goOnAtHelm3(stage.env, 3);
  await finishMigration(stage.env, names);
  const [back] = await migrateBack(stage.env, { ...names, allRevisions: true });
  deepEqual([back?.restored, back?.created], [["web.v1", "web.v2"], ["web.v3"]]);
  deepEqual(back?.changed, ["web.v2: DEPLOYED → SUPERSEDED"]);
  const labels = (await stage.env.driver.raw?.list({ name: "web" }) ?? []).map(({ metadata }) => metadata?.labels);
  deepEqual(labels.map((one) => `${one?.["VERSION"]} ${one?.["STATUS"]}`).sort(), [
    "1 SUPERSEDED",
    "2 SUPERSEDED",
    "3 DEPLOYED",
  ]);
});

/** A selector that the old API took from the labels, and that the live object has otherwise. */
const OLD_DEPLOYMENT = `
---
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: site}
spec:
  template:
    metadata: {labels: {app: site, tier: front}}
    spec: {containers: [{name: c, image: nginx}]}
`;

Deno.test("a release that was migrated is in order after its cluster has changed: verify and finish go by what was written", async () => {
  await using stage = await sandbox();
  await stage.env.driver.create(someRelease({ manifest: OLD_DEPLOYMENT }));
  const path = "/apis/apps/v1/namespaces/default/deployments";
  const made = await stage.call("POST", path, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "site" },
    spec: {
      selector: { matchLabels: { app: "site" } },
      template: {
        metadata: { labels: { app: "site", tier: "front" } },
        spec: { containers: [{ name: "c", image: "nginx" }] },
      },
    },
  });
  equal(made.status, 201);
  const archives = memoryArchives();
  await migrate(stage.env, { yes: true, archives });
  const before = (await planOf(stage.env)).revisions[0]?.targetSha256;
  await stage.call("DELETE", `${path}/site`);
  // The test is worth something only if the record converts in another way now.
  notEqual((await planOf(stage.env)).revisions[0]?.targetSha256, before);
  deepEqual((await verifyMigrations(stage.env, { releases: ["web"] }))[0]?.problems, []);
  equal((await finishMigration(stage.env, { releases: ["web"], archives, yes: true })).releases[0]?.outcome, "done");
});

Deno.test("finishMigration() ends what Helm 3 has uninstalled, with its history and without, and not what lives", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED"]);
  const archives = memoryArchives();
  const names = { releases: ["web"], archives, yes: true };
  const secret = `/api/v1/namespaces/default/secrets/${helm3Key("web", 1)}`;
  const live = "/api/v1/namespaces/default/configmaps/a";
  await migrate(stage.env, { yes: true, archives });
  await stage.call("DELETE", secret);
  await rejects(finishMigration(stage.env, names), {
    kind: "conflict",
    message: 'Helm 3 has no record of release "web", and 1 live object of it is there',
    hint: /^'skeg migrate helm3 web --yes' writes/,
  });
  match(
    (await verifyMigrations(stage.env, { releases: ["web"] }))[0]?.problems.join() ?? "",
    /^Helm 3 has no record of it\./,
  );
  // The advice is followed.
  equal((await migrate(stage.env, { yes: true, archives })).releases[0]?.written, 1);
  const { store } = await migrationTools(stage.env, {});
  const { record } = toHelm3(someRelease({ manifest: MANIFEST, status: "DELETED" }));
  await stage.call("DELETE", live);
  await stage.call("DELETE", secret);
  await store.create("default", { name: helm3Key("web", 1), release: record, text: helm3Text(helm3Json(record)) });
  const [kept] = await verifyMigrations(stage.env, { releases: ["web"] });
  deepEqual([kept?.problems, kept?.notes.length], [[], 1]);
  equal((await finishMigration(stage.env, { ...names, yes: false })).releases[0]?.outcome, "planned");
  await stage.call("DELETE", secret);
  await rejects(migrateBack(stage.env, names), { hint: /^'skeg migrate helm3 finish web' removes/ });
  equal((await finishMigration(stage.env, names)).left, 0);
  await rejects(migrateBack(stage.env, names), { hint: /which 'skeg import' reads/ });
});

Deno.test("after the end a release is refused here while Helm 3 has it, and its name is free afterwards", async () => {
  await using stage = await sandbox();
  await fill(stage, ["DEPLOYED"]);
  const archives = memoryArchives();
  await migrate(stage.env, { yes: true, archives });
  await finishMigration(stage.env, { releases: ["web"], archives, yes: true });
  const chart = chartFromFiles({
    "Chart.yaml": "name: free\nversion: 1.0.0\n",
    "templates/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
  });
  const put = { name: "web", namespace: "default", chart };
  await rejects(install(stage.env, put), { kind: "conflict", message: /was migrated to Helm 3/ });
  await stage.call("DELETE", `/api/v1/namespaces/default/secrets/${helm3Key("web", 1)}`);
  equal((await install(stage.env, put)).release.info.status.code, "DEPLOYED");
});

Deno.test("records of Helm 2 in Secrets are migrated, finished and restored", async () => {
  await using stage = await sandbox();
  await roundTrip(stage, stage.on(secretDriver(stage.call, "kube-system")));
});

Deno.test({
  name: "records of Helm 2 in a database are migrated, finished and restored",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await sandbox();
    await (await server?.connect("tiller"))?.close();
    const driver = await storageKind("sql")?.({
      call: () => Promise.reject(new Error("no cluster")),
      namespace: "",
      sql: { connectionString: server?.address("tiller") ?? "", createSchema: true },
      options: {},
    });
    if (driver === undefined) throw new Error("no database");
    await roundTrip(stage, stage.on(driver));
    await driver.close?.();
  },
});

Deno.test({ name: "the database is stopped", ignore: server === undefined, fn: async () => await server?.stop() });

Deno.test("a record without a chart holds the release", async () => {
  await using stage = await sandbox();
  const { chart: _, ...bare } = someRelease({ manifest: MANIFEST });
  await stage.env.driver.create(bare);
  deepEqual(codes(await planOf(stage.env)), ["no-record"]);
});
