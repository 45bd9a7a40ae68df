/**
 * The operations as a library, for scripts.
 *
 * Code for clusters is loaded by the first operation that needs one.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import { systemClock } from "../engine/base/mod.ts";
import type { Cluster } from "../engine/kube/mod.ts";
import type { Environment, PlanOptions, ReleaseEvent } from "../engine/release/mod.ts";
import { factsOf, renderRelease } from "../engine/chart/render/mod.ts";
import { toYaml } from "../engine/lang/yaml/mod.ts";
import { type Chart, RECORDS_NAMESPACE, type Release } from "../engine/model/mod.ts";
import type { Caller } from "./caller.ts";
import { engineNames } from "./flag_names.ts";
import { defaultHome, helmHome } from "./home.ts";
import { ALL_LISTED, LISTED, newestOnly } from "./listing.ts";
import { enabledChart, openChart } from "./prepare_chart.ts";
import { readValues } from "./read_values.ts";
import { skegLooks } from "./skeg_looks.ts";
import { skegRights } from "./skeg_rights.ts";
import { skegMigrate } from "./skeg_migrate.ts";
import { skegRepairs } from "./skeg_repair.ts";
import type {
  CallOptions,
  ChartPlaceOptions,
  PlanChoices,
  Skeg,
  SkegInstallOptions,
  SkegOptions,
  SkegUpgradeOptions,
  ValuesOptions,
  WaitingOptions,
} from "./skeg_options.ts";
import { processVariables } from "./variables.ts";

/** An open cluster and what operations act on. */
interface Target {
  readonly cluster: Cluster;
  readonly environment: Environment;
}

/** Options of operations that take a chart. */
type ChartOptions = CallOptions & ValuesOptions & ChartPlaceOptions;

/** Receives one event. */
type Report = (event: ReleaseEvent) => void;

