/**
 * Measures an idle wait: 500 Deployments that do not change, for 30 seconds, by skeg and by the real Helm 2.17.0 with
 * its Tiller, Helm 3 and Helm 4. Prints a table of requests and of CPU time.
 *
 *   deno run -A --no-check bench/waits.ts [--programs DIR] [--lab DIR] [--count 500] [--seconds 30] [--only skeg,helm3]
 *
 * Each program upgrades a release to itself, once without and once with a wait that ends with the time limit; the
 * difference is the wait. The control plane has no controllers, so that nothing changes; each Deployment has a replica
 * set without ready pods, as Helm 2 expects.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./peers/bench.ts";
import { type ControlPlane, startControlPlane } from "./peers/control_plane.ts";
import { measure } from "./peers/sample.ts";
import { startTiller } from "./peers/tiller.ts";

const root = resolve(import.meta.dirname ?? ".", "..");
const { values: flags } = parseArgs({
  options: {
    programs: { type: "string", default: join(Deno.env.get("HOME") ?? "", ".cache", "skeg", "assets") },
    lab: { type: "string", default: join(root, "..", "shared", "lab") },
    count: { type: "string", default: "500" },
    seconds: { type: "string", default: "30" },
    only: { type: "string", default: "skeg,helm2,helm3,helm4" },
  },
});
const [count, seconds] = [Number(flags.count), Number(flags.seconds)];

const CHART = `{{- range until (int .Values.count) }}
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

const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Gives each Deployment of a namespace a replica set, as its controller would. */
async function addReplicaSets({ call }: ControlPlane, namespace: string): Promise<void> {
  const base = `/apis/apps/v1/namespaces/${namespace}`;
  const { items } = JSON.parse(await call("GET", `${base}/deployments`));
  for (const { metadata: { name, uid }, spec } of items) {
    const labels = { ...spec.template.metadata.labels, "pod-template-hash": "one" };
    await call("POST", `${base}/replicasets`, {
      metadata: {
        name: `${name}-one`,
        labels,
        ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name, uid, controller: true }],
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { ...spec.template, metadata: { labels } },
      },
    });
  }
}

/** Returns the command lines of a program: install, upgrade, and upgrade with a wait. */
function commandsOf(who: string, chart: string, host: string): readonly (readonly string[])[] {
  const set = ["--set", `count=${count}`];
  if (who === "helm3" || who === "helm4") {
    const program = join(flags.programs, who);
    const more = ["--namespace", who, ...set];
    return [
      [program, "install", who, chart, ...more],
      [program, "upgrade", who, chart, ...more],
      [program, "upgrade", who, chart, ...more, "--wait", "--timeout", `${seconds}s`],
    ];
  }
  const start = who === "skeg"
    ? [Deno.execPath(), "run", "--quiet", "--no-check", "-A", join(root, "main.ts"), "--tiller-namespace", "skeg"]
    : [join(flags.programs, "helm2"), "--host", host];
  return [
    [...start, "install", chart, "--name", who, "--namespace", who, ...set],
    [...start, "upgrade", who, chart, ...set],
    [...start, "upgrade", who, chart, ...set, "--wait", "--timeout", String(seconds)],
  ];
}

async function measureOne(bench: Bench, plane: ControlPlane, who: string, chart: string): Promise<string> {
  await plane.call("POST", "/api/v1/namespaces", { metadata: { name: who } });
  const { proxy, kubeconfig } = plane.proxy(who, 0);
  const tiller = who === "helm2" ? await startTiller(bench, kubeconfig, who) : undefined;
  const env = { ...bench.programs.env, KUBECONFIG: kubeconfig };
  const [install = [], plain = [], waiting = []] = commandsOf(who, chart, tiller?.host ?? "");
  const run = async (command: readonly string[], codes: readonly number[]) => {
    proxy.take();
    const work = () => measure({ command, env, cwd: bench.work, codes });
    const sample = await (tiller === undefined ? work() : tiller.during(work));
    return { cpu: sample.cpu, requests: proxy.take().requests };
  };
  try {
    await run(install, [0]);
    await addReplicaSets(plane, who);
    await run(plain, [0]);
    const before = await run(plain, [0]);
    const after = await run(waiting, [1]);
    const [requests, cpu] = [after.requests - before.requests, after.cpu - before.cpu];
    return `| ${who} | ${requests} | ${cpu.toFixed(2)} | ${(100 * cpu / seconds).toFixed(1)} % |`;
  } finally {
    tiller?.stop();
    await proxy.close();
  }
}

const work = mkdtempSync(join(tmpdir(), "skeg-waits-"));
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
  DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno"),
};
const programs = { tiller: join(flags.programs, "tiller"), env };
const bench = { work, lab: flags.lab, programs } as unknown as Bench;
const plane = await startControlPlane(bench);
try {
  say(`An idle wait of ${seconds} s for ${count} Deployments:\n`);
  say("| program | requests | CPU seconds | of one core |\n|---|---|---|---|");
  for (const who of flags.only.split(",")) say(await measureOne(bench, plane, who, chart));
} finally {
  await plane.down();
  rmSync(work, { recursive: true });
}
