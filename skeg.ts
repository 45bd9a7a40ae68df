/**
 * The operations as a library: what scripts call instead of commands.
 *
 * Nothing of a cluster is loaded before the first operation that needs one.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { SkegError } from "./errors.ts";
import { checkRequirements, loadChart } from "./engine/chart/load/mod.ts";
import type { Cluster } from "./engine/kube/mod.ts";
import type { Environment, ReleaseEvent } from "./engine/release/mod.ts";
import { factsOf, renderRelease } from "./engine/chart/render/mod.ts";
import { mergeConfig, processRequirements } from "./engine/chart/values/mod.ts";
import { toYaml } from "./engine/lang/yaml/mod.ts";
import type { Chart } from "./engine/model/mod.ts";
import type { CallOptions, ChartPlaceOptions, Skeg, SkegOptions, ValuesOptions } from "./skeg_options.ts";

/** An open cluster and what operations act on. */
interface Target {
  readonly cluster: Cluster;
  readonly environment: Environment;
}

/** What operations that take a chart are told. */
type ChartOptions = CallOptions & ValuesOptions & ChartPlaceOptions;

/** Tells of one thing that happened. */
type Report = (event: ReleaseEvent) => void;

/**
 * Returns the operations on one cluster, or on the sandbox. Opens nothing
 * yet; `close()` when done.
 *
 * @example Install into a sandbox
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { chartFromFiles } from "./mod.ts";
 *
 * const chart = chartFromFiles({
 *   "Chart.yaml": "name: hello\nversion: 1.0.0\n",
 *   "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
 * });
 * const skeg = createSkeg({ sandbox: ":memory:" });
 * const release = await skeg.install(chart, { name: "web" });
 * equal(release.info.status.code, "DEPLOYED");
 * await skeg.close();
 * ```
 */
export function createSkeg(options: SkegOptions = {}): Skeg {
  let opened: Promise<Target> | undefined;
  const target = (): Promise<Target> =>
    opened ??= openTarget(options).catch((error) => {
      opened = undefined; // the next call may be luckier
      throw error;
    });
  const reportTo = (given: CallOptions): Report => (event) => {
    options.onEvent?.(event);
    given.onEvent?.(event);
  };
  /** The room of operations, and what they act on. */
  const begin = async (given: CallOptions) => {
    const { signal } = given;
    const [operations, { environment, cluster }] = await unlessAborted(
      signal,
      () => Promise.all([import("./engine/release/mod.ts"), target()]),
    );
    return { ...operations, cluster, env: { ...environment, report: reportTo(given), signal } };
  };
  const prepare = (chart: string | Chart, given: ChartOptions, allSubcharts = false) =>
    unlessAborted(given.signal, () => prepareChart(chart, given, options.home, reportTo(given), allSubcharts));
  return {
    async install(chart, given = {}) {
      const prepared = await prepare(chart, given);
      const { install, env, cluster } = await begin(given);
      const namespace = given.namespace ?? options.namespace ?? cluster.namespace;
      return (await install(env, { ...given, ...prepared, namespace })).release;
    },
    async upgrade(name, chart, given = {}) {
      const prepared = await prepare(chart, given, given.conditionsFromStoredValues === true);
      const { upgrade, env } = await begin(given);
      return (await upgrade(env, { ...given, ...prepared, name })).release;
    },
    async rollback(name, revision, given = {}) {
      const { rollback, env } = await begin(given);
      return (await rollback(env, { ...given, name, revision })).release;
    },
    async delete(name, given = {}) {
      const { uninstall, env } = await begin(given);
      return await uninstall(env, { ...given, name });
    },
    async list(given = {}) {
      const { list, env } = await begin(given);
      return await list(env, given);
    },
    async status(name, given = {}) {
      const { status, env } = await begin(given);
      return await status(env, { ...given, name });
    },
    async history(name, given = {}) {
      const { history, env } = await begin(given);
      return await history(env, { ...given, name });
    },
    async get(name, given = {}) {
      const { getRelease, env } = await begin(given);
      return await getRelease(env, { ...given, name });
    },
    async test(name, given = {}) {
      const { runTests, env } = await begin(given);
      return await runTests(env, { ...given, name });
    },
    async template(chart, given = {}) {
      const { chart: prepared, config } = await prepare(chart, given);
      const report = reportTo(given);
      const { release = {}, subNotes } = given;
      const isUpgrade = release.isUpgrade ?? false;
      return await renderRelease({
        chart: prepared,
        config,
        release: {
          name: release.name ?? "release-name",
          namespace: release.namespace ?? options.namespace ?? "default",
          revision: release.revision ?? 1,
          isInstall: release.isInstall ?? !isUpgrade,
          isUpgrade,
          time: release.time ?? { seconds: Math.floor(Date.now() / 1000), nanos: 0 },
        },
        capabilities: factsOf(given.capabilities ?? {}),
        anyCluster: given.capabilities === undefined,
        subNotes,
        log: (text) => report({ type: "log", text }),
        warn: (text) => report({ type: "warning", text }),
      });
    },
    repair: {
      async mapApis(given) {
        const { repair, env } = await begin(given);
        const { backup, ...rest } = given;
        const { backupStore } = await import("./cmd/mod.ts");
        const backups = await backupStore({ folder: backup, home: options.home });
        return await repair(env, "map-apis", { ...rest, backups });
      },
      async undo(given) {
        const { undoRepair, env } = await begin(given);
        const { archive } = given;
        const bytes = typeof archive === "string" ? await readArchive(archive) : archive;
        return await undoRepair(env, { ...given, archive: bytes });
      },
    },
    async close() {
      const open = opened;
      opened = undefined;
      await (await open?.catch(() => undefined))?.cluster.close();
    },
  };
}

