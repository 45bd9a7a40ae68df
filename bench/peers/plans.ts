/**
 * Plans: an upgrade without a change, shown before it is done, beside programs that show the same; and a fleet of releases
 * planned in one process.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, type Candidate, chosen, compare, runOnce } from "./bench.ts";
import { manyObjects, writeChart } from "./charts.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { measure } from "./sample.ts";

/** Releases of the fleet, and the objects of each. */
const FLEET = { releases: 26, objects: 20 };

/** Plans beside kubectl, kapp and Helm 3; then a fleet. */
export async function plans(bench: Bench): Promise<void> {
  const plane = await startControlPlane(bench);
  const chart = writeChart(join(bench.work, "charts", "many-objects"), manyObjects);
  try {
    const count = bench.quick ? 50 : 500;
    if (bench.wanted(`plan-${count}`)) await beside(bench, plane, chart, count);
    if (bench.wanted("plan-fleet")) await fleet(bench, plane, chart);
  } finally {
    await plane.down();
  }
}

/** A program that shows what would change: how it is prepared, and its measured command line. */
interface Peer {
  readonly who: Candidate["who"];
  readonly prepare: readonly string[];
  readonly run: readonly string[];
}

/** Returns the programs, each with a release in the namespace of its own name; `manifest` is the file of the objects. */
function peersOf({ programs }: Bench, chart: string, manifest: string, count: number): Peer[] {
  const { skeg, helm3, kubectl, kapp } = programs;
  const set = ["--set", `count=${count}`];
  const own = ["--tiller-namespace", "skeg"];
  const upgrade = ["upgrade", "web", chart, ...set, ...own];
  const install = [...skeg, "install", chart, "--name", "web", "--namespace", "skeg", ...set, ...own];
  return [
    { who: "skeg", prepare: install, run: [...skeg, "plan", ...upgrade] },
    { who: "itself", prepare: [], run: [...skeg, ...upgrade] },
    ...kubectl === undefined ? [] : [{
      who: "kubectl" as const,
      prepare: [kubectl, "apply", "--server-side", "-n", "kubectl", "-f", manifest],
      run: [kubectl, "diff", "-n", "kubectl", "-f", manifest, "--concurrency", "10"],
    }],
    ...kapp === undefined ? [] : [{
      who: "kapp" as const,
      prepare: [kapp, "deploy", "-a", "web", "-n", "kapp", "-f", manifest, "--yes", "--wait=false"],
      run: [kapp, "deploy", "-a", "web", "-n", "kapp", "-f", manifest, "--diff-run"],
    }],
    {
      who: "helm3",
      prepare: [helm3, "install", "web", chart, "-n", "helm3", ...set],
      run: [helm3, "upgrade", "web", chart, "-n", "helm3", ...set, "--dry-run=server"],
    },
  ];
}

async function beside(bench: Bench, plane: ControlPlane, chart: string, count: number): Promise<void> {
  const { env, helm3, home } = bench.programs;
  const manifest = join(bench.work, `many-${count}.yaml`);
  const render = [helm3, "template", "web", chart, "--set", `count=${count}`];
  const { stdout } = await new Deno.Command(helm3, { args: render.slice(1), env, cwd: home }).output();
  writeFileSync(manifest, stdout);
  const { proxy, kubeconfig } = await plane.proxy(`plans-${count}`, 0);
  try {
    const peers = peersOf(bench, chart, manifest, count);
    for (const { who, prepare } of peers) {
      if (prepare.length === 0) continue;
      await plane.call("POST", "/api/v1/namespaces", { metadata: { name: who } });
      await measure({ command: prepare, env: { ...env, KUBECONFIG: plane.kubeconfig }, cwd: home });
    }
    const candidates = (config: string): Candidate[] =>
      peers.map(({ who, run }) => ({ who, run, env: { KUBECONFIG: config } }));
    await compare(bench, {
      family: "plans",
      id: `plan-${count}`,
      title: `plan of an \`upgrade\` without a change, ${count.toLocaleString("en")} objects`,
      note:
        "`skeg plan upgrade` beside the upgrade itself, `kubectl diff`, `kapp deploy --diff-run` and `helm3 upgrade " +
        "--dry-run=server`. kubectl asks the server for a dry run of each object. kapp reads whole lists and predicts itself. " +
        "Helm 3 prints manifests and compares nothing.",
      candidates: candidates(plane.kubeconfig),
    });
    const entry = bench.results.get(`plan-${count}`);
    for (const candidate of chosen(bench.programs, candidates(kubeconfig))) {
      proxy.take();
      await runOnce(bench, candidate, 0);
      if (entry !== undefined) entry.wire[candidate.who] = proxy.take();
    }
    bench.results.save();
  } finally {
    await proxy.close();
  }
}

async function fleet(bench: Bench, plane: ControlPlane, chart: string): Promise<void> {
  const { script, env, home } = bench.programs;
  const command = [
    ...script(join(import.meta.dirname ?? ".", "plan_all.ts")),
    plane.kubeconfig,
    chart,
    String(FLEET.releases),
    String(FLEET.objects),
  ];
  await plane.call("POST", "/api/v1/namespaces", { metadata: { name: "fleet" } });
  await measure({ command: [...command, "install"], env, cwd: home });
  await compare(bench, {
    family: "plans",
    id: "plan-fleet",
    title: `plans of ${FLEET.releases} releases of ${FLEET.objects} objects, one after the other`,
    note: "The library plans the fleet in one process, which includes its start-up from the sources.",
    candidates: [{ who: "library", run: command, command: "deno run -A bench/peers/plan_all.ts" }],
  });
}
