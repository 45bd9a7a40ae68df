/**
 * Unhealthy states of objects, made on a cluster: `doctor` finds each, and names nothing else about the release.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import type { Chart, KubeObject, Release } from "../../engine/model/mod.ts";
import { type DoctorOptions, examine, type Finding, install, uninstall, upgrade } from "../../engine/release/mod.ts";
import { deploymentManifest } from "../_lib/deployment_manifest.ts";
import { type Stage, story } from "./_cluster.ts";

function chart(templates: Record<string, string>): Chart {
  const files = Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}.yaml`, text]));
  return chartFromFiles({ "Chart.yaml": "name: sick\nversion: 0.1.0\n", ...files });
}

const map = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}data: {text: one}\n`;

/** A Service that the server refuses. */
const BAD = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n";

/** Returns the findings about the story's records, and those about the release of its namespace's name. */
async function found({ env, records, namespace }: Stage, options: DoctorOptions = {}): Promise<Finding[]> {
  const { findings, unseen } = await examine(env, { recordsNamespace: records, ...options });
  deepEqual(unseen, []);
  return findings.filter((one) => one.namespace === records || one.release === namespace);
}

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Waits until a condition holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error("waited for 30 seconds");
}

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id, release }) => `${id} ${release}`);
const told = (findings: readonly Finding[]): string =>
  findings.flatMap(({ evidence }) => evidence.map(({ text }) => text)).join("\n");

story("a healthy release has no findings", async (stage) => {
  const { env, namespace } = stage;
  await install(env, { chart: chart({ a: map("a"), b: map("b") }), name: "web", namespace });
  await upgrade(env, { name: "web", chart: chart({ a: map("a"), c: map("c") }) });
  deepEqual(ids(await found(stage)), []);
  deepEqual(ids(await found(stage, { release: "web" })), []);
  deepEqual(ids(await found(stage, { deep: true })), []);
});

story("O1: missing objects", async (stage) => {
  const { env, namespace, send } = stage;
  await install(env, { chart: chart({ a: map("a"), b: map("b") }), name: "web", namespace });
  await send("DELETE", `/api/v1/namespaces/${namespace}/configmaps/b`);
  for (const options of [{}, { release: "web" }]) {
    const findings = await found(stage, options);
    deepEqual(ids(findings), ["O1 web"]);
    deepEqual([findings[0]?.severity, told(findings)], ["broken", 'ConfigMap "b": missing']);
    match(findings[0]?.repairs[0]?.command ?? "", /^skeg (rollback web 1|repair reapply web)$/);
  }
});

story("O2: an edited field, without its value; a field that an autoscaler sets is none", async (stage) => {
  const { env, namespace, read, send } = stage;
  const deployment = deploymentManifest("web", ["replicas: 1"]);
  const scaler = `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
`;
  const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: first-secret}\n";
  await install(env, { chart: chart({ deployment, scaler, secret }), name: "web", namespace });
  const at = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  const scaled = await read(at) as KubeObject & { spec: Record<string, unknown> };
  const { resourceVersion: _, ...metadata } = scaled.metadata ?? {};
  await send("PUT", `${at}?fieldManager=by-hand`, { ...scaled, metadata, spec: { ...scaled.spec, replicas: 3 } });
  deepEqual(ids(await found(stage)), []);
  const path = `/api/v1/namespaces/${namespace}/secrets/s`;
  const live = await read(path);
  await send("PUT", `${path}?fieldManager=by-hand`, { ...live, data: { password: btoa("other-secret") } });
  const findings = await found(stage);
  deepEqual(ids(findings), ["O2 web"]);
  match(told(findings), /^Secret "s": \/(stringD|d)ata\/password was changed, by by-hand/);
  ok(!/first-secret|other-secret/.test(JSON.stringify(findings)));
});

story("O3: one object in the DEPLOYED manifests of two releases, told for both", async (stage) => {
  const { env, namespace } = stage;
  await install(env, { chart: chart({ a: map("a"), b: map("b") }), name: "one", namespace });
  await install(env, { chart: chart({ b: map("b") }), name: "two", namespace, adopt: true, takeOwnership: true });
  deepEqual(ids(await found(stage)), ["O3 one", "O3 two"]);
  const findings = await found(stage, { release: "two" });
  deepEqual(ids(findings), ["O3 two"]);
  equal(findings[0]?.repairs[0]?.command, "skeg repair disown two --object ConfigMap/b");
  match(told(findings), /^ConfigMap "b"/);
});