/**
 * Returns the operations on one cluster, or on the sandbox. Opens nothing
 * yet; `close()` when done.
 *
 * @example Install into a sandbox
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { chartFromFiles } from "../mod.ts";
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
  // Long: one short entry for each operation.
  let opened: Promise<Target> | undefined;
  const target = (): Promise<Target> =>
    opened ??= openTarget(options).catch((error) => {
      opened = undefined; // the next call tries again
      throw error;
    });
  const reportTo = (given: CallOptions): Report => (event) => {
    options.onEvent?.(event);
    given.onEvent?.(event);
  };
  /** Loads the operations and opens what they act on. */
  const begin = async (given: CallOptions & WaitingOptions) => {
    const { signal } = given;
    const [operations, { environment, cluster }] = await unlessAborted(
      signal,
      () => Promise.all([import("../engine/release/mod.ts"), target()]),
    );
    const env = { ...environment, report: reportTo(given), signal, waiting: waitingOf(given) };
    return { ...operations, cluster, env };
  };
  const prepare = (chart: string | Chart, given: ChartOptions, allSubcharts = false) =>
    unlessAborted(
      given.signal,
      () => prepareChart(chart, given, callerOf(options.home, given, reportTo(given)), allSubcharts),
    );
  return {
    async install(chart, given = {}) {
      const prepared = await prepare(chart, given);
      const place = await begin(given);
      const namespace = given.namespace ?? options.namespace ?? place.cluster.namespace;
      return await installWith(place, { ...given, ...prepared, namespace });
    },
    async upgrade(name, chart, given = {}) {
      const place = await begin(given);
      if (given.install === true && !await exists(place, name)) {
        const prepared = await prepare(chart, given);
        const namespace = given.namespace ?? options.namespace ?? place.cluster.namespace;
        return await installWith(place, { ...given, ...prepared, name, namespace, nameIsFree: true });
      }
      const prepared = await prepare(chart, given, given.conditionsFromStoredValues === true);
      return await upgradeWith(place, { ...given, ...prepared, name });
    },
    async rollback(name, revision, given = {}) {
      const { rollback, env } = await begin(given);
      return (await rollback(env, { ...given, ...engineNames(given), name, revision })).release;
    },
    async delete(name, given = {}) {
      const { uninstall, env } = await begin(given);
      return await uninstall(env, { ...given, ...engineNames(given), name });
    },
    async list(given = {}) {
      const { list, env } = await begin(given);
      const { all = false, revisions = false, statuses = [] } = given;
      const wanted = statuses.length > 0 ? statuses : all ? ALL_LISTED : LISTED;
      const found = await list(env, { ...given, statuses: wanted, checkLabels: given.checkLabels ?? all });
      return revisions ? found : { ...found, releases: newestOnly(found.releases) };
    },
    async status(name, given = {}) {
      const { status, env } = await begin(given);
      return await status(env, { ...given, showAllResources: given.showResources, name });
    },
    async history(name, given = {}) {
      const { history, env } = await begin(given);
      return await history(env, { ...given, name });
    },
    async get(name, given = {}) {
      const { getRelease, env } = await begin(given);
      return await getRelease(env, { ...given, name });
    },
    async diff(name, given) {
      const { diffLive, diffReleases, diffRevisions, env } = await begin(given);
      const { other, from, to, live } = given;
      const choices = await compareChoices(given);
      if (live === true) return await diffLive(env, { ...choices, name, revision: from });
      if (other !== undefined) return await diffReleases(env, { ...choices, name, other });
      if (from === undefined) {
        throw new SkegError("usage", "a comparison needs a revision in from, or a release in other");
      }
      return await diffRevisions(env, { ...choices, name, from, to });
    },
    plan: {
      async install(chart, given = {}) {
        const prepared = await prepare(chart, given);
        const { env, cluster, planOperation, savePlan } = await begin(given);
        const namespace = given.namespace ?? options.namespace ?? cluster.namespace;
        const planned = {
          operation: "install",
          options: { ...given, ...engineNames(given), ...prepared, namespace },
        } as const;
        const plan = await planOperation(env, planned, await compareChoices(given));
        return { report: plan.report, save: (key) => savePlan(env, plan, key) };
      },
      async upgrade(name, chart, given = {}) {
        const prepared = await prepare(chart, given, given.conditionsFromStoredValues === true);
        const { env, planOperation, savePlan } = await begin(given);
        const planned = {
          operation: "upgrade",
          options: { ...given, ...engineNames(given), ...prepared, name },
        } as const;
        const plan = await planOperation(env, planned, await compareChoices(given));
        return { report: plan.report, save: (key) => savePlan(env, plan, key) };
      },
      async rollback(name, revision, given = {}) {
        const { env, planOperation, savePlan } = await begin(given);
        const planned = {
          operation: "rollback",
          options: { ...given, ...engineNames(given), name, revision },
        } as const;
        const plan = await planOperation(env, planned, await compareChoices(given));
        return { report: plan.report, save: (key) => savePlan(env, plan, key) };
      },
      async delete(name, given = {}) {
        const { env, planOperation, savePlan } = await begin(given);
        const planned = { operation: "delete", options: { ...given, ...engineNames(given), name } } as const;
        const plan = await planOperation(env, planned, await compareChoices(given));
        return { report: plan.report, save: (key) => savePlan(env, plan, key) };
      },
    },
    ...skegLooks(begin),
    rights: skegRights({ begin, prepare, namespace: options.namespace }),
    async apply(plan, given = {}) {
      const { applyPlan, env } = await begin(given);
      return await applyPlan(env, plan, given);
    },
    async wait(name, given = {}) {
      const { waitForRelease, env } = await begin(given);
      const waiting = { ...env.waiting, waitStrict: given.waitStrict ?? true };
      return await waitForRelease({ ...env, waiting }, { ...given, name });
    },
    async test(name, given = {}) {
      const { runTests, env } = await begin(given);
      return await runTests(env, { ...given, name });
    },
    async locate(chart, given = {}) {
      const caller = callerOf(options.home, given, reportTo(given));
      return await unlessAborted(given.signal, () => pathOf(chart, given, caller));
    },
    async template(chart, given = {}) {
      const { chart: prepared, config } = await prepare(chart, given);
      const report = reportTo(given);
      const { release = {}, renderSubchartNotes: subNotes } = given;
      const { clock = systemClock } = options;
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
          time: release.time ?? { seconds: clock().seconds, nanos: 0 },
        },
        capabilities: factsOf(given.capabilities ?? {}),
        anyCluster: given.capabilities === undefined,
        subNotes,
        clock,
        random: options.random,
        log: (text) => report({ type: "log", text }),
        warn: (text) => report({ type: "warning", text }),
      });
    },
    async unittest(charts, given = {}) {
      const { runChartTests } = await import("./unittest.ts");
      return await runChartTests(typeof charts === "string" ? [charts] : charts, given, given.events);
    },
    async why(chart, given = {}) {
      const { chart: prepared, config } = await prepare(chart, given);
      const { explain } = await import("./why.ts");
      const release = { name: "release-name", namespace: options.namespace ?? "default", ...given.release };
      const { clock = systemClock, random } = options;
      const facts = given.capabilities === undefined ? {} : { capabilities: given.capabilities };
      return await explain(prepared, { config, release, ...facts, clock, random });
    },
    async whyRelease(name, given = {}) {
      const { env, ...operations } = await begin(given);
      const { explain, recordedChart } = await import("./why.ts");
      const { revision = 0, signal } = given;
      const recorded = await recordedChart(operations, env, { name, revision, signal });
      return await explain(recorded.chart, recorded.options);
    },
    async doctor(given = {}) {
      const { examine, env } = await begin(given);
      return await examine(env, given);
    },
    repair: skegRepairs(begin, options.home),
    migrate: skegMigrate(begin, options.home),
    async export(given = {}) {
      const { exportReleases, env } = await begin(given);
      return await exportReleases(env, given);
    },
    async import(archive, given = {}) {
      const { importReleases, env } = await begin(given);
      const { readArchiveFile } = await import("./backup_folder.ts");
      const bytes = typeof archive === "string" ? readArchiveFile(archive) : archive;
      return await importReleases(env, { ...given, archive: bytes });
    },
    async moveStorage(given) {
      const { moveStorage, env, cluster } = await begin(given);
      const { to, backup, ...rest } = given;
      const [{ backupFolder }, { recordDriver }] = await Promise.all([
        import("./backup_folder.ts"),
        import("./open_target.ts"),
      ]);
      const target = await recordDriver(cluster, {
        storage: to.storage ?? (typeof options.storage === "string" ? options.storage : "configmap"),
        tillerNamespace: to.namespace ?? options.tillerNamespace ?? "",
        sql: { connectionString: to.sqlConnectionString ?? "", createSchema: to.sqlCreateSchema },
        clock: options.clock,
        report: env.report,
        signal: env.signal,
      });
      try {
        return await moveStorage(env, {
          ...rest,
          target,
          backups: backupFolder({ folder: backup, home: options.home }),
        });
      } finally {
        await target.close?.();
      }
    },
    async close() {
      const open = opened;
      opened = undefined;
      const found = await open?.catch(() => undefined);
      // A driver that the caller passed stays the caller's to close.
      if (typeof (options.storage ?? "") === "string") await found?.environment.driver.close?.();
      await found?.cluster.close();
    },
  };
}

