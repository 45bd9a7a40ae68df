/**
 * Converts a record of Helm 3 into a release of Helm 2, for the way back.
 *
 * @module
 */
import type {
  Chart,
  ChartFile,
  DeletePolicy,
  Hook,
  HookEvent,
  Release,
  StatusCode,
  TestRun,
  TestStatus,
} from "../../model/mod.ts";
import { DELETE_POLICIES, HOOK_EVENTS } from "../../model/mod.ts";
import { SCHEMA_FILE } from "../../chart/values/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { HELM3_STATUSES } from "./convert.ts";
import type { Helm3Chart, Helm3File, Helm3Hook, Helm3Release, Helm3Status } from "./record_types.ts";
import { timestampOf } from "./times.ts";

/** Helm 2's longest wait for the deletion of a hook. Source: Helm 2.17.0, `pkg/hooks`. */
const DELETE_TIMEOUT_SECONDS = 60;

const CODES = new Map(Object.entries(HELM3_STATUSES).map(([code, status]) => [status, code as StatusCode]));

const TEST_RESULTS: Readonly<Record<string, TestStatus>> = {
  Succeeded: "SUCCESS",
  Failed: "FAILURE",
  Running: "RUNNING",
};

/** Returns Helm 2's status for one of Helm 3. */
export function helm2Status(status: Helm3Status | undefined): StatusCode {
  return status === undefined ? "UNKNOWN" : CODES.get(status) ?? "UNKNOWN";
}

/**
 * Returns a release as Helm 2 records it. Its description says that Helm 3 made it, and its chart has no subcharts: Helm 3
 * does not store them. Only `--reuse-values` needs them.
 */
export function toHelm2(record: Helm3Release): Release {
  const { info, chart, config = {}, manifest = "" } = record;
  const hooks = record.hooks ?? [];
  const tests = hooks.flatMap(testRunOf);
  const lacks = (chart?.metadata?.dependencies ?? []).length > 0 ? ", which does not store subcharts" : "";
  const firstDeployed = timestampOf(info?.first_deployed);
  const lastDeployed = timestampOf(info?.last_deployed);
  const deleted = timestampOf(info?.deleted);
  return {
    name: record.name ?? "",
    namespace: record.namespace ?? "",
    revision: record.version ?? 0,
    info: {
      status: {
        code: helm2Status(info?.status),
        resources: "",
        notes: info?.notes ?? "",
        ...tests.length === 0 ? {} : { lastTestSuiteRun: suiteOf(tests) },
      },
      ...firstDeployed === undefined ? {} : { firstDeployed },
      ...lastDeployed === undefined ? {} : { lastDeployed },
      ...deleted === undefined ? {} : { deleted },
      description: `${info?.description ?? ""} (made by Helm 3${lacks})`.trimStart(),
    },
    ...chart === undefined ? {} : { chart: chartToHelm2(chart) },
    config: { raw: encodeYaml(config) },
    manifest: manifest === "" || manifest.startsWith("\n") ? manifest : `\n${manifest}`,
    hooks: hooks.map(hookToHelm2),
  };
}

function chartToHelm2({ metadata, templates, files, values, schema }: Helm3Chart): Chart {
  const { name = "", type: _type, dependencies: _dependencies, ...rest } = metadata ?? {};
  const { maintainers, ...fields } = rest;
  return {
    metadata: {
      name,
      ...withoutAbsent(fields),
      ...maintainers === undefined ? {} : { maintainers: maintainers.map(withoutAbsent) },
    },
    templates: (templates ?? []).map(fileToHelm2),
    dependencies: [],
    ...values === null ? {} : { values: { raw: encodeYaml(values) } },
    files: [
      ...(files ?? []).map(fileToHelm2),
      ...schema === null ? [] : [{ path: SCHEMA_FILE, data: Uint8Array.fromBase64(schema) }],
    ],
  };
}

/** Returns an object without its absent fields, which the types of Helm 2's charts do not allow. */
function withoutAbsent<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function fileToHelm2({ name, data }: Helm3File): ChartFile {
  return { path: name, data: Uint8Array.fromBase64(data ?? "") };
}

function hookToHelm2(hook: Helm3Hook): Hook {
  const policies = (hook.delete_policies ?? []).filter((policy): policy is DeletePolicy =>
    (DELETE_POLICIES as readonly string[]).includes(policy)
  );
  const { phase, completed_at } = hook.last_run ?? {};
  const lastRun = phase === "Succeeded" ? timestampOf(completed_at) : undefined;
  return {
    name: hook.name ?? "",
    kind: hook.kind ?? "",
    path: hook.path ?? "",
    manifest: hook.manifest ?? "",
    events: (hook.events ?? []).map(eventToHelm2),
    ...lastRun === undefined ? {} : { lastRun },
    weight: hook.weight ?? 0,
    deletePolicies: policies,
    deleteTimeoutSeconds: policies.length === 0 ? 0 : DELETE_TIMEOUT_SECONDS,
  };
}

function eventToHelm2(event: string): HookEvent {
  if (event === "test") return "test-success";
  return (HOOK_EVENTS as readonly string[]).includes(event) ? event as HookEvent : "unknown";
}

/** Returns the last run of a test; none for other hooks, and for tests that were not run. */
function testRunOf({ name = "", events = [], last_run: run }: Helm3Hook): TestRun[] {
  if (!events.some((event) => /^test/.test(event)) || (run?.phase ?? "") === "") return [];
  const startedAt = timestampOf(run.started_at);
  const completedAt = timestampOf(run.completed_at);
  return [{
    name,
    status: TEST_RESULTS[run.phase] ?? "UNKNOWN",
    info: "",
    ...startedAt === undefined ? {} : { startedAt },
    ...completedAt === undefined ? {} : { completedAt },
  }];
}

function suiteOf(results: readonly TestRun[]) {
  const begun = results.map(({ startedAt }) => startedAt).filter((time) => time !== undefined)
    .sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos)[0];
  const ended = results.map(({ completedAt }) => completedAt).filter((time) => time !== undefined)
    .sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos).at(-1);
  return {
    ...begun === undefined ? {} : { startedAt: begun },
    ...ended === undefined ? {} : { completedAt: ended },
    results,
  };
}
