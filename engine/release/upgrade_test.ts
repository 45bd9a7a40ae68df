import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { Chart, Release, StatusCode } from "../model/mod.ts";
import { configMap, hookJob, someChart, type TestEnvironment, testEnvironment } from "../../tests/_lib/environment.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import { processRequirements } from "../chart/values/mod.ts";
import { install } from "./install.ts";
import { ReleaseError } from "./release_error.ts";
import { rollback } from "./rollback.ts";
import { upgrade, type UpgradeOptions } from "./upgrade.ts";

const FIRST = someChart({ "a.yaml": configMap("a"), "b.yaml": configMap("b") });
const SECOND = someChart({
  "a.yaml": configMap("a", "two"),
  "c.yaml": configMap("c"),
  "pre.yaml": hookJob("pre", "pre-upgrade"),
  "post.yaml": hookJob("post", "post-upgrade"),
});

/** An environment where FIRST is installed as "web" in namespace blue. */
async function installed(more: Parameters<typeof testEnvironment>[0] = {}): Promise<TestEnvironment> {
  const made = testEnvironment(more);
  await install(made.env, { chart: FIRST, name: "web", namespace: "blue", config: "x: 1\n" });
  made.kube.calls.length = 0;
  return made;
}

Deno.test("upgrade() patches, creates, deletes; the old revision is superseded last", async () => {
  const { env, kube, recorded, record } = await installed();
  const { release } = await upgrade(env, { name: "web", chart: SECOND });
  deepEqual(kube.calls, [
    "create Job/blue/pre",
    "watch Job/blue/pre",
    "update ConfigMap/blue/a",
    "create ConfigMap/blue/c",
    "delete ConfigMap/blue/b",
    "create Job/blue/post",
    "watch Job/blue/post",
  ]);
  deepEqual(recorded("web"), ["SUPERSEDED Install complete", "DEPLOYED Upgrade complete"]);
  deepEqual(record("web.v2"), release);
  equal(release.namespace, "blue");
  deepEqual(release.info.firstDeployed, record("web.v1").info.firstDeployed);
  ok((release.info.lastDeployed?.seconds ?? 0) > (release.info.firstDeployed?.seconds ?? 0));
});

Deno.test("upgrade() shows templates the new revision", async () => {
  const { env } = await installed();
  const chart = someChart({ "a.yaml": configMap("a", "r{{ .Release.Revision }}-{{ .Release.IsUpgrade }}") });
  ok((await upgrade(env, { name: "web", chart })).release.manifest.includes("r2-true"));
});

Deno.test("upgrade() takes the description that is asked for", async () => {
  const { env, recorded } = await installed();
  await upgrade(env, { name: "web", chart: SECOND, description: "because" });
  equal(recorded("web")[1], "DEPLOYED because");
});

Deno.test("upgrade() needs a deployed revision", async () => {
  const { env, store } = testEnvironment();
  const missing = { kind: "not-found", message: '"web" has no deployed releases' };
  await rejects(upgrade(env, { name: "web", chart: FIRST }), missing);
  store.set("web.v1", someRelease({ status: "FAILED" }));
  await rejects(upgrade(env, { name: "web", chart: FIRST }), missing);
  await rejects(upgrade(env, { name: "", chart: FIRST }), { message: "no release provided" });
  await rejects(upgrade(env, { name: "a b", chart: FIRST }), { message: /^invalid release name, must match regex/ });
});

Deno.test("upgrade() is refused while the newest revision is pending", async () => {
  for (const status of ["PENDING_INSTALL", "PENDING_UPGRADE", "PENDING_ROLLBACK"] as const) {
    const { env, store, kube } = await installed();
    store.set("web.v2", someRelease({ revision: 2, status }));
    await rejects(upgrade(env, { name: "web", chart: SECOND }), {
      kind: "conflict",
      message: "another operation (install/upgrade/rollback) is in progress",
    });
    deepEqual(kube.calls, []);
  }
});

Deno.test("upgrade() validates before it records", async () => {
  const { env, store } = await installed();
  const chart = someChart({ "a.yaml": "kind: Nothing\nmetadata: {name: a}" });
  await rejects(upgrade(env, { name: "web", chart }), {
    message: 'unable to recognize "": no matches for kind "Nothing" in version "v1"',
  });
  equal(store.size, 1);
});

