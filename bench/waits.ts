/**
 * Measures an idle wait: 500 Deployments that do not change, by skeg and by the real Helm 2.17.0 with its Tiller, Helm 3
 * and Helm 4. Prints a table of requests and of CPU time.
 *
 *   deno run -A --no-check bench/waits.ts [--programs DIR] [--lab DIR] [--count 500] [--seconds 30] [--only skeg,helm3]
 *
 * Each program upgrades a release to itself, first without a wait, which says how long that takes, and then with a wait
 * that has no end. Requests and CPU time are read while it waits; a Tiller's count as its client's. The control plane has
 * no controllers, so that nothing changes; each Deployment has a replica set without ready pods, as Helm 2 expects.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Bench } from "./peers/bench.ts";
import { type ControlPlane, startControlPlane } from "./peers/control_plane.ts";
import { measure } from "./peers/sample.ts";
import { cpuSeconds, NO_TILLER, startTiller } from "./peers/tiller.ts";

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

/** Added to the time that an upgrade takes, before a wait is taken to be idle. */
const SETTLE_SECONDS = 10;

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

/** Command lines of one program. */
interface Commands {
  readonly install: readonly string[];
  readonly plain: readonly string[];
  /** An upgrade with a wait. */
  readonly waiting: readonly string[];
}

function commandsOf(who: string, chart: string, host: string): Commands {
  const set = ["--set", `count=${count}`];
  if (who === "helm3" || who === "helm4") {
    const program = join(flags.programs, who);
    const more = ["--namespace", who, ...set];
    const plain = [program, "upgrade", who, chart, ...more];
    return {
      install: [program, "install", who, chart, ...more],
      plain,
      waiting: [...plain, "--wait", "--timeout", "3000s"],
    };
  }
  const skeg = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-check",
    "-A",
    join(root, "main.ts"),
    "--tiller-namespace",
    who,
  ];
  const start = who === "skeg" ? skeg : [join(flags.programs, "helm2"), "--host", host];
  const plain = [...start, "upgrade", who, chart, ...set];
  return {
    // Tiller creates 500 objects at the same moment, and its client library then fails with `http2: stream closed`.
    install: [...skeg, "install", chart, "--name", who, "--namespace", who, ...set],
    plain,
    waiting: [...plain, "--wait", "--timeout", "3000"],
  };
}

async function measureOne(bench: Bench, plane: ControlPlane, who: string, chart: string): Promise<string> {
  await plane.call("POST", "/api/v1/namespaces", { metadata: { name: who } });
  const { proxy, kubeconfig, kubeconfigHttp1 } = await plane.proxy(who, 0);
  const tiller = who === "helm2" ? await startTiller(bench, kubeconfig, who) : NO_TILLER;
  const { install, plain, waiting } = commandsOf(who, chart, tiller.host);
  const env = { ...bench.programs.env, KUBECONFIG: who === "skeg" ? kubeconfigHttp1 : kubeconfig };
  const run = (command: readonly string[]) => measure({ command, env, cwd: bench.work });
  try {
    await run(install);
    await addReplicaSets(plane, who);
    const { wall } = await run(plain);
    const [program = "", ...args] = waiting;
    const child = spawn(program, args, { env, cwd: bench.work, stdio: "ignore" });
    try {
      await sleep(1000 * (wall + SETTLE_SECONDS));
      const cpu = () => cpuSeconds(child.pid ?? 0) + tiller.cpuSeconds();
      const before = cpu();
      proxy.take();
      await sleep(1000 * seconds);
      const spent = cpu() - before;
      const { requests } = proxy.take();
      if (child.exitCode !== null) throw new Error(`${who} did not wait: it ended with ${child.exitCode}`);
      return `| ${who} | ${requests} | ${spent.toFixed(2)} | ${(100 * spent / seconds).toFixed(1)} % |`;
    } finally {
      child.kill();
    }
  } finally {
    tiller.stop();
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
  say(`${seconds} s of a wait for ${count} Deployments that do not change:\n`);
  say("| program | requests | CPU seconds | of one core |\n|---|---|---|---|");
  for (const who of flags.only.split(",")) say(await measureOne(bench, plane, who, chart));
} finally {
  await plane.down();
  rmSync(work, { recursive: true });
}
