/**
 * Public charts in the sandbox and on a real API server: both must accept or
 * refuse them with the same messages, and have the same objects afterwards.
 *
 *   deno run -A tests/acceptance/sandbox_charts.ts --kubeconfig FILE --charts DIR
 *
 * `--kubeconfig` names a cluster without controllers that may be written to;
 * `--charts` a folder with `stable/…` and `incubator/…` charts. Each
 * chart is tried twice: unchanged, and with current API versions, so that more
 * of them are accepted. Ends with `N passed, N failed`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Cluster, createKubeClient, openCluster } from "../../engine/kube/mod.ts";
import { type Environment, install, uninstall } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { Chart, KubeObject } from "../../engine/model/mod.ts";
import { memoryDriver } from "../../storage/mod.ts";
import { publicCharts, renewed } from "./_public_charts.ts";

const { values: flags } = parseArgs({
  options: { kubeconfig: { type: "string" }, charts: { type: "string" }, only: { type: "string", default: "" } },
});
const { kubeconfig, charts, only } = flags;
if (kubeconfig === undefined || charts === undefined) throw new Error("--kubeconfig and --charts are needed");
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Namespaced kinds that charts create, by the path of their API. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "/api/v1": ["configmaps", "secrets", "services", "serviceaccounts", "persistentvolumeclaims", "pods"],
  "/apis/apps/v1": ["deployments", "statefulsets", "daemonsets"],
  "/apis/batch/v1": ["jobs", "cronjobs"],
  "/apis/rbac.authorization.k8s.io/v1": ["roles", "rolebindings"],
  "/apis/networking.k8s.io/v1": ["ingresses", "networkpolicies"],
  "/apis/policy/v1": ["poddisruptionbudgets"],
  "/apis/autoscaling/v2": ["horizontalpodautoscalers"],
};

/** Fields that servers set, that controllers add, or that charts fill with random values. */
const CHOSEN = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "managedFields",
  "generation",
  "status",
  "clusterIP",
  "clusterIPs",
  "nodePort",
  "healthCheckNodePort",
  "storageClassName", // the sandbox has a default one
  "volumeName",
  "finalizers",
  "deployment.kubernetes.io/revision",
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "data",
]);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !CHOSEN.has(key) && !key.startsWith("checksum"))
    .map(([key, item]) => [key, plain(item)] as const)
    .filter(([key, item]) => key !== "annotations" || Object.keys(item as object).length > 0);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Returns the objects of a namespace that no controller made. */
async function objectsOf({ transport }: Cluster, namespace: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [base, plurals] of Object.entries(KINDS)) {
    for (const plural of plurals) {
      const answer = await transport({ method: "GET", path: `${base}/namespaces/${namespace}/${plural}` });
      const { items = [] } = await answer.json() as { items?: KubeObject[] };
      for (const item of items) {
        const { name = "", ownerReferences, deletionTimestamp } = item.metadata ?? {};
        const isMade = plural === "serviceaccounts" && name === "default" || name === "kube-root-ca.crt";
        if (ownerReferences === undefined && deletionTimestamp === undefined && !isMade) {
          found.set(`${plural}/${name}`, JSON.stringify(plain(item)));
        }
      }
    }
  }
  return found;
}

function environmentOf(cluster: Cluster): Environment {
  return {
    kube: createKubeClient(cluster),
    driver: memoryDriver(),
    clock: () => ({ seconds: 1_600_000_000, nanos: 0 }),
    random: () => 0.5,
    report: () => {},
    historyMax: 0,
  };
}

interface Outcome {
  /** `installed`, or the error. */
  readonly words: string;
  readonly objects: Map<string, string>;
}

async function tryOn(cluster: Cluster, chart: Chart, namespace: string): Promise<Outcome> {
  const env = environmentOf(cluster);
  let words = "installed", objects = new Map<string, string>();
  try {
    await install(env, { chart, name: "rel", namespace, disableHooks: true });
    objects = await objectsOf(cluster, namespace);
  } catch (error) {
    words = error instanceof Error ? error.message : String(error);
  }
  await uninstall(env, { name: "rel", purge: true, disableHooks: true }).catch(() => {}); // it may not exist
  return { words, objects };
}

function difference(real: Outcome, sandbox: Outcome): string {
  if (real.words !== sandbox.words) return `  real    ${real.words}\n  sandbox ${sandbox.words}`;
  const lines: string[] = [];
  for (const key of new Set([...real.objects.keys(), ...sandbox.objects.keys()])) {
    const [a = "none", b = "none"] = [real.objects.get(key), sandbox.objects.get(key)];
    if (a === b) continue;
    const at = [...a].findIndex((char, index) => char !== b[index]);
    const shown = (text: string): string => text.slice(Math.max(0, at - 100), at + 150);
    lines.push(`  ${key}\n    real    …${shown(a)}\n    sandbox …${shown(b)}`);
  }
  return lines.join("\n");
}

const real = await openCluster({ kubeconfig }), sandbox = await openSandbox();
let passed = 0, failed = 0, installed = 0, objects = 0;
for (const [form, change] of [["", (chart: Chart) => chart], ["-today", renewed]] as const) {
  for await (const { repository, name, chart: given } of publicCharts(charts)) {
    if (!name.includes(only)) continue;
    const chart = change(given);
    const namespace = `${name}${form}-${repository}`.slice(0, 60);
    const outcomes = [await tryOn(real, chart, namespace), await tryOn(sandbox, chart, namespace)] as const;
    const apart = difference(...outcomes);
    if (outcomes[0].words === "installed") installed++;
    objects += outcomes[0].objects.size;
    if (apart === "") passed++;
    else failed++;
    if (apart !== "") say(`FAIL ${repository}/${name}${form}\n${apart}`);
  }
}
await real.close();
await sandbox.close();
say(`\n${installed} installs went through, with ${objects} objects`);
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
