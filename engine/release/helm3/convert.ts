/**
 * Converts a release of Helm 2 into the record of Helm 3. Pure: equal input gives equal output.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, Release, StatusCode } from "../../model/mod.ts";
import { chartToHelm3, type Slimming, valuesOf } from "./chart.ts";
import { hooksToHelm3 } from "./hooks.ts";
import type { Helm3Release, Helm3Status } from "./record_types.ts";
import { goTime } from "./times.ts";

/** Statuses of Helm 3 by those of Helm 2. */
export const HELM3_STATUSES: Readonly<Record<StatusCode, Helm3Status>> = {
  UNKNOWN: "unknown",
  DEPLOYED: "deployed",
  DELETED: "uninstalled",
  SUPERSEDED: "superseded",
  FAILED: "failed",
  DELETING: "uninstalling",
  PENDING_INSTALL: "pending-install",
  PENDING_UPGRADE: "pending-upgrade",
  PENDING_ROLLBACK: "pending-rollback",
};

/** Options of {@linkcode toHelm3}. */
export interface ConversionOptions {
  /** The status to write; default: that of the release. */
  readonly status?: Helm3Status | undefined;
  /** Parts of the chart to leave out. */
  readonly slimming?: Slimming | undefined;
}

/** A record of Helm 3, and what it lacks. */
export interface ConvertedRelease {
  readonly record: Helm3Release;
  /** Parts that Helm 3's record cannot hold, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Returns a release as Helm 3 records it.
 *
 * @throws SkegError of kind `record` for a record without a chart, of kind `yaml` for values that are no YAML.
 */
export function toHelm3(release: Release, options: ConversionOptions = {}): ConvertedRelease {
  const { info, chart, config } = release;
  const { status } = info;
  if (chart === undefined) throw new SkegError("record", "the record has no chart, and Helm 3 reads none without");
  const notes: string[] = [];
  const tests = status.lastTestSuiteRun?.results ?? [];
  const record: Helm3Release = {
    name: release.name,
    info: {
      first_deployed: goTime(info.firstDeployed),
      last_deployed: goTime(info.lastDeployed),
      deleted: goTime(info.deleted),
      description: info.description,
      status: options.status ?? HELM3_STATUSES[status.code],
      notes: status.notes,
    },
    chart: chartToHelm3(chart, notes, options.slimming),
    config: config === undefined ? {} : valuesOf(config, "the values of the release", notes),
    manifest: release.manifest,
    hooks: hooksToHelm3(release.hooks, tests, notes),
    version: release.revision,
    namespace: release.namespace,
  };
  const unknown = unknownBytes(release);
  if (unknown > 0) notes.push(`fields that this version does not know (${unknown} bytes) stay in the archive only`);
  return { record, notes };
}

/** Returns the size of all fields that no version known to us has. */
function unknownBytes(release: Release): number {
  const suite = release.info.status.lastTestSuiteRun;
  const parts = [
    release,
    release.info,
    release.info.status,
    release.config,
    suite,
    ...suite?.results ?? [],
    ...release.hooks,
    ...release.chart === undefined ? [] : chartParts(release.chart),
  ];
  return parts.reduce((sum, part) => sum + (part?.unknown?.length ?? 0), 0);
}

function chartParts(chart: Chart): ({ readonly unknown?: Uint8Array } | undefined)[] {
  const { metadata } = chart;
  return [chart, metadata, chart.values, ...metadata.maintainers ?? [], ...chart.dependencies.flatMap(chartParts)];
}
