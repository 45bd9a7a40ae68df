/**
 * A sandbox whose answers can be made to fail, and a chart with hooks, for the
 * resilience suites.
 */
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { type Cluster, createKubeClient, openCluster, persistent, type Transport } from "../../engine/kube/mod.ts";
import type { Environment, ReleaseEvent } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { Chart, KubeObject, Release } from "../../engine/model/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";

/** Namespace of objects in the sandbox. */
export const NAMESPACE = "default";

/** The cluster of one test. */
export interface Stage {
  readonly cluster: Cluster;
  /** Where objects go. */
  readonly namespace: string;
  /** Returns the environment of another process on this cluster; `through` wraps its transport. */
  process(through?: (transport: Transport) => Transport, more?: Partial<Environment>): Environment;
  /** Returns all records of a release, oldest first. */
  records(name: string): Promise<Release[]>;
  /** `ConfigMap/name` and so on → the object, of what charts of these suites make. */
  objects(): Promise<Map<string, KubeObject>>;
  /** Waits until the cluster has nothing left to do. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes the timers of this process run a hundred times faster, so that pauses
 * before retries cost a test no time.
 */
export function hurry(): void {
  const slow = globalThis.setTimeout;
  globalThis.setTimeout =
    ((run: () => void, ms = 0, ...rest: unknown[]) =>
      slow(run, ms / 100, ...rest as [])) as typeof globalThis.setTimeout;
}

/** Distance between tried requests: 1 with `SKEG_RESILIENCE=all`, else 11, with varying start. */
export const STRIDE = Deno.env.get("SKEG_RESILIENCE") === "all" ? 1 : 11;

/** Retry pauses of tests; they are short, because the fake server needs no time to recover. */
const PAUSES_MS = [1, 1, 1, 1];

/** Opens a new sandbox for the test. */
export async function openStage(): Promise<Stage> {
  const sandbox = await openSandbox();
  return stageOn(sandbox, NAMESPACE, "kube-system", {
    settle: () => sandbox.settle(),
    close: () => sandbox.close(),
  });
}

/** Opens new namespaces for the test in the cluster of a kubeconfig. */
export async function openStageIn(kubeconfig: string): Promise<Stage> {
  const cluster = await openCluster({ kubeconfig });
  const call = objectCallOf(cluster.transport);
  const id = crypto.randomUUID().slice(0, 8);
  const names = [`race-${id}`, `race-${id}-records`];
  for (const name of names) {
    await call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  const [namespace = "", records = ""] = names;
  return stageOn(cluster, namespace, records, {
    settle: () => Promise.resolve(),
    close: async () => {
      for (const name of names) await call("DELETE", `/api/v1/namespaces/${name}`);
      await cluster.close();
    },
  });
}

/** Returns a stage on an open cluster. */
export function stageOn(
  cluster: Cluster,
  namespace: string,
  place: string,
  ends: Pick<Stage, "settle" | "close">,
): Stage {
  return {
    ...ends,
    cluster,
    namespace,
    process(through = (transport) => transport, more = {}) {
      const transport = persistent(through(cluster.transport), { pausesMs: PAUSES_MS, limitMs: 30_000 });
      return {
        kube: createKubeClient({ ...cluster, transport }, { waitIntervalMs: 20 }),
        driver: configMapDriver(objectCallOf(transport), place, { pausesMs: PAUSES_MS }),
        clock: now,
        random: Math.random,
        report: (_event: ReleaseEvent) => {},
        historyMax: 0,
        patienceSeconds: 0.3,
        ...more,
      };
    },
    records: async (name) =>
      (await configMapDriver(objectCallOf(cluster.transport), place).list())
        .filter((release) => release.name === name).sort((a, b) => a.revision - b.revision),
    objects: () => liveObjects(cluster.transport, namespace),
  };
}

function now(): { seconds: number; nanos: number } {
  const ms = Date.now();
  return {
    seconds: Math.floor(ms / 1000),
    nanos: (ms % 1000) * 1_000_000 + Math.floor(performance.now() * 1000) % 1_000_000,
  };
}

async function liveObjects(transport: Transport, namespace: string): Promise<Map<string, KubeObject>> {
  const found = new Map<string, KubeObject>();
  for (const [kind, path] of [["ConfigMap", "/api/v1"], ["Service", "/api/v1"], ["Job", "/apis/batch/v1"]] as const) {
    const answer = await transport({ method: "GET", path: `${path}/namespaces/${namespace}/${kind.toLowerCase()}s` });
    for (const object of (await answer.json() as { items: KubeObject[] }).items) {
      const name = object.metadata?.name ?? "";
      if (name !== "kube-root-ca.crt" && name !== "kubernetes") found.set(`${kind}/${name}`, object);
    }
  }
  return found;
}

/**
 * Three ConfigMaps and a Service that show their version, and a Job hook for
 * every event of a release's life. Version 2 has another ConfigMap in place of
 * the third.
 */
export function hookedChart(version: number, policy = "before-hook-creation"): Chart {
  const events = ["pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback"]
    .concat("pre-delete", "post-delete");
  const job = (event: string): string =>
    `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${event}
  annotations: {helm.sh/hook: ${event}${policy === "" ? "" : `, helm.sh/hook-delete-policy: ${policy}`}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.invalid/main}]
`;
  const map = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-${name}}\ndata: {version: "${version}"}\n`;
  return chartFromFiles({
    "Chart.yaml": `name: hooked\nversion: 0.${version}.0\n`,
    "templates/a.yaml": map("a"),
    "templates/b.yaml": map("b"),
    "templates/c.yaml": map(version === 1 ? "first" : "later"),
    "templates/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}, labels: {version: "${version}"}}
spec: {ports: [{port: 80}]}
`,
    ...Object.fromEntries(events.map((event) => [`templates/hook-${event}.yaml`, job(event)])),
  });
}

/** Returns the version of {@linkcode hookedChart} in a live object. */
export function versionOf(object: KubeObject | undefined): string | undefined {
  const { data, metadata } = (object ?? {}) as { data?: { version?: string }; metadata?: KubeObject["metadata"] };
  return data?.version ?? metadata?.labels?.version;
}

/**
 * Returns the differences between a release's records and the cluster, in words;
 * empty when they agree. A DEPLOYED revision must have its objects as in its
 * chart, and a DELETED release must have none.
 */
export async function untruths(stage: Stage, name: string): Promise<string[]> {
  const records = await stage.records(name);
  const objects = await stage.objects();
  const wrong: string[] = [];
  const deployed = records.filter(({ info }) => info.status.code === "DEPLOYED");
  if (deployed.length > 1) wrong.push(`revisions ${deployed.map(({ revision }) => revision).join(", ")} are DEPLOYED`);
  const newest = records.at(-1);
  if (newest?.info.status.code === "DEPLOYED") {
    const version = newest.chart?.metadata.version?.split(".")[1];
    const third = version === "1" ? "first" : "later";
    for (const key of [`ConfigMap/${name}-a`, `ConfigMap/${name}-b`, `ConfigMap/${name}-${third}`, `Service/${name}`]) {
      const found = versionOf(objects.get(key));
      if (found !== version) wrong.push(`v${newest.revision} is DEPLOYED, and ${key} is ${found ?? "not there"}`);
    }
  }
  if (newest === undefined || newest.info.status.code === "DELETED") {
    for (const key of objects.keys()) {
      if (!key.startsWith("Job/") && key.includes(`/${name}`)) {
        wrong.push(`the release is ${newest === undefined ? "gone" : "DELETED"}, and ${key} is there`);
      }
    }
  }
  return wrong;
}
