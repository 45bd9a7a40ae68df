/**
 * Measures what it costs to see an upgrade that changes nothing, for 500 objects: `skeg plan upgrade` beside the upgrade
 * itself, `kubectl diff`, `kapp deploy --diff-run` and `helm3 upgrade --dry-run=server`. Prints a table of time and requests.
 *
 *   deno run -A --no-check bench/plans.ts [--programs DIR] [--lab DIR] [--count 500] [--runs 5] [--skeg FILE]
 *
 * The real API server runs without controllers. Half of the objects are Deployments, half are ConfigMaps. Runs are in
 * turns, and the medians are printed. `--skeg` names the first file of a bundle.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./peers/bench.ts";
import { startControlPlane } from "./peers/control_plane.ts";
import { measure, median } from "./peers/sample.ts";

const root = resolve(import.meta.dirname ?? ".", "..");
const { values: flags } = parseArgs({
  options: {
    programs: { type: "string", default: join(Deno.env.get("HOME") ?? "", ".cache", "skeg", "assets") },
    lab: { type: "string", default: join(root, "..", "shared", "lab") },
    skeg: { type: "string", default: join(root, "main.ts") },
    count: { type: "string", default: "500" },
    runs: { type: "string", default: "5" },
  },
});

const CHART = `{{- range until (int (div .Values.count 2)) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config-{{ . }}}
data: {a: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-{{ . }}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web-{{ . }}}}
  template:
    metadata: {labels: {app: web-{{ . }}}}
    spec: {containers: [{name: main, image: example.invalid/main}]}
{{- end }}
`;

/** A program's preparation and its measured command lines, by name. */
interface Peer {
  readonly namespace: string;
  readonly prepare: readonly string[];
  readonly works: Readonly<Record<string, readonly string[]>>;
}

/** Returns the programs; `manifest` is the file with the chart's objects. */
function peers(chart: string, manifest: string): Peer[] {
  const [kubectl, kapp, helm3] = ["kubectl", "kapp", "helm3"].map((name) => join(flags.programs, name)) as [
    string,
    string,
    string,
  ];
  const set = ["--set", `count=${flags.count}`];
  const skeg = [Deno.execPath(), "run", "--quiet", "--no-check", "-A", resolve(flags.skeg)];
  const own = ["--tiller-namespace", "skeg"];
  const upgrade = ["upgrade", "web", chart, ...set, ...own];
  return [
    {
      namespace: "skeg",
      prepare: [...skeg, "install", chart, "--name", "web", "--namespace", "skeg", ...set, ...own],
      works: { "skeg plan upgrade": [...skeg, "plan", ...upgrade], "skeg upgrade": [...skeg, ...upgrade] },
    },
    {
      namespace: "kubectl",
      prepare: [kubectl, "apply", "--server-side", "-n", "kubectl", "-f", manifest],
      works: { "kubectl diff": [kubectl, "diff", "-n", "kubectl", "-f", manifest, "--concurrency", "10"] },
    },
    {
      namespace: "kapp",
      prepare: [kapp, "deploy", "-a", "web", "-n", "kapp", "-f", manifest, "--yes", "--wait=false"],
      works: { "kapp deploy --diff-run": [kapp, "deploy", "-a", "web", "-n", "kapp", "-f", manifest, "--diff-run"] },
    },
    {
      namespace: "helm3",
      prepare: [helm3, "install", "web", chart, "-n", "helm3", ...set],
      works: {
        "helm3 upgrade --dry-run=server": [helm3, "upgrade", "web", chart, "-n", "helm3", ...set, "--dry-run=server"],
      },
    },
  ];
}

const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const work = mkdtempSync(join(tmpdir(), "skeg-plans-"));
const chart = join(work, "chart");
mkdirSync(join(chart, "templates"), { recursive: true });
writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v1\nname: many\nversion: 0.1.0\n");
writeFileSync(join(chart, "values.yaml"), "count: 1\n");
writeFileSync(join(chart, "templates", "all.yaml"), CHART);
const home = join(work, "home");
mkdirSync(join(home, ".helm"), { recursive: true });
const env = {
  PATH: Deno.env.get("PATH") ?? "",
  HOME: home,
  NO_COLOR: "1",
  DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno"),
};
const bench = { work, lab: flags.lab, programs: { env } } as unknown as Bench;
const plane = await startControlPlane(bench);
const proxies: { close(): Promise<void> }[] = [];
try {
  const manifest = join(work, "all.yaml");
  const render = [join(flags.programs, "helm3"), "template", "web", chart, "--set", `count=${flags.count}`];
  const { stdout } = await new Deno.Command(render[0] ?? "", { args: render.slice(1), env }).output();
  writeFileSync(manifest, stdout);
  const found = new Map<string, { wall: number[]; requests: number[] }>();
  const works: (() => Promise<void>)[] = [];
  for (const { namespace, prepare, works: lines } of peers(chart, manifest)) {
    await plane.call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
    const { proxy, kubeconfig } = plane.proxy(namespace, 0);
    proxies.push(proxy);
    const all = { ...env, KUBECONFIG: kubeconfig };
    await measure({ command: prepare, env: all, cwd: work, codes: [0] });
    for (const [name, command] of Object.entries(lines)) {
      const figures = { wall: [] as number[], requests: [] as number[] };
      found.set(name, figures);
      works.push(async () => {
        proxy.take();
        const { wall } = await measure({ command, env: all, cwd: work, codes: [0] });
        figures.wall.push(wall);
        figures.requests.push(proxy.take().requests);
      });
    }
  }
  // One turn before, to fill caches.
  for (let turn = 0; turn <= Number(flags.runs); turn++) {
    for (const one of works) await one();
    if (turn === 0) { for (const figures of found.values()) figures.wall.length = figures.requests.length = 0; }
  }
  say(`| ${flags.count} objects, no change | seconds | requests |\n|---|---|---|`);
  for (const [name, { wall, requests }] of found) {
    say(`| \`${name}\` | ${median(wall).toFixed(2)} | ${median(requests)} |`);
  }
} finally {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await plane.down();
  rmSync(work, { recursive: true });
}
