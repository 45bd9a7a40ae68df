import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { configMap, hookJob, someChart, type TestEnvironment, testEnvironment } from "../../tests/_lib/environment.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import { install } from "./install.ts";
import { rollback } from "./rollback.ts";
import { uninstall } from "./uninstall.ts";
import { upgrade } from "./upgrade.ts";

const CHART = someChart({
  "a.yaml": configMap("a"),
  "s.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}",
  "pre.yaml": hookJob("pre", "pre-delete"),
  "post.yaml": hookJob("post", "post-delete"),
});

async function installed(chart = CHART): Promise<TestEnvironment> {
  const made = testEnvironment();
  await install(made.env, { chart, name: "web", namespace: "blue" });
  made.kube.calls.length = 0;
  return made;
}

Deno.test("uninstall() deletes objects in their own order, between the hooks, and keeps the record", async () => {
  const { env, kube, recorded, record } = await installed();
  const { release, kept } = await uninstall(env, { name: "web" });
  deepEqual(kube.calls, [
    "create Job/blue/pre",
    "watch Job/blue/pre",
    "delete Service/blue/s",
    "delete ConfigMap/blue/a",
    "create Job/blue/post",
    "watch Job/blue/post",
  ]);
  deepEqual(recorded("web"), ["DELETED Deletion complete"]);
  deepEqual(record("web.v1"), release);
  ok(release.info.deleted);
  equal(kept, "");
});

Deno.test("uninstall() deletes objects of one kind together, one kind after the other, and names errors in order", async () => {
  const { env, kube } = await installed(someChart({
    ...Object.fromEntries(["a", "b", "c"].map((name) => [`${name}.yaml`, configMap(name)])),
    "s.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}",
  }));
  const begun = (): string[] => kube.calls.filter((call) => call.startsWith("delete ConfigMap"));
  let release = (): void => {};
  const together = new Promise<void>((resolve) => release = resolve);
  kube.failures.set("delete Service/blue/s", () => equal(begun().length, 0));
  kube.failures.set("delete ConfigMap/blue/a", async () => {
    await together; // the others are on their way before this one is done
    throw new Error("a stays");
  });
  kube.failures.set("delete ConfigMap/blue/c", () => {
    equal(begun().length, 3);
    release();
    throw new Error("c stays");
  });
  await rejects(uninstall(env, { name: "web" }), { message: /2 error\(s\): a stays; c stays/ });
});

// Pins Q55.
Deno.test("uninstall() is DELETING while it works, and takes a description", async () => {
  const { env, kube, recorded } = await installed();
  let meanwhile: string[] = [];
  kube.failures.set("delete ConfigMap/blue/a", () => {
    meanwhile = recorded("web");
  });
  await uninstall(env, { name: "web", disableHooks: true, description: "no use" });
  deepEqual(meanwhile, ["DELETING Deletion in progress (or silently failed); it was DEPLOYED"]);
  deepEqual(recorded("web"), ["DELETED no use"]);
});

Deno.test("uninstall() with purge removes all records", async () => {
  const { env, store, kube } = await installed();
  await upgrade(env, { name: "web", chart: CHART });
  await uninstall(env, { name: "web", purge: true });
  equal(store.size, 0);
  deepEqual([...kube.objects.keys()].filter((key) => !key.startsWith("Job")), []);
});

Deno.test("uninstall() of a deleted release is refused, unless it is to be purged", async () => {
  const { env, store, kube } = await installed();
  await uninstall(env, { name: "web", disableHooks: true });
  kube.calls.length = 0;
  await rejects(uninstall(env, { name: "web" }), {
    kind: "release",
    message: 'the release named "web" is already deleted',
  });
  await uninstall(env, { name: "web", purge: true });
  deepEqual([store.size, kube.calls], [0, []]);
});

Deno.test("uninstall() says what is not there, in Tiller's words", async () => {
  const { env } = testEnvironment();
  await rejects(uninstall(env, { name: "web" }), { kind: "not-found", message: 'release: "web" not found' });
  await rejects(uninstall(env, { name: "" }), { message: "no release provided" });
});

Deno.test("uninstall() changes nothing when a pre-delete hook fails", async () => {
  const { env, kube, recorded } = await installed();
  kube.failures.set("watch Job/blue/pre", "Job failed: x");
  await rejects(uninstall(env, { name: "web" }), { message: "Job failed: x" });
  deepEqual(recorded("web"), ["DEPLOYED Install complete"]);
  ok(kube.objects.has("ConfigMap/blue/a"));
});

Deno.test("uninstall() collects errors, goes on, and stays DELETING while an object is left", async () => {
  const { env, kube, recorded } = await installed();
  kube.failures.set("delete Service/blue/s", "protected");
  kube.failures.set("watch Job/blue/post", "Job failed: x");
  await rejects(uninstall(env, { name: "web" }), {
    message: "deletion completed with 2 error(s): protected; Job failed: x",
  });
  deepEqual(recorded("web"), ["DELETING Deletion failed: protected; Job failed: x; it was DEPLOYED"]);
  ok(!kube.objects.has("ConfigMap/blue/a"));
  kube.failures.clear();
  await uninstall(env, { name: "web", disableHooks: true });
  deepEqual(recorded("web"), ["DELETED Deletion complete"]);
  ok(!kube.objects.has("Service/blue/s"));
});

