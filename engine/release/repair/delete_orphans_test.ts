import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { createKubeClient } from "../../kube/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { configMapDriver, secretDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import type { Environment } from "../environment.ts";
import { examine, repair, undoRepair } from "../operations.ts";

const LABELS = { heritage: "Tiller", release: "web" };
const map = (name: string, more: object = {}, namespace = "default"): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, labels: LABELS, ...more },
  data: { a: "1" },
});

async function stage() {
  const cluster = await openSandbox();
  const call = objectCallOf(cluster.transport);
  const kept: Uint8Array[] = [];
  const env: Environment = {
    kube: createKubeClient(cluster),
    driver: configMapDriver(call, "kube-system"),
    clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
    random: () => 0,
    report: () => {},
    historyMax: 0,
  };
  const backups = {
    save: (_: string, __: string, bytes: Uint8Array) => Promise.resolve(String(kept.push(bytes) - 1)),
    load: (path: string) => Promise.resolve(kept[Number(path)] ?? new Uint8Array()),
  };
  const make = async (object: KubeObject): Promise<void> => {
    const { namespace } = object.metadata ?? {};
    const { status } = await call("POST", `/api/v1/namespaces/${namespace}/configmaps`, object);
    equal(status, 201);
  };
  const has = async (name: string): Promise<boolean> =>
    (await call("GET", `/api/v1/namespaces/default/configmaps/${name}`)).status === 200;
  return { env, call, kept, backups, make, has, [Symbol.asyncDispose]: () => cluster.close() };
}

Deno.test("delete-orphans lists objects by their labels, deletes the named ones, and undo creates them again", async () => {
  await using on = await stage();
  const keep = { annotations: { "helm.sh/resource-policy": "keep" } };
  for (
    const one of [map("a"), map("b"), map("keep", keep), map("a", {}, "kube-system"), map("plain", { labels: {} })]
  ) await on.make(one);
  await on.env.driver.create(someRelease({ name: "other", manifest: `---\n${JSON.stringify(map("b"))}\n` }));
  const { reports: [listed] } = await repair(on.env, "delete-orphans", {
    release: "web",
    yes: true,
    backups: on.backups,
  });
  deepEqual([listed?.performed, listed?.objects], [false, []]);
  deepEqual(listed?.notes.map(({ hint }) => hint).sort(), [
    "--object ConfigMap/default/a deletes it.",
    "--object ConfigMap/default/b deletes it.",
    "--object ConfigMap/default/keep deletes it.",
    "--object ConfigMap/kube-system/a deletes it.",
  ]);
  await rejects(repair(on.env, "delete-orphans", { release: "web", objects: ["ConfigMap/a"] }), {
    kind: "usage",
    message: /is more than one object/,
  });
  await rejects(repair(on.env, "delete-orphans", { release: "web", objects: ["ConfigMap/plain"] }), {
    kind: "usage",
    message: /no object/,
  });
  const objects = ["ConfigMap/default/a", "configmap/b", "ConfigMap/keep"];
  const { reports: [report] } = await repair(on.env, "delete-orphans", {
    release: "web",
    objects,
    yes: true,
    backups: on.backups,
  });
  deepEqual(report?.objects, ['ConfigMap "a" in namespace "default"']);
  deepEqual(report?.notes.map(({ text }) => text).sort(), [
    "stays: its resource policy keeps it",
    'stays: release "other" has it, too',
  ]);
  deepEqual([await on.has("a"), await on.has("b"), await on.has("keep"), await on.has("plain")], [
    false,
    true,
    true,
    true,
  ]);
  const [archive = new Uint8Array()] = on.kept;
  const { performed } = await undoRepair(on.env, { archive, objects: true, yes: true });
  deepEqual([performed, await on.has("a")], [true, true]);
});

Deno.test("delete-orphans refuses a release with records, in any storage", async () => {
  await using on = await stage();
  await on.make(map("a"));
  const objects = ["ConfigMap/a"];
  const refused = () =>
    rejects(repair(on.env, "delete-orphans", { release: "web", objects, yes: true, backups: on.backups }), {
      kind: "conflict",
      message: /^release "web" has records/,
    });
  for (const driver of [on.env.driver, secretDriver(on.call, "kube-system"), configMapDriver(on.call, "default")]) {
    await driver.create(someRelease());
    await refused();
    await driver.delete("web.v1");
  }
  const helm3 = {
    metadata: { name: "sh.helm.release.v1.web.v1", labels: { name: "web", owner: "helm" } },
    type: "helm.sh/release.v1",
  };
  await on.call("POST", "/api/v1/namespaces/default/secrets", { apiVersion: "v1", kind: "Secret", ...helm3 });
  await refused();
  equal(await on.has("a"), true);
  await rejects(repair(on.env, "delete-orphans", { all: true }), { kind: "usage" });
  match(String(on.kept.length), /^0$/);
});

Deno.test("delete-orphans refuses, and doctor warns, when the only record of a release is in quarantine", async () => {
  await using on = await stage();
  await on.make(map("a"));
  const record = (name: string, labels: Record<string, string>, namespace: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels },
    data: { release: "***" },
  });
  const broken = { NAME: "web", OWNER: "TILLER", STATUS: "DEPLOYED", VERSION: "1" };
  await on.make(record("web.v1", broken, "kube-system"));
  await repair(on.env, "quarantine", { release: "web", yes: true, backups: on.backups });
  const refused = () =>
    rejects(
      repair(on.env, "delete-orphans", {
        release: "web",
        objects: ["ConfigMap/a"],
        yes: true,
        backups: on.backups,
      }),
      { kind: "conflict", message: /^release "web" has records without the label OWNER=TILLER: web\.v1/ },
    );
  await refused();
  const findings = async () =>
    (await examine(on.env)).findings.map(({ id, severity, release }) => `${id} ${severity} ${release}`);
  deepEqual(await findings(), ["R9 warning web"]);
  // In another place, too, and without any label.
  await on.call("DELETE", "/api/v1/namespaces/kube-system/configmaps/web.v1");
  await on.make(record("web.v1", { OWNER: "TILLER-QUARANTINE" }, "default"));
  await refused();
  deepEqual(await findings(), ["R9 warning web"]);
  await on.call("DELETE", "/api/v1/namespaces/default/configmaps/web.v1");
  await on.make(record("web.v1", {}, "kube-system"));
  await refused();
  equal(await on.has("a"), true);
});
