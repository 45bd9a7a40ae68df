/**
 * Releases as rows of a table.
 *
 * @module
 */
import { MASK, maskSecrets } from "../../engine/base/mod.ts";
import type { Timestamp } from "../../engine/model/mod.ts";
import type { OutlinedRevision, ReleaseOutlines } from "../../engine/release/mod.ts";
import type { UiCluster } from "./clusters.ts";
import type { ReleaseColumn, ReleaseRow } from "./types.ts";

/** The releases of one cluster. */
export interface ClusterRows extends ReleaseOutlines {
  readonly cluster: UiCluster;
}

/** The columns of a row, in order. */
export const RELEASE_COLUMNS: readonly ReleaseColumn[] = [
  "ctx",
  "namespace",
  "name",
  "revision",
  "status",
  "chart",
  "version",
  "appVersion",
  "updated",
  "description",
];

const PLAIN_DESCRIPTION = /^(?:Install complete|Upgrade complete|Rollback to \d+|Superseded by .*|Deletion complete)$/;

/** True for a description that says no more than the status: rows, which are many, leave it out. */
export function isPlainDescription(description: string): boolean {
  return PLAIN_DESCRIPTION.test(description);
}

/**
 * A value that the API server quotes in a refusal: a text, a Go value such as `core.EnvVar{Name:"A", Value:"b"}`, or a
 * word. An empty text holds nothing to hide, and is often the very fault.
 */
const QUOTED_VALUE =
  /(\b(?:Invalid|Unsupported|Duplicate|Forbidden) value: *)(?!""(?:[:,\s]|$))("(?:[^"\\]|\\.)*"|[^\s:{]*\{.*?\}(?=: |$)|[^\s:]+)/gi;

/** Masks a description without its release's secrets at hand: credentials by their form, and every value that a server quotes. */
export function maskedDescription(description: string): string {
  return maskSecrets(description).replace(QUOTED_VALUE, `$1${MASK}`);
}

/** Returns the cells of a row. A record that cannot be read has what its key and labels say. */
export function rowOf({ index }: UiCluster, { head, release }: OutlinedRevision): ReleaseRow {
  const { name, revision } = head;
  if (release === undefined) {
    const status = head.status || "UNKNOWN";
    return [index, "", name, revision, status, "", "", "", null, "the record cannot be read"];
  }
  const { info, chart, namespace } = release;
  const { metadata } = chart ?? {};
  const description = info.description ?? "";
  return [
    index,
    namespace,
    name,
    revision,
    info.status.code,
    metadata?.name ?? "",
    metadata?.version ?? "",
    metadata?.appVersion ?? "",
    secondsOf(info.lastDeployed),
    isPlainDescription(description) ? "" : maskedDescription(description),
  ];
}

/** True for a revision that is shown without `all`: of every status but DELETED. */
export function isListed({ head, release }: OutlinedRevision): boolean {
  return (release?.info.status.code ?? head.status) !== "DELETED";
}

/** Returns Unix seconds; `null` when the time is not known. */
export function secondsOf(time: Timestamp | undefined): number | null {
  return time === undefined || time.seconds <= 0 ? null : time.seconds;
}
