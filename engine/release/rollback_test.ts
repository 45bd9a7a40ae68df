import { deepEqual, equal, rejects } from "node:assert/strict";
import { configMap, hookJob, someChart, type TestEnvironment, testEnvironment } from "../../tests/_lib/environment.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import type { StatusCode } from "../model/mod.ts";
import { install } from "./install.ts";
import { rollback } from "./rollback.ts";
import { uninstall } from "./uninstall.ts";
import { upgrade } from "./upgrade.ts";

const FIRST = someChart({
  "a.yaml": configMap("a"),
  "b.yaml": configMap("b"),
  "pre.yaml": hookJob("pre", "pre-rollback"),
  "post.yaml": hookJob("post", "post-rollback"),
});
const SECOND = someChart({ "a.yaml": configMap("a", "two") });

/** "web" with revision 1 of FIRST and revision 2 of SECOND. */
async function upgraded(): Promise<TestEnvironment> {
  const made = testEnvironment();
  await install(made.env, { chart: FIRST, name: "web", namespace: "blue", config: "x: 1\n" });
  await upgrade(made.env, { chart: SECOND, name: "web", config: "x: 2\n" });
  made.kube.calls.length = 0;
  return made;
}

Deno.test("rollback() brings back chart, values, manifest and hooks of the revision before", async () => {
  const { env, kube, recorded, record } = await upgraded();
  const { release } = await rollback(env, { name: "web" });
  deepEqual(kube.calls, [
    "create Job/blue/pre",
    "watch Job/blue/pre",
    "update ConfigMap/blue/a",
    "create ConfigMap/blue/b",
    "create Job/blue/post",
    "watch Job/blue/post",
  ]);
  deepEqual(recorded("web"), ["SUPERSEDED Install complete", "SUPERSEDED Upgrade complete", "DEPLOYED Rollback to 1"]);
  deepEqual([release.revision, release.config?.raw], [3, "x: 1\n"]);
  equal(release.manifest, record("web.v1").manifest);
  deepEqual(release.info.firstDeployed, record("web.v1").info.firstDeployed);
});

Deno.test("rollback() goes to any revision, the newest included, and takes a description", async () => {
  const { env, recorded } = await upgraded();
  await rollback(env, { name: "web", revision: 2, description: "again" });
  equal(recorded("web")[2], "DEPLOYED again");
  await rollback(env, { name: "web", revision: 1, disableHooks: true });
  equal(recorded("web")[3], "DEPLOYED Rollback to 1");
});

Deno.test("rollback() says what is not there, in Tiller's words", async () => {
  const { env } = await upgraded();
  await rejects(rollback(env, { name: "web", revision: 9 }), {
    kind: "not-found",
    message: 'release: "web.v9" not found',
  });
  await rejects(rollback(env, { name: "nothing" }), { kind: "not-found", message: 'release: "nothing" not found' });
  await rejects(rollback(env, { name: "web", revision: -1 }), { message: "invalid release revision" });
  await rejects(rollback(env, { name: "a b" }), { message: /^invalid release name/ });
});

Deno.test("a dry run of rollback() changes nothing", async () => {
  const { env, kube, store } = await upgraded();
  const { release } = await rollback(env, { name: "web", dryRun: true });
  deepEqual([release.info.status.code, release.info.description], ["PENDING_ROLLBACK", "Rollback to 1"]);
  deepEqual([kube.calls, store.size], [[], 2]);
});

Deno.test("rollback() that fails halfway supersedes the current revision, as nothing is as any revision says", async () => {
  const { env, kube, recorded } = await upgraded();
  kube.failures.set("create ConfigMap/blue/b", "no room");
  await rejects(rollback(env, { name: "web", disableHooks: true }), { message: "no room" });
  deepEqual(recorded("web"), [
    "SUPERSEDED Install complete",
    "SUPERSEDED Upgrade complete",
    'FAILED Rollback "web" failed: no room; done before: ConfigMap/a changed',
  ]);
});

