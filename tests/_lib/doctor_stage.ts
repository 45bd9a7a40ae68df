/**
 * A sandbox in memory whose release records can be brought into unhealthy states, for tests of the examination.
 *
 * `SKEG_DOCTOR_KUBECONFIG` names a real cluster to use instead. It must be empty, and no other test may use it: every
 * test deletes the records in it, and the objects of its namespace `default`.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { type Cluster, createKubeClient, openCluster } from "../../engine/kube/mod.ts";
import type { KubeObject, StatusCode } from "../../engine/model/mod.ts";
import { type DoctorOptions, type DoctorReport, type Environment, examine } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { configMapDriver, type Driver, driverAt, encodeRecord, recordLabels } from "../../storage/mod.ts";
import { objectCallOf } from "./object_call.ts";
import { send } from "./old_records.ts";
import { type ReleaseSketch, someRelease } from "./releases.ts";

/** The sandbox, and functions to change it. */
export interface DoctorStage {
  readonly env: Environment;
  readonly cluster: Cluster;
  /** Stores a record, by default as a ConfigMap of kube-system. */
  put(sketch: ReleaseSketch, place?: { storage?: "configmap" | "secret"; namespace?: string }): Promise<void>;
  /** Stores a ConfigMap of kube-system as given, with a record's labels. */
  putObject(
    key: string,
    data: Readonly<Record<string, string>>,
    labels?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Changes a record's object: labels that are `undefined` are removed. */
  relabel(key: string, labels: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Creates an object. */
  create(path: string, object: KubeObject): Promise<void>;
  /** Examines everything; a pending operation counts as interrupted at once. */
  examine(options?: DoctorOptions): Promise<DoctorReport>;
  /** Returns `ID severity release revision` of each finding. */
  findings(options?: DoctorOptions): Promise<string[]>;
}

/** Makes a stage and runs a test on it. */
export async function withDoctorStage(
  use: (stage: DoctorStage) => Promise<void>,
  options: { readonly driver?: Driver } = {},
): Promise<void> {
  const kubeconfig = Deno.env.get("SKEG_DOCTOR_KUBECONFIG");
  const cluster = kubeconfig === undefined ? await openSandbox() : await openCluster({ kubeconfig });
  if (kubeconfig !== undefined) await clear(cluster);
  const call = objectCallOf(cluster.transport);
  const env: Environment = {
    kube: createKubeClient(cluster),
    driver: options.driver ?? configMapDriver(call, "kube-system"),
    clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
    random: () => 0,
    report: () => {},
    historyMax: 0,
  };
  const root = "/api/v1/namespaces/kube-system/configmaps";
  const examineAll = (more: DoctorOptions = {}) => examine(env, { olderThanSeconds: 0, ...more });
  try {
    await use({
      env,
      cluster,
      async put(sketch, { storage = "configmap", namespace = "kube-system" } = {}) {
        const isOwn = storage === "configmap" && namespace === "kube-system";
        if (!isOwn) await makeNamespace(cluster, namespace);
        await (isOwn ? env.driver : driverAt({ storage, namespace, call })).create(someRelease(sketch));
      },
      async putObject(key, data, labels) {
        const [, name = "", revision = "1"] = /^(.*)\.v(\d+)$/.exec(key) ?? [];
        const own = recordLabels(someRelease({ name, revision: Number(revision) }));
        const object = {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: key, labels: { ...(labels ?? own) } },
          data,
        };
        await send(cluster, "POST", root, object as KubeObject);
      },
      async relabel(key, labels) {
        const object = await send(cluster, "GET", `${root}/${key}`);
        const merged = { ...object.metadata?.labels, ...labels };
        const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
        const metadata = { ...object.metadata, labels: kept as Record<string, string> };
        await send(cluster, "PUT", `${root}/${key}`, { ...object, metadata });
      },
      create: async (path, object) => void await send(cluster, "POST", path, object),
      examine: examineAll,
      async findings(more) {
        const { findings, unseen } = await examineAll(more);
        equal(JSON.stringify(unseen), "[]");
        return findings.map(({ id, severity, release, revision }) =>
          [id, severity, release, revision].filter((part) => part !== null && part !== "").join(" ")
        );
      },
    });
  } finally {
    await cluster.close();
  }
}

/** Deletes what earlier tests left in a real cluster. */
async function clear({ transport }: Cluster): Promise<void> {
  const collections = ["kube-system", "team", "default"].flatMap((namespace) =>
    ["configmaps", "secrets"].map((plural) => `/api/v1/namespaces/${namespace}/${plural}`)
  );
  const more = ["kube-system/pods", "default/persistentvolumeclaims"].map((place) => `/api/v1/namespaces/${place}`);
  for (const path of [...collections, ...more]) {
    const { items } = await (await transport({ method: "GET", path })).json() as { items: KubeObject[] };
    for (const { metadata } of items) {
      const name = metadata?.name ?? "";
      const isOurs = /\.v\d+$|^(web|tiller)-|^skeg-migration\./.test(name) ||
        path.includes("/default/") && name !== "kube-root-ca.crt";
      if (!isOurs) continue;
      if (metadata?.finalizers?.length) {
        const contentType = "application/merge-patch+json";
        const body = JSON.stringify({ metadata: { finalizers: null } });
        await (await transport({ method: "PATCH", path: `${path}/${name}`, contentType, body })).body?.cancel();
      }
      const body = JSON.stringify({ gracePeriodSeconds: 0 });
      await (await transport({ method: "DELETE", path: `${path}/${name}`, body })).body?.cancel();
    }
  }
}

async function makeNamespace({ transport }: Cluster, name: string): Promise<void> {
  const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await (await transport({ method: "POST", path: "/api/v1/namespaces", body })).body?.cancel();
}

/** Returns the text of a record. */
export function recordText(sketch: ReleaseSketch): string {
  return encodeRecord(someRelease(sketch));
}

/** Returns a manifest of ConfigMaps in namespace `default`, by name, each with one value. */
export function configMaps(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) =>
    `\n---\n# Source: site/templates/${name}.yaml\napiVersion: v1\nkind: ConfigMap\n` +
    `metadata: {name: ${name}}\ndata: {value: "${value}"}`
  ).join("");
}

/** Creates those ConfigMaps. */
export async function makeLive(stage: DoctorStage, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await stage.create("/api/v1/namespaces/default/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data: { value },
    });
  }
}

/** Stores one revision of release `web` for each status. */
export async function putHistory(
  stage: DoctorStage,
  statuses: readonly StatusCode[],
  sketch: (revision: number) => ReleaseSketch = () => ({}),
  first = 1,
): Promise<void> {
  for (const [at, status] of statuses.entries()) {
    const revision = first + at;
    await stage.put({ manifest: configMaps({ a: `${revision}` }), ...sketch(revision), revision, status });
  }
}
