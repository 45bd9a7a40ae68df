/**
 * Checks if another program is working on a release right now.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Timestamp } from "../../model/mod.ts";
import { TIME_LABELS } from "../../../storage/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { statusOf, type StoredRecord } from "./repair.ts";

/** An operation that began this many seconds ago is assumed to have ended; callers can set another value. */
export const OLDER_THAN_SECONDS = 600;

/**
 * Throws if the newest revision says that an operation is in progress, and was written less than
 * `olderThanSeconds` ago.
 *
 * @param records Oldest first.
 * @throws SkegError of kind `conflict` that names the record, its status and its age.
 */
export function refuseIfAtWork(
  records: readonly StoredRecord[],
  now: Timestamp,
  olderThanSeconds = OLDER_THAN_SECONDS,
): void {
  const newest = records.at(-1);
  if (newest === undefined) return;
  const status = openStatus(newest);
  if (status === undefined) return;
  const ageSeconds = now.seconds - writtenAt(newest);
  if (ageSeconds >= olderThanSeconds) return;
  throw new SkegError(
    "conflict",
    `${newest.key} is ${status}, written ${ageText(ageSeconds)} ago: another program may be working on this release`,
    { hint: "Wait until it has ended. If no other program is running, use a shorter time with --older-than." },
  );
}

/** Returns the status that means an operation is in progress, from the label or the content, which may differ. */
function openStatus(record: StoredRecord): string | undefined {
  const { release } = record;
  return [statusOf(record), release?.info.status.code].find((status) => /^(PENDING_.*|DELETING)$/.test(status ?? ""));
}

/** Returns the time of a record's last known write, in Unix seconds. */
function writtenAt({ object, release }: StoredRecord): number {
  const labels = object.metadata?.labels ?? {};
  const created = Date.parse(String(object.metadata?.["creationTimestamp"] ?? "")) / 1000;
  const times = [
    ...TIME_LABELS.map((label) => Number(labels[label] ?? Number.NaN)),
    release?.info.lastDeployed?.seconds,
    release?.info.deleted?.seconds,
    created,
  ];
  return Math.max(0, ...times.filter((time): time is number => time !== undefined && Number.isFinite(time)));
}

function ageText(seconds: number): string {
  if (seconds < 0) return "0 seconds";
  const [value, unit] = seconds < 120 ? [seconds, "second"] : [Math.floor(seconds / 60), "minute"];
  return `${value} ${unit}${value === 1 ? "" : "s"}`;
}

/** Warns when a Tiller runs in the namespace of the records: it writes the same records. */
export async function warnOfTiller(env: Environment, namespace: string): Promise<void> {
  const tiller = await env.kube.findTiller(namespace, callOptions(env)).catch(() => undefined);
  if (tiller === undefined) return;
  env.report({
    type: "warning",
    text: `a Tiller runs in namespace ${JSON.stringify(namespace)} (Deployment ${JSON.stringify(tiller)}): ` +
      "do not change releases with it during a repair",
  });
}
