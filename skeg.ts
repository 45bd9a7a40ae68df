/**
 * The operations as a library: what scripts call instead of commands.
 *
 * Nothing of a cluster is loaded before the first operation that needs one.
 *
 * @module
 */
import { checkRequirements, loadChart } from "./engine/chart/mod.ts";
import type {
  Environment,
  HistoryOptions,
  InstallOptions,
  ListOptions,
  ListResult,
  ReleaseEvent,
  RollbackOptions,
  StatusResult,
  TestOptions,
  TestResult,
  UninstallOptions,
  UninstallResult,
  UpgradeOptions,
} from "./engine/release/mod.ts";
import { type GivenValues, mergeConfig, processRequirements } from "./engine/values/mod.ts";
import type { Cluster } from "./engine/kube/mod.ts";
import type { Chart, Release } from "./model/mod.ts";

/** Options of {@linkcode createSkeg}. */
export interface SkegOptions {
  /** Path of a kubeconfig; default: `KUBECONFIG`, then `~/.kube/config`, then the cluster around this pod. */
  readonly kubeconfig?: string | undefined;
  /** Context of the kubeconfig; default: its current one. */
  readonly context?: string | undefined;
  /** Namespace that charts are installed into; default: the context's, else `default`. */
  readonly namespace?: string | undefined;
  /** Namespace of the release records; default `kube-system`. */
  readonly tillerNamespace?: string | undefined;
  /** Use the sandbox: `true`, or the file of its state; `":memory:"` forgets everything in the end. */
  readonly sandbox?: boolean | string | undefined;
  /** Where release records are kept; default `configmap`, as Tiller did. */
  readonly storage?: "configmap" | "secret" | "memory" | undefined;
  /** Revisions to keep per release; default 0, which keeps all. */
  readonly historyMax?: number | undefined;
  /** Is told of everything that happens. */
  readonly onEvent?: ((event: ReleaseEvent) => void) | undefined;
}

/** What every operation takes. */
export interface CallOptions {
  /** Ends the operation in order; what is not known to be done is recorded as failed. */
  readonly signal?: AbortSignal | undefined;
}

/** Values as the user gives them: {@linkcode GivenValues}, or their YAML text. */
export type ConfigInput = GivenValues | string;

/** Options of {@linkcode Skeg.install}. */
export interface SkegInstallOptions extends CallOptions, Partial<Omit<InstallOptions, "chart" | "config">> {
  /** What goes over the chart's defaults. */
  readonly values?: ConfigInput | undefined;
}

/** Options of {@linkcode Skeg.upgrade}. */
export interface SkegUpgradeOptions extends CallOptions, Omit<UpgradeOptions, "name" | "chart" | "config"> {
  /** What goes over the chart's defaults. */
  readonly values?: ConfigInput | undefined;
}

/** Options of {@linkcode Skeg.test}. */
export interface SkegTestOptions extends CallOptions, Omit<TestOptions, "name"> {}

/** The operations. All reject with a `SkegError`. */
export interface Skeg {
  /** Installs a chart: a path, or one that is loaded. */
  install(chart: string | Chart, options?: SkegInstallOptions): Promise<Release>;
  /** Brings a release to another chart or other values. */
  upgrade(name: string, chart: string | Chart, options?: SkegUpgradeOptions): Promise<Release>;
  /** Goes back to a revision; 0 or none: the one before the newest. */
  rollback(
    name: string,
    revision?: number,
    options?: CallOptions & Omit<RollbackOptions, "name" | "revision">,
  ): Promise<Release>;
  /** Deletes a release. */
  delete(name: string, options?: CallOptions & Omit<UninstallOptions, "name">): Promise<UninstallResult>;
  /** Lists releases: by default the DEPLOYED and FAILED ones, by name. */
  list(options?: CallOptions & ListOptions): Promise<ListResult>;
  /** A release with the state of its objects. */
  status(name: string, options?: CallOptions & { revision?: number }): Promise<StatusResult>;
  /** Revisions, newest first. */
  history(name: string, options?: CallOptions & Omit<HistoryOptions, "name">): Promise<readonly Release[]>;
  /** What is recorded of a release. */
  get(name: string, options?: CallOptions & { revision?: number }): Promise<Release>;
  /** Runs a release's tests. */
  test(name: string, options?: SkegTestOptions): Promise<TestResult>;
  /** Ends kept connections. */
  close(): Promise<void>;
}