story("O4: live objects of a FAILED upgrade alone", async (stage) => {
  const { env, namespace } = stage;
  await install(env, { chart: chart({ a: map("a") }), name: "web", namespace });
  await rejects(upgrade(env, { name: "web", chart: chart({ a: map("a"), b: map("b"), z: BAD }) }));
  const findings = (await found(stage)).filter(({ id }) => id.startsWith("O"));
  deepEqual(ids(findings), ["O4 web"]);
  match(told(findings), /^ConfigMap "b": created since revision 2 began/);
});

story("O5: objects of a DELETED release, and of one without records", async (stage) => {
  const { env, namespace, send, records } = stage;
  await install(env, {
    chart: chart({ a: map("a"), k: map("k", "  annotations: {helm.sh/resource-policy: keep}\n") }),
    name: "gone",
    namespace,
  });
  await uninstall(env, { name: "gone" });
  deepEqual(ids(await found(stage)), []);
  await markDeleted(stage);
  const labels = (more: string): string => `  labels: {heritage: Tiller, release: ${namespace}}\n${more}`;
  const kept = labels("  annotations: {helm.sh/resource-policy: keep}\n");
  await install(env, { chart: chart({ b: map("b", labels("")), k: map("kept", kept) }), name: namespace, namespace });
  const about = async (): Promise<Finding[]> =>
    (await examine(env)).findings.filter(({ release }) => release === namespace);
  deepEqual(ids(await about()), []);
  await send("DELETE", `/api/v1/namespaces/${records}/configmaps/${namespace}.v1`);
  const findings = await about();
  deepEqual(ids(findings), [`O5 ${namespace}`, `O6 ${namespace}`]);
  match(told(findings.slice(0, 1)), new RegExp(`ConfigMap "b" in namespace "${namespace}"`));
  match(told(findings.slice(1)), /ConfigMap "kept"/);

  /** Puts an object of the DELETED release back that the deletion should have removed. */
  async function markDeleted({ driver }: Stage): Promise<void> {
    const record: Release = await driver.get("gone.v1");
    await install(env, { chart: chart({ a: map("a") }), name: "again", namespace });
    await driver.delete("again.v1");
    const deleted = { seconds: Math.floor(Date.now() / 1000) + 60, nanos: 0 };
    await driver.update({ ...record, info: { ...record.info, deleted } });
    const left = await found(stage);
    deepEqual(ids(left), ["O5 gone"]);
    match(told(left), /^ConfigMap "a"$/);
    await send("DELETE", `/api/v1/namespaces/${namespace}/configmaps/a`);
  }
});

story("O7: hooks that the next run finds", async (stage) => {
  const { env, namespace } = stage;
  const hook = (name: string, events: string, policy = ""): string =>
    map(name, `  annotations: {helm.sh/hook: "${events}"${policy}}\n`);
  const templates = {
    a: map("a"),
    secret: hook("made-once", "pre-install"),
    again: hook("made-again", "pre-install,pre-upgrade"),
    clean: hook("clean", "pre-upgrade,pre-install", ", helm.sh/hook-delete-policy: before-hook-creation"),
  };
  await install(env, { chart: chart(templates), name: "web", namespace });
  const findings = await found(stage);
  deepEqual(ids(findings), ["O7 web"]);
  deepEqual([findings[0]?.severity, findings[0]?.evidence.length], ["warning", 1]);
  match(told(findings), /^ConfigMap "made-again": created \d+ seconds? ago, last run/);
});

story("O8: an API version that a later Kubernetes does not have", async (stage) => {
  const { env, namespace } = stage;
  const scaler = `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
`;
  await install(env, { chart: chart({ scaler }), name: "web", namespace });
  const record = await stage.driver.get("web.v1");
  const old = record.manifest.replace("autoscaling/v1", "autoscaling/v2beta2");
  await stage.driver.update({ ...record, manifest: old });
  const now = await found(stage);
  deepEqual(ids(now), ["O8 web"]);
  match(
    told(now),
    /^HorizontalPodAutoscaler "web": autoscaling\/v2beta2 is not served since Kubernetes 1.26; autoscaling\/v2 is$/,
  );
  equal(now[0]?.repairs[0]?.command, "skeg repair map-apis web");
  await stage.driver.update(record);
  deepEqual(ids(await found(stage, { kubernetes: "1.25" })), []);
  const policy =
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n";
  await upgrade(env, { name: "web", chart: chart({ scaler, policy }) });
  // Kubernetes 1.18 does not have it yet.
  const later = await found(stage, { kubernetes: "1.18" });
  deepEqual(ids(later), ["O8 web"]);
  match(told(later), /^Ingress "web": networking\.k8s\.io\/v1/);
  // A revision that may be rolled back to counts only if all are read.
  await stage.driver.update({ ...await stage.driver.get("web.v1"), manifest: old });
  deepEqual(ids(await found(stage)), []);
  const deep = await found(stage, { deep: true });
  deepEqual([ids(deep), deep[0]?.evidence[0]?.source], [["O8 web"], "manifest of revision 1"]);
});

