/**
 * Installs public charts on a real control plane, with skeg and with the real
 * Helm 2 and its Tiller. The objects must be the same, Tiller must be able to
 * continue with skeg's records, and skeg with Tiller's.
 *
 *   deno run -A tests/acceptance/real_charts.ts --kubeconfig FILE --charts DIR --programs DIR
 *
 * `--kubeconfig` names a cluster that may be written to; `--charts` a folder
 * with `stable/…` charts; `--programs` a folder with `helm2` and `tiller`.
 * `SKEG` is the program under test, default `deno run -A main.ts`. Closes with
 * `N passed, N failed`; the exit status is 0 only when nothing failed.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cluster, openCluster } from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";

/** A chart, the settings that it needs to become ready without a cloud, and a value to change. */
interface Story {
  readonly chart: string;
  readonly set: readonly string[];
  readonly change: string;
}

const NO_BALANCER = "service.type=ClusterIP";
const STORIES: readonly Story[] = [
  { chart: "stable/redis", set: [], change: "cluster.slaveCount=2" },
  {
    chart: "stable/nginx-ingress",
    set: ["controller.service.type=ClusterIP"],
    change: "controller.terminationGracePeriodSeconds=90",
  },
  { chart: "stable/postgresql", set: [], change: "resources.requests.cpu=300m" },
  { chart: "stable/wordpress", set: [NO_BALANCER], change: "replicaCount=2" },
  { chart: "stable/mysql", set: [], change: "resources.requests.cpu=200m" },
  { chart: "stable/dex", set: [], change: "replicas=2" }, // post-install hooks
  { chart: "stable/mercure", set: [], change: "replicaCount=2" }, // pre-install and pre-upgrade hooks
];

const NAMESPACE = "charts";
const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: "string" },
    charts: { type: "string" },
    programs: { type: "string" },
    only: { type: "string", default: "" },
  },
});
const required = (name: "kubeconfig" | "charts" | "programs"): string => {
  const value = flags[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
};
const kubeconfig = required("kubeconfig"), charts = required("charts"), programs = required("programs");
const skeg = (Deno.env.get("SKEG") ?? `${Deno.execPath()} run -A ${join(Deno.cwd(), "main.ts")}`).split(" ");
const home = mkdtempSync(join(tmpdir(), "skeg-acceptance-"));
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

let passed = 0, failed = 0;
function check(what: string, ok: boolean, detail = ""): boolean {
  if (ok) passed++;
  else failed++;
  say(`${ok ? "ok  " : "FAIL"} ${what}${ok || !detail ? "" : `\n${detail}`}`);
  return ok;
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs a program with the cluster's kubeconfig and a separate home. */
async function run(command: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const started = performance.now();
  const [name = "", ...args] = command;
  const output = await new Deno.Command(name, {
    args,
    env: { ...Deno.env.toObject(), KUBECONFIG: kubeconfig, HELM_HOME: home, TZ: "UTC", ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return {
    code: output.code,
    stdout: text(output.stdout),
    stderr: text(output.stderr),
    seconds: (performance.now() - started) / 1000,
  };
}

/** Starts a Tiller that keeps its records in `namespace`. */
async function startTiller(namespace: string): Promise<{ host: string; process: ChildProcess }> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
  const host = `127.0.0.1:${port}`;
  const tiller = spawn(join(programs, "tiller"), ["--listen", host, "--probe=false"], {
    env: { ...Deno.env.toObject(), KUBECONFIG: kubeconfig, HOME: home, TILLER_NAMESPACE: namespace },
    stdio: "ignore",
  });
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(socket.end() !== undefined));
      socket.on("error", () => resolve(false));
    });
    if (open) return { host, process: tiller };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("Tiller did not start");
}

// ------------------------------------------------------------------------------------------ what is in the cluster

const cluster: Cluster = await openCluster({ kubeconfig });

async function ask(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await cluster.transport({
    method,
    path,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return await answer.json() as Record<string, unknown>;
}

/** List paths of every kind that a chart may create. */
const LISTS = [
  ...["configmaps", "secrets", "services", "serviceaccounts", "persistentvolumeclaims", "pods"].map((plural) =>
    `/api/v1/namespaces/${NAMESPACE}/${plural}`
  ),
  ...["deployments", "statefulsets", "daemonsets", "replicasets"].map((plural) =>
    `/apis/apps/v1/namespaces/${NAMESPACE}/${plural}`
  ),
  ...["jobs", "cronjobs"].map((plural) => `/apis/batch/v1/namespaces/${NAMESPACE}/${plural}`),
  ...["roles", "rolebindings"].map((plural) => `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/${plural}`),
  ...["ingresses", "networkpolicies"].map((plural) => `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/${plural}`),
  `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets`,
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
];

const CHOSEN = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "managedFields",
  "generation",
  "clusterIP",
  "clusterIPs",
  "nodePort",
  "status",
  "volumeName",
  "deployment.kubernetes.io/revision",
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
]);

/** Returns an object without the fields that the server sets, and without a chart's random values. */
function plain(value: unknown, key = "", secret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, "", secret));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => !CHOSEN.has(name)).sort(([a], [b]) => a < b ? -1 : 1)
        .map(([name, item]) => [name, plain(item, name, secret || key === "data" && typeof item === "string")]),
    );
  }
  return key.startsWith("checksum/") || secret ? "…" : value;
}