Deno.test("upgrade() compares with the newest deployed revision, not with the last", async () => {
  const { env, kube, recorded } = await installed();
  kube.failures.set("create ConfigMap/blue/c", "no room");
  await rejects(upgrade(env, { name: "web", chart: SECOND }), { message: "no room" });
  kube.failures.clear();
  kube.calls.length = 0;
  const third = someChart({ "b.yaml": configMap("b", "three") });
  await upgrade(env, { name: "web", chart: third });
  // Objects that the failed revision may have created are searched, too.
  deepEqual(kube.calls, ["update ConfigMap/blue/b", "delete ConfigMap/blue/a", "delete ConfigMap/blue/c"]);
  deepEqual(recorded("web"), [
    "SUPERSEDED Install complete",
    'FAILED Upgrade "web" failed: no room; done before: ConfigMap/a changed',
    "DEPLOYED Upgrade complete",
  ]);
});

Deno.test("upgrade() after revisions that failed also starts from what these may have made", async () => {
  const startsOf = async (...statuses: StatusCode[]): Promise<string[]> => {
    const { env, store } = testEnvironment();
    for (const [index, status] of statuses.entries()) {
      store.set(
        `web.v${index + 1}`,
        someRelease({ revision: index + 1, status, manifest: configMap(`of-${index + 1}`) }),
      );
    }
    let names: string[] = [];
    const update: typeof env.kube.update = (original, target, options) => {
      names = [original, ...options?.alsoFrom ?? []].map(([object]) => object?.name ?? "");
      return env.kube.update(original, target, options);
    };
    await upgrade({ ...env, kube: { ...env.kube, update } }, { name: "web", chart: FIRST });
    return names;
  };
  deepEqual(await startsOf("SUPERSEDED", "DEPLOYED"), ["of-2"]);
  deepEqual(await startsOf("DEPLOYED", "FAILED", "FAILED"), ["of-1", "of-3", "of-2"]);
  // A rollback that fails marks the revision that failed before it.
  deepEqual(await startsOf("DEPLOYED", "SUPERSEDED", "FAILED"), ["of-1", "of-3", "of-2"]);
});

// Pins Q48.
Deno.test("upgrade() that fails tells what was recorded, and what was deployed before", async () => {
  const { env, kube, recorded } = await installed();
  kube.failures.set("update ConfigMap/blue/a", "immutable");
  await rejects(upgrade(env, { name: "web", chart: SECOND }), (error) => {
    ok(error instanceof ReleaseError);
    deepEqual([error.message, error.recorded, error.before?.revision], ["immutable", true, 1]);
    return true;
  });
  deepEqual(recorded("web"), [
    "DEPLOYED Install complete",
    'FAILED Upgrade "web" failed: immutable; nothing was changed',
  ]);
});

// Pins Q22.
Deno.test("upgrade() that fails in a hook is FAILED, and does not block the next one", async () => {
  for (const hook of ["pre", "post"]) {
    const { env, kube, recorded } = await installed();
    kube.failures.set(`watch Job/blue/${hook}`, "Job failed: x");
    await rejects(upgrade(env, { name: "web", chart: SECOND }), { message: "Job failed: x" });
    deepEqual(recorded("web"), [
      "DEPLOYED Install complete",
      `FAILED Upgrade "web" failed ${hook}-upgrade: Job failed: x`,
    ]);
    await upgrade(env, { name: "web", chart: FIRST, disableHooks: true });
    equal(recorded("web").length, 3);
  }
});

Deno.test("upgrade() cleans up what it created when asked", async () => {
  const { env, kube } = await installed();
  const chart = someChart({ "a.yaml": configMap("c"), "b.yaml": configMap("d") });
  kube.failures.set("create ConfigMap/blue/d", "no room");
  await rejects(upgrade(env, { name: "web", chart, cleanupOnFail: true }), { message: "no room" });
  deepEqual([...kube.objects.keys()], ["ConfigMap/blue/a", "ConfigMap/blue/b"]);
});

Deno.test("a dry run of upgrade() changes nothing", async () => {
  const { env, kube, store } = await installed();
  const { release } = await upgrade(env, { name: "web", chart: SECOND, dryRun: true });
  deepEqual([release.revision, release.info.description], [2, "Dry run complete"]);
  deepEqual([kube.calls, store.size], [[], 1]);
});

