/**
 * `slim`: takes the chart's files out of old revisions.
 *
 * A rollback uses the stored manifest and hooks, and never renders the stored chart again. Values and metadata of the chart
 * stay.
 *
 * @module
 */
import type { Chart, Release } from "../../model/mod.ts";
import { encodeRelease } from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";
import { isDeployed } from "./mark.ts";
import { ranLast } from "./ran_last.ts";
import { nothingToDo, type PreparedRepair, type ReleaseRecords, type Repair, type StoredRecord } from "./repair.ts";

/** Options of `slim`: none. */
export type SlimOptions = object;

/** The repair. */
export const slim: Repair<SlimOptions> = { name: "slim", prepare };

function prepare(_: Environment, { name, records }: ReleaseRecords): Promise<PreparedRepair> {
  // One of them may be DEPLOYED again.
  const needed = ranLast(records);
  const slimmed = records.slice(0, -1).flatMap((record) => {
    const { release } = record;
    if (release?.chart === undefined || !isSpent(record) || needed.has(record) || fileCount(release.chart) === 0) {
      return [];
    }
    return [{ record, release, chart: release.chart, after: { ...release, chart: withoutFiles(release.chart) } }];
  });
  if (slimmed.length === 0) {
    return Promise.resolve(nothingToDo(name, "no SUPERSEDED or FAILED revision before the newest holds chart files"));
  }
  return Promise.resolve({
    changes: slimmed.map(({ record, release, chart, after }) => ({
      record: record.key,
      subject: `chart ${JSON.stringify(chart.metadata.name)}`,
      before: `${fileCount(chart)} files`,
      after: "0 files",
      details: [`${kilobytes(release)} -> ${kilobytes(after)} before compression`],
    })),
    notes: [],
    writes: slimmed.map(({ record, after }) => ({ record, release: after })),
  });
}

function isSpent(record: StoredRecord): boolean {
  const code = record.release?.info.status.code;
  return (code === "SUPERSEDED" || code === "FAILED") && !isDeployed(record);
}

function fileCount({ templates, files, dependencies }: Chart): number {
  return templates.length + files.length + dependencies.reduce((sum, chart) => sum + fileCount(chart), 0);
}

function withoutFiles(chart: Chart): Chart {
  const { metadata, values, dependencies, unknown } = chart;
  return {
    metadata,
    templates: [],
    files: [],
    dependencies: dependencies.map(withoutFiles),
    ...values === undefined ? {} : { values },
    ...unknown === undefined ? {} : { unknown },
  };
}

function kilobytes(release: Release): string {
  return `${Math.ceil(encodeRelease(release).length / 1024)} kB`;
}
