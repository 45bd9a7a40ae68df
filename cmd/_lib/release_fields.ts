/**
 * Releases as fields of documents: names instead of numbers, times as text, YAML as data.
 *
 * @module
 */
import { coalesceValues, parseValues } from "../../engine/chart/values/mod.ts";
import { splitDocuments } from "../../engine/chart/render/mod.ts";
import { decodeYaml } from "../../engine/lang/yaml/mod.ts";
import type { Hook, Release, TestSuite, Timestamp } from "../../engine/model/mod.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Returns the fields that identify a revision and say how it is. */
export function releaseFields({ name, namespace, revision, info, chart }: Release): Fields {
  return {
    name,
    namespace,
    revision,
    status: info.status.code,
    description: info.description,
    firstDeployed: timeField(info.firstDeployed),
    lastDeployed: timeField(info.lastDeployed),
    deleted: timeField(info.deleted),
    chart: chart === undefined ? null : {
      name: chart.metadata.name,
      version: chart.metadata.version ?? "",
      appVersion: chart.metadata.appVersion ?? "",
    },
  };
}

/** Returns everything of a revision but its chart's files. */
export function wholeRelease(release: Release, warn: (text: string) => void): Fields {
  const { chart, config, hooks, manifest, info } = release;
  return {
    ...releaseFields(release),
    values: plainValues(config?.raw ?? ""),
    computedValues: chart === undefined
      ? plainValues(config?.raw ?? "")
      : coalesceValues(chart, config?.raw, warn, "read"),
    hooks: hooks.map(hookFields),
    objects: objectsOf(manifest),
    notes: info.status.notes,
    tests: testFields(info.status.lastTestSuiteRun),
  };
}

const plainValues = (raw: string): unknown => parseValues(raw, "chartutil.Values") ?? {};

/** Returns a hook with its object as data. */
export function hookFields(hook: Hook): Fields {
  const { name, kind, path, events, weight, deletePolicies, lastRun, manifest } = hook;
  return { name, kind, path, events, weight, deletePolicies, lastRun: timeField(lastRun), object: decoded(manifest) };
}

/** Returns the objects of a manifest as data, in its order; documents of comments only are left out. */
export function objectsOf(manifest: string): unknown[] {
  return splitDocuments(manifest).map(decoded).filter((object) => object !== null && object !== undefined);
}

/** Returns a document as data, or its text when it cannot be decoded. */
function decoded(document: string): unknown {
  try {
    return decodeYaml(document);
  } catch {
    return document;
  }
}

/** Returns the results of a test run; `null` when there was none. */
export function testFields(suite: TestSuite | undefined): Fields | null {
  return suite === undefined ? null : {
    startedAt: timeField(suite.startedAt),
    completedAt: timeField(suite.completedAt),
    results: suite.results.map(({ name, status, info, startedAt, completedAt }) => ({
      name,
      status,
      info,
      startedAt: timeField(startedAt),
      completedAt: timeField(completedAt),
    })),
  };
}

/** Returns a time as in RFC 3339, in UTC; `null` when there is none. */
function timeField(time: Timestamp | undefined): string | null {
  const date = time === undefined ? undefined : new Date(time.seconds * 1000 + Math.floor(time.nanos / 1e6));
  return date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