story("O9: the release's namespace is gone", async (stage) => {
  const { env, namespace, send, read } = stage;
  const own = `${namespace}-own`;
  await install(env, { chart: chart({ a: map("a") }), name: "web", namespace: own });
  await send("DELETE", `/api/v1/namespaces/${own}`);
  await until(async () => await read(`/api/v1/namespaces/${own}`) === undefined);
  const findings = await found(stage);
  deepEqual(ids(findings), ["O9 web"]);
  match(findings[0]?.title ?? "", /is gone, with 1 object of the release$/);
});

const crd = (plural: string, kind: string, annotations = ""): string =>
  `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.doctor.example${annotations}}
spec:
  group: doctor.example
  scope: Namespaced
  names: {plural: ${plural}, singular: ${plural}y, kind: ${kind}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

story(
  "O10 and O11: definitions as documents, with their objects; definitions of hooks that are missing",
  async (stage) => {
    const { env, namespace, send, read } = stage;
    const id = namespace.slice(-8).replace(/^\d/, "x");
    const [plural, kind] = [`d${id}s`, `D${id}`];
    await install(env, { chart: chart({ crd: crd(plural, kind) }), name: "defined", namespace });
    const path = `/apis/doctor.example/v1/namespaces/${namespace}/${plural}`;
    const custom = { apiVersion: "doctor.example/v1", kind, metadata: { name: "mine" } };
    await until(async () => {
      const { status } = await read(`${DEFINITIONS}/${plural}.doctor.example`) ?? {};
      return JSON.stringify(status ?? {}).includes('"Established"');
    });
    await until(() => send("POST", path, custom).then(() => true, () => false));
    const findings = await found(stage);
    deepEqual(ids(findings), ["O10 defined"]);
    equal(told(findings), `${plural}.doctor.example: 1 custom resource in all namespaces`);
    await uninstall(env, { name: "defined", purge: true });

    const [other, otherKind] = [`h${id}s`, `H${id}`];
    const object = `apiVersion: doctor.example/v1\nkind: ${otherKind}\nmetadata: {name: mine}\n`;
    const hook = crd(other, otherKind, ", annotations: {helm.sh/hook: crd-install}");
    await install(env, { chart: chart({ crd: hook, object }), name: "hooked", namespace });
    deepEqual(ids(await found(stage)), []);
    const at = `${DEFINITIONS}/${other}.doctor.example`;
    await send("DELETE", at);
    await until(async () => await read(at) === undefined);
    const missing = await found(stage);
    deepEqual(ids(missing), ["O11 hooked"]);
    match(
      told(missing),
      new RegExp(`${other}\\.doctor\\.example": missing\n${otherKind} "mine" of doctor.example/v1 needs it`),
    );
  },
);

story("O12: a selector that cannot be changed to that of the FAILED revision", async (stage) => {
  const { env, namespace } = stage;
  await install(env, { chart: chart({ d: deploymentManifest("web") }), name: "web", namespace });
  await rejects(upgrade(env, { name: "web", chart: chart({ d: deploymentManifest("other") }) }));
  const findings = (await found(stage)).filter(({ id }) => id.startsWith("O"));
  deepEqual(ids(findings), ["O12 web"]);
  equal(
    told(findings),
    'Deployment "web": spec.selector.matchLabels.app is web in the cluster and other in the manifest',
  );
});

story("O13: an object that a finalizer has held for long", async (stage) => {
  const { env, namespace, send, read, another } = stage;
  const held = map("held", "  finalizers: [cleaner.example.com/wait]\n");
  await install(env, { chart: chart({ a: map("a"), held }), name: "web", namespace });
  const at = `/api/v1/namespaces/${namespace}/configmaps/held`;
  await send("DELETE", at);
  try {
    deepEqual(ids(await found(stage)), []);
    const later = another({ clock: () => ({ seconds: Math.floor(Date.now() / 1000) + 7200, nanos: 0 }) });
    const findings = await found({ ...stage, env: later });
    deepEqual(ids(findings), ["O13 web"]);
    match(
      told(findings),
      /^ConfigMap "held": deleting for 2 hours; held by cleaner\.example\.com\/wait, which a controller of cleaner\.example\.com serves$/,
    );
  } finally {
    const live = await read(at);
    await send("PUT", at, { ...live, metadata: { ...live?.metadata, finalizers: [] } });
  }
});
