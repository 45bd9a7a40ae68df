/**
 * Deletes a release's objects, and keeps or removes its records.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_uninstall.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, Timestamp } from "../model/mod.ts";
import { KubeManifest } from "../kube/mod.ts";
import { releaseHistory } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import { type Deletion, prepareDeletion } from "./deletion.ts";
import type { Environment } from "./environment.ts";
import { releaseOf } from "./install.ts";
import { isUnfinished, joinUnion, mayOwn } from "./manifest_union.ts";
import { checkExistingName } from "./names.ts";
import { perform } from "./perform.ts";
import { recoveryHint } from "./recovery.ts";
import { findable } from "./removed.ts";
import { deployedElsewhere } from "./same_name.ts";
import type { OperationSteps, Step } from "./steps.ts";
import { changedSomething, isInForce, sinceLastRun, statusBeforeDeletion, statusMark } from "./was_deployed.ts";

/** Options of {@linkcode uninstall}. */
export interface UninstallOptions {
  /** The release. */
  readonly name: string;
  /** If true, runs no hooks. */
  readonly disableHooks?: boolean | undefined;
  /** If true, removes all records. */
  readonly purge?: boolean | undefined;
  /** Time limit of each hook; 0 means no limit. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** Replaces `Deletion complete`. */
  readonly description?: string | undefined;
}

/** Result of {@linkcode uninstall}. */
export interface UninstallResult {
  /** The release as recorded, or as last recorded before a purge. */
  readonly release: Release;
  /** The objects that a resource policy kept, in Tiller's words; empty when there are none. */
  readonly kept: string;
}

/** Facts from outside for {@linkcode prepareUninstall}. */
export interface UninstallFacts {
  /** All revisions, oldest first. */
  readonly history: readonly Release[];
  /** Manifests by revision, mapped to API versions that the server has; default: unmapped. */
  readonly findable?: ReadonlyMap<number, KubeManifest> | undefined;
  /** DEPLOYED revisions of the same name in other places: their objects stay. */
  readonly rivals?: readonly Release[] | undefined;
  /** The current time. */
  readonly now: Timestamp;
}

/**
 * Deletes a release. Objects are deleted in the background, without waiting for them.
 *
 * @throws SkegError when nothing was changed; {@linkcode ReleaseError} when something could not be deleted:
 * then the release is DELETING and its records stay. If only a hook failed, it is DELETED.
 */
export async function uninstall(env: Environment, options: UninstallOptions): Promise<UninstallResult> {
  const outcome = await perform(env, await decideUninstall(env, options));
  return { release: releaseOf(outcome.old), kept: outcome.kept };
}

/** Reads what a deletion needs and decides its steps. */
export async function decideUninstall(env: Environment, options: UninstallOptions): Promise<OperationSteps> {
  checkExistingName(options.name);
  const history = await releaseHistory(env.driver, options.name, recordOptions(env));
  const rivals = await deployedElsewhere(env, history);
  const found = await findableManifests(env, history);
  return prepareUninstall(options, { history, findable: found, rivals, now: env.clock() });
}

/** Returns the manifests whose objects are deleted, mapped to API versions at which this server has them. */
async function findableManifests(env: Environment, history: readonly Release[]): Promise<Map<number, KubeManifest>> {
  const last = history.at(-1);
  const found = new Map<number, KubeManifest>();
  if (last === undefined || last.info.status.code === "DELETED") return found;
  for (const release of [last, ...claimedBefore(history)]) {
    const manifest = new KubeManifest(release.manifest, found.get(last.revision)?.byText());
    found.set(release.revision, await findable(env, release.namespace, manifest, release !== last));
  }
  return found;
}

/**
 * Returns the revisions before the newest one whose objects belong to the release, newest first: those that
 * are DEPLOYED, and those that failed since. After a failed rollback nothing is DEPLOYED: then the revision
 * that ran last, and all since.
 */
export function claimedBefore(history: readonly Release[]): Release[] {
  const deployed = history.findLastIndex(({ info }) => info.status.code === "DEPLOYED");
  if (deployed < 0 && hasFailed(history.at(-1))) return sinceLastRun(history.slice(0, -1)).toReversed();
  const last = history.at(-1);
  // Where nothing is DEPLOYED, or the newest one is, a SUPERSEDED revision has had its day.
  const isCandidate = deployed >= 0 && last !== undefined && !isInForce(last) ? mayOwn : isUnfinished;
  const failed = history.slice(deployed + 1, -1).filter(isCandidate);
  return [...failed.toReversed(), ...deployedBefore(history).toReversed()];
}

function hasFailed(last: Release | undefined): boolean {
  const code = last === undefined ? "" : statusBeforeDeletion(last);
  return code === "FAILED" || code.startsWith("PENDING_");
}

/** Returns the DEPLOYED revisions except the newest revision. */
function deployedBefore(history: readonly Release[]): Release[] {
  return history.slice(0, -1).filter((release) => release.info.status.code === "DEPLOYED");
}

/**
 * Decides the steps of deleting a release.
 *
 * @throws SkegError of kind `release` when the release is deleted already.
 */
export function prepareUninstall(options: UninstallOptions, facts: UninstallFacts): OperationSteps {
  const { history } = facts;
  const last = history.at(-1);
  if (last === undefined) throw new SkegError("usage", "no release provided");
  const releases = { old: last };
  if (last.info.status.code === "DELETED") {
    if (options.purge === true) return { releases, checks: [], steps: [{ do: "purge", releases: history }] };
    throw new SkegError("release", `the release named ${JSON.stringify(options.name)} is already deleted`, {
      hint: recoveryHint(last),
    });
  }
  const deployed = deployedBefore(history);
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const hooks = (event: "pre-delete" | "post-delete", collect: boolean): Step[] =>
    options.disableHooks === true ? [] : [{ do: "hooks", slot: "old", event, timeoutSeconds, collect }];
  // A deletion that is interrupted and run again must know which objects the release owned.
  const underway = `Deletion in progress (or silently failed)${statusMark(last)}`;
  const gone = { slot: "old", status: "DELETED", description: options.description || "Deletion complete" } as const;
  const reckon = { do: "reckon", prefix: "deletion completed with ", suffix: "" } as const;
  const { known, ...deletion } = deletionOf([last, ...claimedBefore(history)].filter(changedSomething), facts.findable);
  const steps: Step[] = [
    ...hooks("pre-delete", false),
    {
      do: "status",
      change: { slot: "old", status: "DELETING", deleted: facts.now, description: underway },
      write: "must",
    },
    { do: "alone" },
    { do: "delete", slot: "old", ...deletion },
    ...hooks("post-delete", true),
  ];
  if (options.purge === true) {
    // Helm 2 removes the records anyway, and does not mention remaining objects.
    steps.push({ ...reckon, failure: { changes: [gone] } }, { do: "purge", releases: history });
  } else {
    steps.push(
      { do: "status", change: gone, write: "must" },
      { do: "supersede", releases: deployed, labelled: false },
      reckon,
    );
  }
  return { releases, checks: [], steps, rivals: facts.rivals, known };
}

/**
 * Returns the objects to delete: those of the newest revision, and those that earlier ones own, which Helm 2
 * leaves behind.
 */
function deletionOf(releases: readonly Release[], findable: UninstallFacts["findable"]): Deletion {
  const found = releases.map(({ revision, manifest }) => findable?.get(revision) ?? new KubeManifest(manifest));
  return prepareDeletion(joinUnion(releases[0]?.namespace ?? "", found));
}
