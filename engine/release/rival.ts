/**
 * Handles two operations on one release at the same time: exactly one continues.
 *
 * There is no lock. A new revision's record can be created only once, and only a client that holds a record's
 * last version can rewrite it. The remaining case is an operation that creates a revision while another
 * deletes the release: each first records its intention, then reads the other's record. The deletion stops if
 * there is a newer revision; the other operation waits until it is clear if the deletion continues.
 *
 * Helm 2 has no such check: the last write wins.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, Timestamp } from "../model/mod.ts";
import { releaseKey, type StoredRelease } from "../../storage/mod.ts";
import { KubeManifest } from "../kube/mod.ts";
import { recordOptions } from "./_calls.ts";
import { deleteDocuments } from "./delete_documents.ts";
import { prepareDeletion } from "./deletion.ts";
import type { Environment } from "./environment.ts";
import { ownershipOf } from "./ownership.ts";
import { findable } from "./removed.ts";

/** Longest wait for an operation that seems to be running. */
const PATIENCE_SECONDS = 10;
/** An operation that began longer ago counts as interrupted. */
const RECENT_SECONDS = 600;

/** True if an operation that creates or deletes the revision may still be running. */
export function isUnderway({ info }: Release, now: Timestamp): boolean {
  const { code } = info.status;
  if (code === "DELETING") return now.seconds - (info.deleted?.seconds ?? 0) < RECENT_SECONDS;
  return code.startsWith("PENDING_") && now.seconds - (info.lastDeployed?.seconds ?? 0) < RECENT_SECONDS;
}

/**
 * Reads a record again, and waits a limited time while `unsettled` returns true for it. Returns the record;
 * `undefined` when it was removed.
 */
export async function settledRecord(
  env: Environment,
  release: Release,
  unsettled: (release: Release) => boolean = ({ info }) => info.status.code === "DELETING",
): Promise<StoredRelease | undefined> {
  const end = Date.now() + (env.patienceSeconds ?? PATIENCE_SECONDS) * 1000;
  for (let pauseMs = 50;; pauseMs = Math.min(500, pauseMs * 2)) {
    const now = await readAgain(env, release);
    if (now === undefined || !unsettled(now) || Date.now() + pauseMs > end) return now;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (env.signal?.aborted) return now;
  }
}

async function readAgain(env: Environment, release: Release): Promise<StoredRelease | undefined> {
  try {
    return await env.driver.get(releaseKey(release.name, release.revision), recordOptions(env));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return undefined;
    throw error;
  }
}

/**
 * Throws when the newest revision is being deleted, or was deleted since it was read; otherwise returns its
 * current record. With `takeOver`, a revision that was DELETING before and still is counts as left behind by
 * an interrupted deletion.
 */
export async function checkNotDeleted(env: Environment, last: Release, takeOver: boolean): Promise<StoredRelease> {
  const isLeftBehind = takeOver && last.info.status.code === "DELETING";
  const now = isLeftBehind ? await readAgain(env, last) : await settledRecord(env, last);
  const code = now?.info.status.code;
  if (isLeftBehind && now !== undefined) return now;
  if (now !== undefined && code !== "DELETING" && (code !== "DELETED" || last.info.status.code === "DELETED")) {
    return now;
  }
  if (code === "DELETING") throw deletionUnderway(last);
  throw new SkegError("conflict", `release ${JSON.stringify(last.name)} was deleted by another client`, {
    hint: "Check the release's history, then decide whether to install it again.",
  });
}

function deletionUnderway({ name, revision }: Release): SkegError {
  return new SkegError("conflict", `another operation (delete) on release ${JSON.stringify(name)} is in progress`, {
    hint: `If none is, it was interrupted: finish it with 'skeg delete ${name}', or go back with ` +
      `'skeg rollback ${name} ${revision}'.`,
  });
}

/** Throws when a revision newer than `last` was created. */
export async function checkNewest(env: Environment, last: Release): Promise<void> {
  const history = await historyOrNone(env, last.name);
  const newer = history.filter(({ revision }) => revision > last.revision).at(-1);
  if (newer === undefined) return;
  throw new SkegError(
    "conflict",
    `another operation on release ${JSON.stringify(last.name)} has begun: revision ${newer.revision} is ` +
      newer.info.status.code,
    { hint: "Wait until it is done, then run the command again." },
  );
}

/**
 * Called when a revision's record was deleted, or marked deleted, while its operation was still running:
 * deletes the objects that the operation created since. Returns true if there was a deletion to finish.
 */
export async function finishDeletion(env: Environment, release: Release): Promise<boolean> {
  const history = await historyOrNone(env, release.name);
  const newest = history.at(-1);
  const code = newest?.info.status.code;
  const isDeleted = code === "DELETED" || code === "DELETING";
  if (newest !== undefined && !(newest.revision === release.revision && isDeleted)) return false;
  const calm = { ...env, signal: undefined };
  const manifest = new KubeManifest(release.manifest);
  const deletion = prepareDeletion(await findable(calm, release.namespace, manifest, true));
  // A purge may have removed the record, and then no record says that these objects are the release's.
  const ownership = ownershipOf(calm, release.name, {
    before: release,
    countsRemoved: true,
    known: deletion.known,
  });
  const { problems } = await deleteDocuments(calm, release, deletion, ownership);
  for (const text of problems) env.report({ type: "warning", text });
  return true;
}

async function historyOrNone(env: Environment, name: string): Promise<Release[]> {
  try {
    return (await env.driver.query({ name }, recordOptions(env))).toSorted((a, b) => a.revision - b.revision);
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}