// Pins Q50.
Deno.test("rollback() that fails before it has changed anything leaves DEPLOYED what runs, and the next upgrade works", async () => {
  const { env, kube, recorded } = await upgraded();
  kube.failures.set("update ConfigMap/blue/a", "field is immutable");
  await rejects(rollback(env, { name: "web", disableHooks: true }), { message: "field is immutable" });
  deepEqual(recorded("web").slice(1), [
    "DEPLOYED Upgrade complete",
    'FAILED Rollback "web" failed: field is immutable; nothing was changed',
  ]);
  kube.failures.clear();
  await upgrade(env, { name: "web", chart: FIRST, disableHooks: true });
  equal(recorded("web").at(-1), "DEPLOYED Upgrade complete");
});

// Pins Q22.
Deno.test("rollback() that fails in a hook is FAILED, and the current revision stays", async () => {
  for (const hook of ["pre", "post"]) {
    const { env, kube, recorded } = await upgraded();
    kube.failures.set(`watch Job/blue/${hook}`, "Job failed: x");
    await rejects(rollback(env, { name: "web" }), { message: "Job failed: x" });
    deepEqual(recorded("web").slice(1), [
      "DEPLOYED Upgrade complete",
      `FAILED Rollback "web" failed ${hook}-rollback: Job failed: x`,
    ]);
  }
});

// Pins Q25.
Deno.test("rollback() finds again what a failed upgrade dropped from its manifest", async () => {
  const { env, kube, recorded } = await upgraded();
  await rollback(env, { name: "web", disableHooks: true }); // revision 3, with b
  kube.failures.set("update ConfigMap/blue/a", "immutable");
  await rejects(upgrade(env, { name: "web", chart: SECOND }), { message: "immutable" }); // 4: b is not in it, but there
  kube.failures.clear();
  await rollback(env, { name: "web", revision: 3, disableHooks: true });
  equal(recorded("web")[4], "DEPLOYED Rollback to 3");
  deepEqual([...kube.objects.keys()].filter((key) => key.startsWith("ConfigMap")), [
    "ConfigMap/blue/a",
    "ConfigMap/blue/b",
  ]);
});

Deno.test("rollback() of a deleted release brings it back", async () => {
  const { env, kube, recorded } = await upgraded();
  await uninstall(env, { name: "web" });
  await rollback(env, { name: "web", revision: 2 });
  deepEqual(recorded("web").slice(1), ["SUPERSEDED Deletion complete", "DEPLOYED Rollback to 2"]);
  deepEqual([...kube.objects.keys()], ["ConfigMap/blue/a"]);
});

Deno.test("rollback() out of an interrupted upgrade works, and supersedes what was deployed", async () => {
  const { env, store, record, recorded } = await upgraded();
  const pending = record("web.v2");
  const { info } = pending;
  store.set("web.v3", {
    ...pending,
    revision: 3,
    info: { ...info, status: { ...info.status, code: "PENDING_UPGRADE" }, description: "Preparing upgrade" },
  });
  await rollback({ ...env, patienceSeconds: 0 }, { name: "web", revision: 1, disableHooks: true });
  deepEqual(recorded("web"), [
    "SUPERSEDED Install complete",
    "SUPERSEDED Upgrade complete",
    "SUPERSEDED Preparing upgrade",
    "DEPLOYED Rollback to 1",
  ]);
});

Deno.test("of two rollbacks at once, one wins", async () => {
  const one = await upgraded();
  const two = testEnvironment({ kube: one.kube, store: one.store });
  const results = await Promise.allSettled(
    [one, two].map(({ env }) => rollback(env, { name: "web", revision: 2, disableHooks: true })),
  );
  deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  equal(one.recorded("web").filter((line) => line.startsWith("DEPLOYED")).length, 1);
});