/** Returns the choices of a comparison or a plan; secrets are masked with a key that is made for this call. */
async function compareChoices(given: PlanChoices): Promise<PlanOptions> {
  const { createMasker } = await import("../engine/kube/explain/mod.ts");
  const { ignore, includeTests, noHooks, predict, showSecrets, withDocuments } = given;
  const masker = showSecrets === true ? undefined : createMasker(crypto.getRandomValues(new Uint8Array(32)));
  return { ignore, includeTests, noHooks, predict, withDocuments, masker };
}

/** Returns how an operation waits. */
function waitingOf(given: CallOptions & WaitingOptions): WaitingOptions {
  const { waitJobs, waitIgnore, waitRules, failFastSeconds, logLines } = given;
  return { waitJobs, waitIgnore, waitRules, failFastSeconds, logLines };
}

/** The operations, and what they act on. */
type Place = typeof import("../engine/release/mod.ts") & { readonly env: Environment };

/** Options of an operation whose chart is prepared. */
type Prepared<T> = T & { readonly chart: Chart; readonly config: string };

/** Installs a prepared chart; with `atomic`, a failed install is purged. */
async function installWith(
  place: Place,
  given: Prepared<SkegInstallOptions> & { readonly namespace: string; readonly nameIsFree?: boolean },
): Promise<Release> {
  const { env, install } = place;
  const { atomic = false } = given;
  const names = engineNames(given);
  try {
    return (await install(env, { ...given, ...names, wait: given.wait === true || atomic })).release;
  } catch (error) {
    if (atomic) {
      const { undoInstall } = await import("./atomic.ts");
      const { disableHooks } = names;
      const kept = await undoInstall(env, place, error, { disableHooks, timeoutSeconds: given.timeoutSeconds });
      if (kept !== undefined) env.report({ type: "note", text: "the failed release was purged" });
    }
    throw error;
  }
}

/** Upgrades to a prepared chart; with `atomic`, a failed upgrade is rolled back. */
async function upgradeWith(place: Place, given: Prepared<SkegUpgradeOptions> & { name: string }): Promise<Release> {
  const { env, upgrade } = place;
  const { atomic = false } = given;
  const common = { ...given, ...engineNames(given), wait: given.wait === true || atomic };
  try {
    return (await upgrade(env, common)).release;
  } catch (error) {
    if (atomic) {
      const { revisionBefore, undoUpgrade } = await import("./atomic.ts");
      const before = revisionBefore(place, error);
      if (before !== undefined) {
        await undoUpgrade(env, place, before, common);
        env.report({ type: "note", text: `rolled back to revision ${before.revision}` });
      }
    }
    throw error;
  }
}

