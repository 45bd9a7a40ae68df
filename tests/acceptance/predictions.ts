/**
 * Plans of public charts, predicted by the server's dry runs and by our own merge: every difference between the two is
 * counted by its kind, and one of no known kind is a failure. `docs/plan.md` explains the kinds.
 *
 *   deno run -A tests/acceptance/predictions.ts --charts DIR [--kubeconfig FILE] [--every N] [--only NAME] [--show KIND]
 *
 * Runs in the sandbox, and on the cluster of `--kubeconfig`, one without controllers that may be written to. Each chart
 * is installed and edited; then an upgrade to its other version, or to other values, is planned in all apply modes.
 * `--every 8` takes each eighth chart, `--show` prints the differences of one kind. Ends with the number of plans and of
 * differences that nothing explains: `N passed, N failed`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type ApplyMode, type Cluster, createKubeClient, type KubeObject, openCluster } from "../../engine/kube/mod.ts";
import { type Environment, install, planOperation, uninstall } from "../../engine/release/mod.ts";
import type { PlannedChanges, PredictMode } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import { memoryDriver } from "../../storage/mod.ts";
import { differencesOf, kindOf, KINDS, type PredictionDifference } from "./_prediction_kinds.ts";
import { nextOf } from "./_next_values.ts";
import { publicCharts, readPublicChart, renewed } from "./_public_charts.ts";

const { values: flags } = parseArgs({
  options: {
    charts: { type: "string" },
    kubeconfig: { type: "string" },
    every: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    show: { type: "string", default: "" },
  },
});
const { charts, kubeconfig } = flags;
if (charts === undefined) throw new Error("--charts is needed");
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Charts of the time of Helm 2 name API versions that a server of today does not have. */
const SETTINGS = { disableHooks: true, removedApis: "map", skipRemoved: true } as const;

const MODES: readonly ApplyMode[] = ["tiller", "three-way", "server-side"];

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

/** Edits every workload and ConfigMap of a plan's objects as `kubectl edit` does. */
async function edit({ transport }: Cluster, live: Iterable<readonly [string, KubeObject | undefined]>): Promise<void> {
  for (const [path, object] of live) {
    if (object === undefined) continue;
    const scaled = object.kind === "Deployment" || object.kind === "StatefulSet" ? { spec: { replicas: 5 } } : {};
    const body = JSON.stringify({ metadata: { labels: { edited: "yes" } }, ...scaled });
    const contentType = "application/merge-patch+json";
    await (await transport({ method: "PATCH", path: `${path}?fieldManager=kubectl-edit`, contentType, body })).text();
  }
}

/** Figures of one cluster. */
interface Figures {
  plans: number;
  objects: number;
  readonly kinds: Map<string, PredictionDifference[]>;
}

/** Plans the upgrade by the server and here, in every mode, and adds the differences. */
async function planBoth(env: Environment, options: UpgradeOf, name: string, figures: Figures): Promise<void> {
  for (const apply of MODES) {
    const plan = (predict: PredictMode): Promise<PlannedChanges> =>
      planOperation(env, { operation: "upgrade", options: { ...options, apply, ...SETTINGS } }, { predict });
    const [server, local] = [await plan("server"), await plan("local")];
    figures.plans++;
    figures.objects += server.report.objects.length;
    for (const difference of differencesOf(server, local)) {
      const kind = kindOf(difference);
      const found = figures.kinds.get(kind) ?? [];
      found.push({ ...difference, chart: `${name} ${apply}` });
      figures.kinds.set(kind, found);
    }
  }
}

interface UpgradeOf {
  readonly name: string;
  readonly chart: Chart;
  readonly config?: string;
}

/** Installs a chart, edits its objects, and plans what comes next; false if it cannot be installed. */
async function tryChart(
  cluster: Cluster,
  name: string,
  chart: Chart,
  figures: Figures,
  other?: Chart,
): Promise<boolean> {
  const env = environmentOf(cluster);
  const namespace = name.replace("/", "-").slice(0, 60);
  try {
    await install(env, { chart, name: "rel", namespace, ...SETTINGS });
    const first = await planOperation(env, {
      operation: "upgrade",
      options: { name: "rel", chart, ...SETTINGS },
    });
    await edit(cluster, first.predicted.live);
    const nexts: { readonly chart: Chart; readonly config?: string }[] = [
      ...other === undefined ? [] : [{ chart: other }],
      ...await nextOf(chart),
    ];
    for (const next of nexts) await planBoth(env, { name: "rel", ...next }, name, figures).catch(unlessRendered);
    return true;
  } catch (error) {
    if (flags.only !== "") say(`${name}: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    await uninstall(env, { name: "rel", purge: true, disableHooks: true }).catch(() => {}); // it may not exist
  }
}

/** Other values may be ones that the chart refuses to render. */
function unlessRendered(error: unknown): void {
  if (
    !(error instanceof Error) || !/render error|error converting YAML|validating data|unable to/.test(error.message)
  ) {
    throw error;
  }
}

/** The result of a run. */
interface RunResult {
  /** Upgrades that were planned in both ways. */
  readonly plans: number;
  /** Differences that nothing explains. */
  readonly unexplained: number;
}

/** Runs all chosen charts on one cluster. */
async function runOn(place: string, cluster: Cluster): Promise<RunResult> {
  const figures: Figures = { plans: 0, objects: 0, kinds: new Map() };
  const started = performance.now();
  let at = 0, planned = 0, refused = 0;
  for await (const { repository, name, chart } of publicCharts(charts ?? "")) {
    if (!name.includes(flags.only) || at++ % Number(flags.every) !== 0) continue;
    const other = repository === "incubator" ? await readPublicChart(charts ?? "", "stable", name) : undefined;
    const isTried = await tryChart(cluster, `${repository}/${name}`, renewed(chart), figures, other && renewed(other));
    if (isTried) planned++;
    else refused++;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  say(
    `\n${place}: ${planned} charts (${refused} cannot be installed), ${figures.plans} upgrades planned twice, ` +
      `${figures.objects} objects that change, ${seconds} s`,
  );
  for (const [kind, found] of [...figures.kinds].sort((a, b) => b[1].length - a[1].length)) {
    say(`  ${String(found.length).padStart(5)} ${kind}: ${KINDS[kind] ?? "of no known kind"}`);
    if (KINDS[kind] === undefined || flags.show === kind) {
      found.slice(0, 40).forEach((one) => say(`        ${shown(one)}`));
    }
  }
  const open = [...figures.kinds].filter(([kind]) => KINDS[kind] === undefined);
  return { plans: figures.plans, unexplained: open.reduce((sum, [, found]) => sum + found.length, 0) };
}

function shown({ chart, object, path, server, local }: PredictionDifference): string {
  const text = (value: unknown): string => (JSON.stringify(value) ?? "none").slice(0, 160);
  return `${chart} ${object} ${path}: server ${text(server)}, here ${text(local)}`;
}

const sandbox = await openSandbox();
const results = [await runOn("the sandbox", sandbox)];
await sandbox.close();
if (kubeconfig !== undefined) {
  const real = await openCluster({ kubeconfig });
  results.push(await runOn("the API server", real));
  await real.close();
}
const failed = results.reduce((sum, { unexplained }) => sum + unexplained, 0);
say(`\n${results.reduce((sum, { plans }) => sum + plans, 0)} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