// Pins Q26.
Deno.test("uninstall() with purge keeps the records while something is left", async () => {
  const { env, kube, recorded, store } = await installed();
  kube.failures.set("delete Service/blue/s", "protected");
  await rejects(uninstall(env, { name: "web", purge: true, disableHooks: true }), {
    message: "deletion completed with 1 error(s): protected",
  });
  deepEqual(recorded("web"), ["DELETING Deletion failed: protected; it was DEPLOYED"]);
  kube.failures.clear();
  await uninstall(env, { name: "web", purge: true, disableHooks: true });
  equal(store.size, 0);
  ok(!kube.objects.has("Service/blue/s"));
});

Deno.test("uninstall() keeps what its resource policy says, and tells what of it exists", async () => {
  const keep = (name: string, policy: string): string => configMap(name, "one", { "helm.sh/resource-policy": policy });
  const chart = someChart({
    "a.yaml": keep("kept", "keep"),
    "b.yaml": keep("odd", "whatever"),
    "c.yaml": keep("gone", "keep"),
    "d.yaml": keep("deleted", "delete"),
  });
  const { env, kube } = await installed(chart);
  kube.objects.delete("ConfigMap/blue/gone");
  const { kept } = await uninstall(env, { name: "web" });
  equal(kept, "These resources were kept due to the resource policy:\n[ConfigMap] kept\n[ConfigMap] odd\n");
  deepEqual([...kube.objects.keys()], ["ConfigMap/blue/kept", "ConfigMap/blue/odd"]);
});

// Pins Q29.
Deno.test("uninstall() takes a document of comments for no object", async () => {
  const { env } = await installed(someChart({ "a.yaml": configMap("a"), "b.yaml": "# nothing" }));
  await uninstall(env, { name: "web" });
});

// Pins Q27.
Deno.test("uninstall() after a failed upgrade deletes what the deployed revision has", async () => {
  const { env, kube, recorded } = await installed(someChart({ "a.yaml": configMap("a"), "b.yaml": configMap("b") }));
  kube.failures.set("create ConfigMap/blue/c", "no room");
  await rejects(upgrade(env, { name: "web", chart: someChart({ "c.yaml": configMap("c") }) }), { message: "no room" });
  await uninstall(env, { name: "web" });
  equal(kube.objects.size, 0);
  deepEqual(recorded("web"), ["SUPERSEDED Install complete", "DELETED Deletion complete"]);
});

Deno.test("uninstall() after a failed upgrade and a failed rollback deletes what either has made", async () => {
  const { env, kube, recorded } = await installed(someChart({ "a.yaml": configMap("a") }));
  kube.failures.set("create ConfigMap/blue/d", "no room");
  const second = someChart({ "a.yaml": configMap("a", "two"), "c.yaml": configMap("c"), "d.yaml": configMap("d") });
  await rejects(upgrade(env, { name: "web", chart: second }), { message: "no room" });
  kube.failures.set("update ConfigMap/blue/a", "frozen");
  await rejects(rollback(env, { name: "web", revision: 1 }), { message: "frozen" });
  const statuses = (): string[] => recorded("web").map((line) => line.split(" ", 1)[0] ?? "");
  deepEqual(statuses(), ["DEPLOYED", "SUPERSEDED", "FAILED"]);
  ok(kube.objects.has("ConfigMap/blue/c"));
  await uninstall(env, { name: "web" });
  equal(kube.objects.size, 0);
});

// Pins Q27.
Deno.test("uninstall() of a failed revision leaves what belongs to another release", async () => {
  const { env, kube, store } = await installed(someChart({ "a.yaml": configMap("shared") }));
  const thief = someChart({ "a.yaml": configMap("own"), "b.yaml": configMap("shared") });
  await rejects(install(env, { chart: thief, name: "thief", namespace: "blue" }), {
    message: 'release thief failed: configmaps "shared" already exists',
  });
  await uninstall(env, { name: "thief" });
  deepEqual([...kube.objects.keys()], ["ConfigMap/blue/shared"]);
  equal(store.get("web.v1")?.info.status.code, "DEPLOYED");
});

Deno.test("uninstall() of a record whose manifest is broken says so, and is not DELETED", async () => {
  const { env, store, recorded } = testEnvironment();
  store.set("web.v1", someRelease({ manifest: "\n---\njust words" }));
  await rejects(uninstall(env, { name: "web" }), {
    message:
      /^deletion completed with 1 error\(s\): corrupted release record\. You must manually delete the resources: /,
  });
  match(recorded("web")[0] ?? "", /^DELETING Deletion failed: corrupted release record/);
});

Deno.test("uninstall() stops when another client modified the record since it was read", async () => {
  const one = await installed();
  const two = testEnvironment({ kube: one.kube, store: one.store });
  const hooked = async (): Promise<void> => {
    one.kube.failures.clear();
    await uninstall(two.env, { name: "web", disableHooks: true });
  };
  one.kube.failures.set("watch Job/blue/pre", hooked);
  await rejects(uninstall(one.env, { name: "web" }), { kind: "conflict" });
  deepEqual(one.recorded("web"), ["DELETED Deletion complete"]);
});

// Pins Q52.
Deno.test("uninstall() that cannot build an object leaves the release DELETING", async () => {
  for (const purge of [false, true]) {
    const { env, store, kube, recorded } = testEnvironment();
    const manifest = `${configMap("a")}---\nkind: Nothing\nmetadata: {name: x}\n`;
    store.set("web.v1", someRelease({ manifest }));
    kube.objects.set("ConfigMap/blue/a", configMap("a"));
    for (let attempt = 0; attempt < 2; attempt++) {
      await rejects(uninstall(env, { name: "web", purge }), {
        message: /^deletion completed with 1 error\(s\): unable to recognize "": no matches for kind "Nothing"/,
      });
      match(recorded("web")[0] ?? "", /^DELETING Deletion failed: unable to recognize/);
    }
  }
});