/** Runs `work`, and stops waiting for it when the signal fires. */
async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return await work();
  const fault = (): SkegError =>
    signal.reason instanceof SkegError
      ? signal.reason
      : new SkegError("aborted", "the operation was cancelled", { cause: signal.reason });
  if (signal.aborted) throw fault();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(fault());
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work(), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function readArchive(path: string): Promise<Uint8Array> {
  const { backupStore } = await import("./cmd/mod.ts");
  return await (await backupStore({})).load(path);
}

async function openTarget(options: SkegOptions): Promise<Target> {
  const { environmentOf, openTarget: openCluster } = await import("./cmd/mod.ts");
  const { storage = "configmap" } = options;
  const own = typeof storage === "string" ? undefined : storage;
  const warn = (text: string): void => options.onEvent?.({ type: "warning", text });
  const cluster = await openCluster({ ...options, warn });
  const environment = await environmentOf(cluster, {
    storage: typeof storage === "string" ? storage : "memory",
    tillerNamespace: options.tillerNamespace ?? "",
    historyMax: options.historyMax ?? 0,
    report: () => {}, // every operation says who is told
  });
  return { cluster, environment: own === undefined ? environment : { ...environment, driver: own } };
}

/** The chart as it is rendered and stored, or before its subcharts are chosen, and the user's values as text. */
async function prepareChart(
  chart: string | Chart,
  given: ChartOptions,
  home: string | undefined,
  report: Report,
  allSubcharts: boolean,
): Promise<{ chart: Chart; config: string }> {
  const config = await configOf(given);
  const warn = (text: string): void => report({ type: "warning", text });
  const loaded = typeof chart === "string" ? await loadChart(await pathOf(chart, given, home, warn), { warn }) : chart;
  checkRequirements(loaded);
  return { chart: allSubcharts ? loaded : processRequirements(loaded, config, warn, warn), config };
}

/** A path stays one; anything else is looked for, and downloaded. */
async function pathOf(
  chart: string,
  given: ChartOptions,
  home: string | undefined,
  warn: (text: string) => void,
): Promise<string> {
  const { access, signal, ...origin } = given;
  if (!origin.keyring && await stat(chart).catch(() => undefined)) return chart;
  const { findChart } = await import("./cmd/mod.ts");
  const rights = ["-R", "-W", "-N", "-E", "-S", "--allow-run"];
  const program = [Deno.execPath(), "run", "--no-prompt", ...rights, new URL("main.ts", import.meta.url).href];
  return await findChart(chart, { ...origin, ...access }, { home, signal, warn, program });
}

/** One text of all values that were given; the text of a caller who gave nothing else stays as it is. */
async function configOf(given: CallOptions & ValuesOptions): Promise<string> {
  const { values, files = [], set = [], setString = [], setFile = [], signal } = given;
  const alone = [files, set, setString, setFile].every(({ length }) => length === 0);
  if (typeof values === "string" && alone) return values;
  const first = values === undefined
    ? []
    : [{ name: "values", content: typeof values === "string" ? values : toYaml(values) }];
  return await mergeConfig({ files: [...first, ...files], set, setString, setFile, signal });
}
