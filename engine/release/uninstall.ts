/**
 * Deletes a release's objects, and keeps or removes its records.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_uninstall.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, Timestamp } from "../../model/mod.ts";
import { fetchRecords, recordHeads, releaseHistory } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import { type Deletion, prepareDeletion } from "./delete_documents.ts";
import type { Environment } from "./environment.ts";
import { releaseOf } from "./install.ts";
import { joinUnion, objectOf } from "./manifest_union.ts";
import { checkReleaseName } from "./names.ts";
import { perform } from "./perform.ts";
import { recoveryHint } from "./recovery.ts";
import { deployedElsewhere } from "./same_name.ts";
import type { Plan, Step } from "./steps.ts";

/** What to delete, and how. */
export interface UninstallOptions {
  /** The release. */
  readonly name: string;
  /** Run no hooks. */
  readonly disableHooks?: boolean | undefined;
  /** Remove all records. */
  readonly purge?: boolean | undefined;
  /** For each hook; 0 waits for ever. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** Replaces `Deletion complete`. */
  readonly description?: string | undefined;
}

/** What {@linkcode uninstall} resolves with. */
export interface UninstallResult {
  /** The release as it is, or was last, recorded. */
  readonly release: Release;
  /** What a resource policy kept, in Tiller's words; empty when nothing was. */
  readonly kept: string;
}

/** What {@linkcode prepareUninstall} knows of the outside. */
export interface UninstallFacts {
  /** All revisions, oldest first. */
  readonly history: readonly Release[];
  /** DEPLOYED revisions of other releases, whose objects stay; read when the release may have claimed what is theirs. */
  readonly others: readonly Release[];
  /** When this is. */
  readonly now: Timestamp;
}

/**
 * Deletes a release. Objects are deleted in the background and not waited for.
 *
 * @throws SkegError when nothing was done; {@linkcode ReleaseError} when something could not be deleted: the release is
 * DELETED then all the same, and its records stay.
 */
export async function uninstall(env: Environment, options: UninstallOptions): Promise<UninstallResult> {
  checkReleaseName(options.name);
  const history = await releaseHistory(env.driver, options.name, recordOptions(env));
  const others = history.at(-1)?.info.status.code === "FAILED" ? await deployedOfOthers(env, options.name) : [];
  const rivals = await deployedElsewhere(env, history);
  const plan = prepareUninstall(options, { history, others: [...others, ...rivals], now: env.clock() });
  const outcome = await perform(env, plan);
  return { release: releaseOf(outcome.old), kept: outcome.kept };
}

/** DEPLOYED revisions of all other releases. */
async function deployedOfOthers(env: Environment, name: string): Promise<readonly Release[]> {
  const heads = await recordHeads(env.driver, {}, recordOptions(env));
  const keys = heads.filter((head) => head.name !== name && (head.status === "DEPLOYED" || !head.certain))
    .map(({ key }) => key);
  const releases = await fetchRecords(env.driver, keys, recordOptions(env));
  return releases.filter((release) => release.info.status.code === "DEPLOYED");
}

/**
 * Decides what deleting a release does.
 *
 * @throws SkegError of kind `release` when the release is deleted already.
 */
export function prepareUninstall(options: UninstallOptions, facts: UninstallFacts): Plan {
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
  const deployed = history.filter((release) => release.info.status.code === "DEPLOYED" && release !== last);
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const hooks = (event: "pre-delete" | "post-delete", collect: boolean): Step[] =>
    options.disableHooks === true ? [] : [{ do: "hooks", slot: "old", event, timeoutSeconds, collect }];
  const underway = "Deletion in progress (or silently failed)";
  const gone = { slot: "old", status: "DELETED", description: options.description || "Deletion complete" } as const;
  const reckon = { do: "reckon", prefix: "deletion completed with ", suffix: "" } as const;
  const steps: Step[] = [
    ...hooks("pre-delete", false),
    {
      do: "status",
      change: { slot: "old", status: "DELETING", deleted: facts.now, description: underway },
      write: "must",
    },
    { do: "alone" },
    { do: "delete", slot: "old", ...deletionOf(last, deployed, facts.others) },
    ...hooks("post-delete", true),
  ];
  if (options.purge === true) {
    // Helm 2 removes the records all the same, and says nothing of what is left.
    steps.push({ ...reckon, failure: { changes: [gone] } }, { do: "purge", releases: history });
  } else {
    steps.push(
      { do: "status", change: gone, write: "must" },
      { do: "supersede", releases: deployed, labelled: false },
      reckon,
    );
  }
  return { releases, checks: [], steps };
}

/**
 * What is to go: the objects of the newest revision, and those of DEPLOYED
 * revisions, which Helm 2 leaves behind. What a FAILED revision names may be
 * somebody else's: that stays.
 */
function deletionOf(last: Release, deployed: readonly Release[], others: readonly Release[]): Deletion {
  const deletion = prepareDeletion(joinUnion(last.namespace, [last, ...deployed.toReversed()]));
  const foreign = new Set(
    others.flatMap((release) => objectsOf(release)),
  );
  if (foreign.size === 0) return deletion;
  const own = new Set(
    deployed.flatMap((release) => objectsOf(release)),
  );
  return {
    ...deletion,
    manifests: deletion.manifests.filter((document) => {
      const object = objectOf(last.namespace, document);
      return own.has(object) || !foreign.has(object);
    }),
  };
}

function objectsOf(release: Release): string[] {
  const { manifests, keep } = prepareDeletion(release.manifest);
  return [...manifests, ...keep].map((document) => objectOf(release.namespace, document));
}