Deno.test("upgrade() without values carries the deployed ones over, byte for byte", async () => {
  const { env } = await installed();
  const config = async (more: Partial<Parameters<typeof upgrade>[1]>): Promise<string | undefined> =>
    (await upgrade(env, { name: "web", chart: FIRST, dryRun: true, ...more })).release.config?.raw;
  equal(await config({}), "x: 1\n");
  equal(await config({ config: "{}\n" }), "x: 1\n");
  equal(await config({ config: "z: 2\n" }), "z: 2\n");
  equal(await config({ resetValues: true }), "{}\n");
  equal(await config({ config: "z: 2\n", reuseValues: true }), "x: 1\nz: 2\n");
  equal(await config({ config: "x: null\n", reuseValues: true }), "x: null\n");
  equal(await config({ reuseValues: true }), "x: 1\n");
});

Deno.test("upgrade() that reuses values freezes the old chart's defaults into the new chart", async () => {
  const { env } = testEnvironment();
  const first = { ...FIRST, values: { raw: "colour: blue\nsize: 3\n" } };
  await install(env, { chart: first, name: "web", namespace: "blue", config: "size: 4\n" });
  const second = { ...FIRST, values: { raw: "colour: green\nweight: 1\n" } };
  const { release } = await upgrade(env, { name: "web", chart: second, reuseValues: true });
  equal(release.chart?.values?.raw, "colour: blue\nsize: 4\n");
  equal(release.config?.raw, "size: 4\n");
});

Deno.test("of two upgrades at once, one wins and the other is told clearly", async () => {
  const one = await installed();
  const two = testEnvironment({ kube: one.kube, store: one.store });
  const results = await Promise.allSettled([one, two].map(({ env }) => upgrade(env, { name: "web", chart: SECOND })));
  deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  const lost = results.find((result) => result.status === "rejected")?.reason;
  deepEqual([lost.kind, lost.message, lost.recorded], ["exists", 'release: "web.v2" already exists', false]);
  deepEqual(one.recorded("web"), ["SUPERSEDED Install complete", "DEPLOYED Upgrade complete"]);
});

Deno.test("an upgrade that is interrupted leaves a FAILED record, and the next one works", async () => {
  const controller = new AbortController();
  const made = await installed();
  made.kube.failures.set("update ConfigMap/blue/a", () => controller.abort());
  await rejects(upgrade({ ...made.env, signal: controller.signal }, { name: "web", chart: SECOND }), {
    kind: "aborted",
  });
  deepEqual(made.recorded("web"), [
    "DEPLOYED Install complete",
    'FAILED Upgrade "web" failed: interrupted; nothing was changed',
  ]);
  made.kube.failures.clear();
  await upgrade(made.env, { name: "web", chart: FIRST });
});

Deno.test("upgrade() keeps at most as many records as it is told, and never drops the deployed one", async () => {
  const { env, store } = await installed({ historyMax: 2 });
  for (let turn = 0; turn < 4; turn++) {
    await upgrade(env, { name: "web", chart: turn % 2 ? SECOND : FIRST, disableHooks: true });
  }
  deepEqual([...store.keys()], ["web.v4", "web.v5"]);
});

/** A store with one revision of "web" in namespace blue, whose manifest is FIRST's. */
async function over(status: Release["info"]["status"]["code"]): Promise<TestEnvironment> {
  const made = await installed();
  const release = made.record("web.v1");
  made.store.set("web.v1", { ...release, info: { ...release.info, status: { ...release.info.status, code: status } } });
  return made;
}

Deno.test("upgrade() with force deletes and installs a release that is deleted or failed", async () => {
  for (const status of ["DELETED", "FAILED"] as const) {
    const { env, kube, recorded, record } = await over(status);
    const chart = someChart({
      "a.yaml": configMap("a", "r{{ .Release.Revision }}-{{ .Release.IsInstall }}"),
      "pre.yaml": hookJob("pre", "pre-install,pre-upgrade"),
      "post.yaml": hookJob("post", "post-install"),
    });
    await upgrade(env, { name: "web", chart, force: true, description: "anew" });
    deepEqual(recorded("web"), ["DELETED Deletion complete", "DEPLOYED anew"]);
    deepEqual(kube.calls, [
      "delete ConfigMap/blue/a",
      "delete ConfigMap/blue/b",
      "create Job/blue/pre",
      "watch Job/blue/pre",
      "create ConfigMap/blue/a",
      "delete ConfigMap/blue/b",
      "create Job/blue/post",
      "watch Job/blue/post",
    ]);
    ok(record("web.v2").manifest.includes("r1-true"));
    ok(record("web.v1").info.deleted);
    deepEqual(record("web.v2").info.firstDeployed, record("web.v2").info.lastDeployed);
  }
});