/** True if there is a release of this name; rejects when the other kind of storage has one. */
async function exists({ env, history, checkNameIsFree }: Place, name: string): Promise<boolean> {
  try {
    // A missing release is not a failure here, so other places are not searched.
    return (await history({ ...env, lookElsewhere: false }, { name, max: 1 })).length > 0;
  } catch (error) {
    if (!(error instanceof SkegError) || error.missing !== name) throw error;
    await checkNameIsFree(env, name);
    return false;
  }
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

async function openTarget(options: SkegOptions): Promise<Target> {
  const { environmentOf, openTarget: openCluster } = await import("./open_target.ts");
  const { storage = "configmap" } = options;
  const own = typeof storage === "string" ? undefined : storage;
  const warn = (text: string): void => options.onEvent?.({ type: "warning", text });
  const opened = await openCluster({ ...options, warn });
  const { onRequest } = options;
  const cluster = onRequest === undefined
    ? opened
    : { ...opened, transport: (await import("./observed.ts")).observed(opened.transport, onRequest) };
  const environment = await environmentOf(cluster, {
    storage: typeof storage === "string" ? storage : "memory",
    tillerNamespace: options.tillerNamespace ?? "",
    sql: {
      connectionString: options.sqlConnectionString ?? processVariables("SKEG_SQL_CONNECTION_STRING") ?? "",
      createSchema: options.sqlCreateSchema,
      variables: processVariables,
    },
    historyMax: options.historyMax ?? 0,
    clock: options.clock,
    random: options.random,
    lease: options.lease ?? options.sandbox !== ":memory:",
    ignoreHelm3: options.ignoreHelm3,
    report: () => {}, // every operation says who is told
  });
  return { cluster, environment: own === undefined ? environment : { ...environment, driver: own } };
}

/**
 * Returns a script as the caller of functions that commands use too. Text that a command would print becomes
 * events.
 */
function callerOf(home: string | undefined, { signal }: CallOptions, report: Report): Caller {
  const warn = (text: string): void => {
    for (const line of text.split("\n")) if (line !== "") report({ type: "warning", text: line });
  };
  return {
    home: helmHome(home ?? defaultHome(processVariables), processVariables).folder,
    variables: processVariables,
    signal,
    tell: { say: warn, warn: (text) => warn(`WARNING: ${text}`), log: warn, note: warn },
    downloader: async (scheme) => {
      const [{ pluginDownloader }, { runProgram }] = await Promise.all([
        import("./plugins.ts"),
        import("../engine/chart/plugin/mod.ts"),
      ]);
      const rights = ["-R", "-W", "-N", "-E", "-S", "--allow-run"];
      return pluginDownloader(scheme, {
        home: home ?? defaultHome(processVariables),
        tillerHost: processVariables("HELM_HOST") ?? "",
        tillerNamespace: processVariables("TILLER_NAMESPACE") || RECORDS_NAMESPACE,
        debug: false,
        variables: processVariables,
        warn,
        run: runProgram,
        self: () => [Deno.execPath(), "run", "--no-prompt", ...rights, new URL("../main.ts", import.meta.url).href],
      });
    },
  };
}

/**
 * Returns the chart as it is rendered and stored (with `allSubcharts`: before subcharts are enabled or
 * disabled), and the user's values as text.
 */
async function prepareChart(
  chart: string | Chart,
  given: ChartOptions,
  caller: Caller,
  allSubcharts: boolean,
): Promise<{ chart: Chart; config: string }> {
  const config = await configOf(given, caller);
  const loaded = await openChart(typeof chart === "string" ? await pathOf(chart, given, caller) : chart, {
    log: caller.tell.log,
  });
  return { chart: allSubcharts ? loaded : enabledChart(loaded, config, caller.tell), config };
}

/** Returns the local path of a chart; other names are resolved and downloaded. */
async function pathOf(chart: string, given: ChartOptions, caller: Caller): Promise<string> {
  const { version = "", repo = "", access, keyring = "", verifyStrict = false } = given;
  const { locateChart } = await import("./find_chart.ts");
  const isVerified = keyring !== "";
  return await locateChart(chart, {
    version,
    devel: false,
    repo,
    access,
    verify: isVerified,
    verifyStrict: isVerified && verifyStrict,
    keyring,
  }, caller);
}

/** Merges all values into one YAML text. `values` given as text and alone is returned unchanged. */
async function configOf(given: ChartOptions, caller: Caller): Promise<string> {
  const { values, files = [], set = [], setString = [], setFile = [], access } = given;
  const alone = [files, set, setString, setFile].every(({ length }) => length === 0);
  if (typeof values === "string" && alone) return values;
  const first = values === undefined
    ? []
    : [{ name: "values", content: typeof values === "string" ? values : toYaml(values) }];
  return await readValues({ files: [...first, ...files], set, setString, setFile, access }, caller);
}