/** Returns all objects of the namespace that no controller made, by kind and name. */
async function objects(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of LISTS) {
    const list = await ask("GET", path);
    for (const item of (list["items"] ?? []) as KubeObject[]) {
      const meta = item.metadata ?? {};
      const kind = String(list["kind"]).replace(/List$/, "");
      if (meta.ownerReferences?.length || meta.labels?.["kubernetes.io/bootstrapping"]) continue;
      if (meta.name === "kube-root-ca.crt" || kind === "ServiceAccount" && meta.name === "default") continue;
      if (/^(system:|cluster-admin|admin$|edit$|view$)/.test(meta.name ?? "")) continue;
      found.set(`${kind}/${meta.name}`, JSON.stringify(plain(item, "", kind === "Secret")));
    }
  }
  return found;
}

function difference(want: Map<string, string>, got: Map<string, string>): string {
  const lines: string[] = [];
  for (const [name, text] of want) {
    if (!got.has(name)) lines.push(`missing ${name}`);
    else if (got.get(name) !== text) lines.push(`differs ${name}\n  tiller ${text}\n  skeg   ${got.get(name)}`);
  }
  for (const name of got.keys()) if (!want.has(name)) lines.push(`extra ${name}`);
  return lines.join("\n");
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Deletes the namespace with its objects, and waits until it is gone. */
async function wipe(): Promise<void> {
  await ask("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  for (let attempt = 0; attempt < 240; attempt++) {
    if ((await ask("GET", `/api/v1/namespaces/${NAMESPACE}`))["reason"] === "NotFound") return;
    await sleep(250);
  }
}

/** Creates volumes for the claims of a chart, because this cluster has no provisioner. */
async function provideVolumes(prefix: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await ask("POST", "/api/v1/persistentvolumes", {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `${prefix}-${index}` },
      spec: {
        capacity: { storage: "100Gi" },
        accessModes: ["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"],
        persistentVolumeReclaimPolicy: "Retain",
        hostPath: { path: "/nowhere" },
      },
    });
  }
}

// --------------------------------------------------------------------------------------------------------- stories

const reference = await startTiller("tiller-reference"), live = await startTiller("kube-system");
const helm2 = (host: string, ...args: string[]): Promise<Outcome> =>
  run([join(programs, "helm2"), ...args], { HELM_HOST: host });
const ours = (...args: string[]): Promise<Outcome> => run([...skeg, ...args]);
const sets = (list: readonly string[]): string[] => list.flatMap((pair) => ["--set", pair]);
const detail = (outcome: Outcome): string => `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`;
/** Returns a text without the ages of objects, because two commands run at different times. */
const ageless = (text: string): string => text.replace(/ +\d+[smh](\d+s)?$/gm, " AGE");