Deno.test("rollback() sends the difference of manifests, unless live objects may be those of several revisions", async () => {
  const applied = async (...statuses: StatusCode[]): Promise<string | undefined> => {
    const { env, store } = testEnvironment();
    for (const [index, status] of statuses.entries()) {
      const release = someRelease({ revision: index + 1, status });
      store.set(`web.v${index + 1}`, release);
    }
    let apply: string | undefined;
    const update: typeof env.kube.update = (original, target, options) => {
      apply = options?.apply;
      return env.kube.update(original, target, options);
    };
    await rollback({ ...env, kube: { ...env.kube, update } }, { name: "web", revision: 1 });
    return apply;
  };
  equal(await applied("SUPERSEDED", "DEPLOYED"), "tiller");
  equal(await applied("DEPLOYED", "FAILED"), "tiller");
  equal(await applied("SUPERSEDED", "SUPERSEDED", "SUPERSEDED", "FAILED"), "tiller");
  equal(await applied("SUPERSEDED", "FAILED", "SUPERSEDED", "FAILED"), "tiller");
  equal(await applied("DEPLOYED", "FAILED", "FAILED"), "three-way");
  equal(await applied("SUPERSEDED", "DEPLOYED", "SUPERSEDED", "FAILED"), "three-way");
  equal(await applied("SUPERSEDED", "PENDING_ROLLBACK", "FAILED"), "three-way");
});

Deno.test("rollback() after a revision that was not finished also starts from what objects were before", async () => {
  const startsOf = async (...revisions: [StatusCode, string?][]): Promise<string[]> => {
    const { env, store } = testEnvironment();
    for (const [index, [status, description = "made"]] of revisions.entries()) {
      const release = someRelease({ revision: index + 1, status, manifest: configMap(`of-${index + 1}`) });
      store.set(`web.v${index + 1}`, { ...release, info: { ...release.info, description } });
    }
    let names: string[] = [];
    const update: typeof env.kube.update = (original, target, options) => {
      names = [original, ...options?.alsoFrom ?? []].map(([object]) => object?.name ?? "");
      return env.kube.update(original, target, options);
    };
    await rollback({ ...env, kube: { ...env.kube, update } }, { name: "web", revision: 1 });
    return names;
  };
  deepEqual(await startsOf(["SUPERSEDED"], ["DEPLOYED"]), ["of-2"]);
  deepEqual(await startsOf(["SUPERSEDED"], ["DEPLOYED"], ["PENDING_ROLLBACK"]), ["of-3", "of-2"]);
  deepEqual(await startsOf(["SUPERSEDED"], ["SUPERSEDED"], ["FAILED"]), ["of-3", "of-2"]);
  deepEqual(await startsOf(["SUPERSEDED"], ["DEPLOYED"], ["FAILED"], ["FAILED"]), ["of-4", "of-2", "of-3"]);
  const nothing: [StatusCode, string] = ["FAILED", "it failed; nothing was changed"];
  deepEqual(await startsOf(["SUPERSEDED"], ["DEPLOYED"], nothing, ["FAILED"]), ["of-4", "of-2"]);
});

Deno.test("rollback() from a deployed revision takes no object for its own that an earlier one had and a policy kept", async () => {
  const originalOf = async (...statuses: StatusCode[]): Promise<string[]> => {
    const { env, store } = testEnvironment();
    for (const [index, status] of statuses.entries()) {
      const manifest = `\n---\n# Source: web/a.yaml\n${configMap(`of-${index + 1}`)}`;
      store.set(`web.v${index + 1}`, someRelease({ revision: index + 1, status, manifest }));
    }
    let names: string[] = [];
    const update: typeof env.kube.update = (original, target, options) => {
      names = original.map(({ name }) => name);
      return env.kube.update(original, target, options);
    };
    await rollback({ ...env, kube: { ...env.kube, update } }, { name: "web", revision: 1 });
    return names.sort();
  };
  deepEqual(await originalOf("SUPERSEDED", "SUPERSEDED", "DEPLOYED"), ["of-3"]);
  deepEqual(await originalOf("SUPERSEDED", "PENDING_UPGRADE", "DEPLOYED"), ["of-2", "of-3"]);
  deepEqual(await originalOf("SUPERSEDED", "DEPLOYED", "FAILED"), ["of-2", "of-3"]);
  deepEqual(await originalOf("SUPERSEDED", "SUPERSEDED", "DELETED"), ["of-3"]);
});
