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
import { refuseIfLeased } from "../lease.ts";
import { activeHookJob } from "./hook_jobs.ts";
import { rawRecords } from "./records.ts";
import { statusOf, type StoredRecord } from "./repair.ts";
import { runningTillers } from "./running_tillers.ts";

/** An operation that began this many seconds ago is assumed to have ended; callers can set another value. */
export const OLDER_THAN_SECONDS = 600;

/** Options of {@linkcode refuseIfBusy}. */
export interface AtWorkOptions {
  /** A pending operation recorded this many seconds ago is assumed to have ended; default 600. */
  readonly olderThanSeconds?: number | undefined;
  /** If true, the caller knows that no running Tiller is working on the release. */
  readonly tillerIdle?: boolean | undefined;
}

/**
 * Throws if another program may be working on the release. That takes a newest revision that is PENDING or DELETING, and one
 * of these:
 *
 * - it was written less than `olderThanSeconds` ago;
 * - another operation of skeg holds the release's lease;
 * - a Tiller runs that started before it was written, or Tiller's pods cannot be read; not with `tillerIdle`;
 * - a Job of one of its hooks is active.
 *
 * A Tiller that started later cannot be working on it.
 *
 * @param records Oldest first.
 * @throws SkegError of kind `conflict`.
 */
export async function refuseIfBusy(
  env: Environment,
  records: readonly StoredRecord[],
  options: AtWorkOptions = {},
): Promise<void> {
  refuseIfAtWork(records, env.clock(), options.olderThanSeconds);
  const newest = records.at(-1);
  const status = newest === undefined ? undefined : openStatus(newest);
  if (newest === undefined || status === undefined) return;
  if (newest.release !== undefined) await refuseIfLeased(env, newest.release.name);
  if (options.tillerIdle !== true) await refuseForTiller(env, newest, status);
  const job = newest.release === undefined ? undefined : await activeHookJob(env, newest.release);
  if (job === undefined) return;
  throw new SkegError(
    "conflict",
    `${newest.key} is ${status}, and the Job ${JSON.stringify(job)} of its hook is active`,
    {
      hint: `Wait until it has ended, or delete it with 'kubectl delete job ${job}'.`,
    },
  );
}

async function refuseForTiller(env: Environment, newest: StoredRecord, status: string): Promise<void> {
  const { namespace } = rawRecords(env);
  const tillers = await runningTillers(env, namespace);
  if (tillers === undefined) {
    throw new SkegError("conflict", `${newest.key} is ${status}, and the pods of Tiller cannot be listed`, {
      hint: "A running Tiller may be working on this release. If there is none, or it is idle, use --tiller-idle.",
    });
  }
  // A pod without a time has not started.
  const older = tillers.find(({ startedAt }) => startedAt !== undefined && startedAt <= writtenAt(newest));
  if (older === undefined) return;
  throw new SkegError(
    "conflict",
    `${newest.key} is ${status}, and a Tiller runs since before it was written (pod ${JSON.stringify(older.name)} in ` +
      `namespace ${JSON.stringify(older.namespace)}): it may be working on this release`,
    {
      hint: "Restart that Tiller: one that starts after the record was written cannot be working on it. " +
        "Or, if you know that it is idle, use --tiller-idle.",
    },
  );
}

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

/** Returns the status that means that an operation is in progress, from the label or the content, which may differ. */
export function openStatus(record: StoredRecord): string | undefined {
  const { release } = record;
  return [statusOf(record), release?.info.status.code].find((status) => /^(PENDING_.*|DELETING)$/.test(status ?? ""));
}

/** Returns the time of a record's last known write, in Unix seconds. */
export function writtenAt({ object, release }: StoredRecord): number {
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