// Pins Q24.
Deno.test("upgrade() with force gives the real error when deleting is not allowed", async () => {
  const { env, kube } = await installed();
  const chart = someChart({ "a.yaml": "just words" });
  await rejects(upgrade(env, { name: "web", chart, force: true }), { message: /^YAML parse error on/ });
  deepEqual(kube.calls, []);
  await rejects(upgrade(env, { name: "nothing", chart, force: true }), { message: 'release: "nothing" not found' });
});

Deno.test("upgrade() with force stops when the old objects cannot be deleted", async () => {
  const { env, kube, recorded } = await over("FAILED");
  kube.failures.set("delete ConfigMap/blue/a", "protected");
  await rejects(upgrade(env, { name: "web", chart: FIRST, force: true }), {
    message: "Upgrade --force successfully deleted the previous release, but encountered 1 error(s) and cannot " +
      "continue: protected",
  });
  deepEqual(recorded("web"), ["DELETING Deletion failed: protected; it was FAILED"]);
});

Deno.test("upgrade() and rollback() wait strictly when they are asked to", async () => {
  const { env, kube } = await installed();
  await upgrade(env, { name: "web", chart: FIRST, waitStrict: true });
  await rollback(env, { name: "web", waitStrict: true });
  equal(kube.calls.filter((call) => call.startsWith("wait-strictly ")).length, 4);
  equal(kube.calls.some((call) => call.startsWith("wait ")), false);
});

/** A chart with a subchart that is off by default. */
function withSubchart(): Chart {
  const requirements = "dependencies: [{name: db, version: 0.1.0, repository: '', condition: db.enabled}]\n";
  return {
    ...someChart({ "a.yaml": configMap("a") }),
    values: { raw: "db: {enabled: false}\n" },
    dependencies: [someChart({ "b.yaml": configMap("b") }, { name: "db" })],
    files: [{ path: "requirements.yaml", data: new TextEncoder().encode(requirements) }],
  };
}

const IS_ON = "db: {enabled: true}\n";

Deno.test("upgrade() lets conditions see stored values where that is asked for", async () => {
  const made = testEnvironment();
  const processed = (config: string) => processRequirements(withSubchart(), config);
  await install(made.env, { chart: processed(IS_ON), name: "web", namespace: "blue", config: IS_ON });
  ok(made.kube.objects.has("ConfigMap/blue/b"));
  const upgraded = async (more: Partial<UpgradeOptions>) => {
    await upgrade(made.env, { name: "web", chart: withSubchart(), conditionsFromStoredValues: true, ...more });
    return made.kube.objects.has("ConfigMap/blue/b");
  };
  equal(await upgraded({}), true);
  equal(await upgraded({ reuseValues: true, config: "x: 1\n" }), true);
  equal(await upgraded({ config: "x: 1\n" }), false);
  await upgraded({ config: IS_ON });
  equal(await upgraded({ resetValues: true }), false);
  await upgraded({ config: IS_ON });
  // Helm 2: the caller has processed the requirements with the given values, of which there are none.
  equal(await upgraded({ chart: processed("{}\n"), conditionsFromStoredValues: false }), false);
});

Deno.test("upgrade() by force lets conditions see the given values when nothing is deployed", async () => {
  const made = testEnvironment();
  made.store.set("web.v1", someRelease({ status: "FAILED" }));
  await upgrade(made.env, {
    name: "web",
    chart: withSubchart(),
    config: IS_ON,
    force: true,
    conditionsFromStoredValues: true,
  });
  deepEqual(made.record("web.v2").chart?.dependencies.map(({ metadata }) => metadata.name), ["db"]);
});

// Pins Q53.
Deno.test("upgrade() with force deletes nothing when the chart cannot be built", async () => {
  for (const status of ["DELETED", "FAILED"] as const) {
    const { env, kube, recorded } = await over(status);
    const chart = someChart({ "a.yaml": "kind: Nothing\nmetadata: {name: a}" });
    await rejects(upgrade(env, { name: "web", chart, force: true }), { message: /no matches for kind "Nothing"/ });
    deepEqual(kube.calls, []);
    equal(recorded("web").length, 1);
    match(recorded("web")[0] ?? "", new RegExp(`^${status}`));
  }
});