/** An open cluster and what operations act on. */
interface Target {
  readonly cluster: Cluster;
  readonly environment: Environment;
}

/**
 * Returns the operations on one cluster, or on the sandbox. Opens nothing
 * yet; `close()` when done.
 *
 * @example
 * ```ts ignore
 * const skeg = createSkeg({ sandbox: true });
 * const release = await skeg.install("examples/charts/web", { name: "web", wait: true });
 * console.log(release.info.status.code);
 * await skeg.close();
 * ```
 */
export function createSkeg(options: SkegOptions = {}): Skeg {
  let opened: Promise<Target> | undefined;
  const target = () => opened ??= openTarget(options);
  const room = () => import("./engine/release/mod.ts");
  const environment = async ({ signal }: CallOptions = {}): Promise<Environment> => ({
    ...(await target()).environment,
    signal,
  });
  return {
    async install(chart, given = {}) {
      const { values, signal: _, ...rest } = given;
      const prepared = await prepareChart(chart, values, options);
      const namespace = rest.namespace ?? options.namespace ?? (await target()).cluster.namespace;
      const { install } = await room();
      return (await install(await environment(given), { ...rest, ...prepared, namespace })).release;
    },
    async upgrade(name, chart, given = {}) {
      const { values, signal: _, ...rest } = given;
      const prepared = await prepareChart(chart, values, options);
      const { upgrade } = await room();
      return (await upgrade(await environment(given), { ...rest, ...prepared, name })).release;
    },
    async rollback(name, revision, given = {}) {
      const { rollback } = await room();
      return (await rollback(await environment(given), { ...given, name, revision })).release;
    },
    async delete(name, given = {}) {
      const { uninstall } = await room();
      return await uninstall(await environment(given), { ...given, name });
    },
    async list(given = {}) {
      const { list } = await room();
      return await list(await environment(given), given);
    },
    async status(name, given = {}) {
      const { status } = await room();
      return await status(await environment(given), { ...given, name });
    },
    async history(name, given = {}) {
      const { history } = await room();
      return await history(await environment(given), { ...given, name });
    },
    async get(name, given = {}) {
      const { getRelease } = await room();
      return await getRelease(await environment(given), { ...given, name });
    },
    async test(name, given = {}) {
      const { runTests } = await room();
      return await runTests(await environment(given), { ...given, name });
    },
    async close() {
      const open = opened;
      opened = undefined;
      await (await open)?.cluster.close();
    },
  };
}

async function openTarget(options: SkegOptions): Promise<Target> {
  const { environmentOf, openTarget: openCluster } = await import("./cmd/mod.ts");
  const cluster = await openCluster(options);
  const environment = await environmentOf(cluster, {
    storage: options.storage ?? "configmap",
    tillerNamespace: options.tillerNamespace ?? "",
    historyMax: options.historyMax ?? 0,
    report: options.onEvent ?? (() => {}),
  });
  return { cluster, environment };
}

/** The chart as it is rendered and stored, and the user's values as text. */
async function prepareChart(
  chart: string | Chart,
  values: ConfigInput | undefined,
  options: SkegOptions,
): Promise<{ chart: Chart; config: string }> {
  const config = typeof values === "string" ? values : await mergeConfig(values ?? {});
  const loaded = typeof chart === "string" ? await loadChart(chart) : chart;
  checkRequirements(loaded);
  const warn = (text: string) => options.onEvent?.({ type: "warning", text });
  return { chart: processRequirements(loaded, config, warn, warn), config };
}