async function story({ chart, set, change }: Story): Promise<void> {
  const name = chart.split("/")[1] ?? chart, path = join(charts, chart);
  say(`\n${chart}`);
  const given = [path, "--name", name, "--namespace", NAMESPACE, ...sets(set), "--wait", "--timeout", "120"];
  const installed = await helm2(reference.host, "install", ...given);
  if (
    !check(
      `${name}: the real Tiller installs it (${installed.seconds.toFixed(1)} s)`,
      installed.code === 0,
      detail(installed),
    )
  ) {
    return;
  }
  const want = await objects();
  const purged = await helm2(reference.host, "delete", "--purge", name);
  check(`${name}: the real Tiller deletes it`, purged.code === 0, detail(purged));
  await sleep(1500);
  const wantLeft = await objects();
  await wipe();

  const install = await ours("install", ...given);
  check(
    `${name}: skeg install --wait ends DEPLOYED (${install.seconds.toFixed(1)} s)`,
    install.code === 0 && install.stdout.includes("STATUS: DEPLOYED"),
    detail(install),
  );
  const apart = difference(want, await objects());
  check(`${name}: the same ${want.size} objects as Tiller made`, apart === "", apart);

  for (
    const [what, args] of [
      ["list", ["ls", "-a"]],
      ["history", ["history", name]],
      ["get", ["get", name]],
      ["get values", ["get", "values", name]],
      ["status", ["status", name]],
    ] as const
  ) {
    const [theirs, mine] = [await helm2(live.host, ...args), await ours(...args)];
    const same = theirs.code === 0 && mine.code === 0 && ageless(theirs.stdout) === ageless(mine.stdout);
    check(`${name}: Tiller says the same of it: ${what}`, same, `${detail(theirs)}\n----\n${detail(mine)}`);
  }

  const upgrade = await ours("upgrade", name, path, ...sets([...set, change]), "--wait", "--timeout", "120");
  check(`${name}: skeg upgrade`, upgrade.code === 0 && upgrade.stdout.includes("STATUS: DEPLOYED"), detail(upgrade));
  const rollback = await ours("rollback", name, "1", "--wait", "--timeout", "120");
  check(`${name}: skeg rollback`, rollback.code === 0, detail(rollback));

  const theirs = await helm2(live.host, "upgrade", name, path, ...sets([...set, change]), "--wait", "--timeout", "120");
  check(`${name}: Tiller upgrades what skeg installed`, theirs.code === 0, detail(theirs));
  const after = await objects();
  const back = await ours("rollback", name, "2", "--wait", "--timeout", "120");
  check(`${name}: skeg rolls Tiller's upgrade back`, back.code === 0, detail(back));
  const apartAfter = difference(after, await objects());
  check(`${name}: revision 2 by skeg is what Tiller had made`, apartAfter === "", apartAfter);
  const histories = [await helm2(live.host, "history", name), await ours("history", name)];
  check(
    `${name}: both tell one history of 5 revisions`,
    histories[0]?.stdout === histories[1]?.stdout && (histories[1]?.stdout ?? "").trim().split("\n").length === 6,
    histories.map((h) => detail(h)).join("\n----\n"),
  );
  const statuses = [await helm2(live.host, "get", name), await ours("get", name)];
  check(`${name}: both get the same`, statuses[0]?.code === 0 && statuses[0].stdout === statuses[1]?.stdout);

  const gone = await ours("delete", "--purge", name);
  check(`${name}: skeg delete --purge`, gone.code === 0 && gone.stdout === `release "${name}" deleted\n`, detail(gone));
  await sleep(1500);
  const left = difference(wantLeft, await objects());
  check(
    `${name}: leaves behind what Tiller leaves: ${[...wantLeft.keys()].join(", ") || "nothing"}`,
    left === "",
    left,
  );
  await wipe();
}

try {
  await ask("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "tiller-reference" },
  });
  await helm2(live.host, "init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1/");
  await wipe();
  for (const [index, each] of STORIES.filter(({ chart }) => chart.includes(flags.only)).entries()) {
    await provideVolumes(`volume-${Date.now()}-${index}`, 12);
    await story(each);
  }
} finally {
  reference.process.kill();
  live.process.kill();
  await cluster.close();
}
say(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed ? 1 : 0);
