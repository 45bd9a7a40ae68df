/**
 * Goes back to an earlier revision, as a new one.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_rollback.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, Timestamp } from "../../model/mod.ts";
import { deployedReleases, lastRelease, releaseKey } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { failed, releaseOf, type ReleaseResult } from "./install.ts";
import { joinUnion } from "./manifest_union.ts";
import { checkReleaseName } from "./names.ts";
import { perform } from "./perform.ts";
import { withHint } from "./recovery.ts";
import { settledRecord } from "./rival.ts";
import type { Plan, Step } from "./steps.ts";

/** What to roll back, to what, and how. */
export interface RollbackOptions {
  /** The release. */
  readonly name: string;
  /** Revision to go back to; 0 or absent: one less than the newest. */
  readonly revision?: number | undefined;
  /** Change nothing. */
  readonly dryRun?: boolean | undefined;
  /** Run no hooks. */
  readonly disableHooks?: boolean | undefined;
  /** Delete the pods of every updated object. */
  readonly recreatePods?: boolean | undefined;
  /** For each hook, and for the wait; 0 waits for ever. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** Wait until everything is ready. */
  readonly wait?: boolean | undefined;
  /** Delete and create what cannot be patched. */
  readonly force?: boolean | undefined;
  /** Replaces `Rollback to N`. */
  readonly description?: string | undefined;
  /** On failure, delete the objects that this rollback created. */
  readonly cleanupOnFail?: boolean | undefined;
}

/** What {@linkcode prepareRollback} knows of the outside. */
export interface RollbackFacts {
  /** The newest revision, whatever its status. */
  readonly current: Release;
  /** The revision to go back to. */
  readonly target: Release;
  /** All revisions that are DEPLOYED. */
  readonly deployed: readonly Release[];
  /** When this is. */
  readonly now: Timestamp;
}

/**
 * Rolls back. Nothing is rendered anew: chart, values, manifest, hooks and
 * notes are those of the earlier revision.
 *
 * @throws SkegError when nothing was done; {@linkcode ReleaseError} when it failed on the way.
 */
export async function rollback(env: Environment, options: RollbackOptions): Promise<ReleaseResult> {
  checkReleaseName(options.name);
  const wanted = options.revision ?? 0;
  if (wanted < 0) throw new SkegError("usage", "invalid release revision");
  const now = env.clock();
  const labelled = deployedOf(env, options.name);
  labelled.catch(() => {}); // awaited below
  const current = await newestOf(env, options.name);
  const key = releaseKey(options.name, wanted === 0 ? current.revision - 1 : wanted);
  const target = await targetOf(env, key, current);
  const outcome = await perform(env, prepareRollback(options, { current, target, deployed: await labelled, now }));
  return { release: releaseOf(outcome.new) };
}

/** Decides what a rollback does. */
export function prepareRollback(options: RollbackOptions, facts: RollbackFacts): Plan {
  const { current, target } = facts;
  const release: Release = {
    name: options.name,
    namespace: current.namespace,
    revision: current.revision + 1,
    chart: target.chart,
    config: target.config,
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: facts.now,
      status: { code: "PENDING_ROLLBACK", resources: "", notes: target.info.status.notes },
      description: options.description || `Rollback to ${target.revision}`,
    },
    manifest: target.manifest,
    hooks: target.hooks,
  };
  if (options.dryRun === true) return { releases: { new: release, old: current }, checks: [], steps: [] };
  const blame = `Rollback ${JSON.stringify(options.name)} failed`;
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const hooks = (event: "pre-rollback" | "post-rollback"): Step[] =>
    options.disableHooks === true
      ? []
      : [{ do: "hooks", slot: "new", event, timeoutSeconds, failure: failed(`${blame} ${event}: `) }];
  const steps: Step[] = [
    { do: "record", slot: "new" },
    { do: "confirm", last: current, takeOver: true },
    ...hooks("pre-rollback"),
    {
      do: "update",
      slot: "new",
      // What a failed upgrade dropped from its manifest is still there, and still this release's.
      original: joinUnion(current.namespace, [current, ...facts.deployed.toReversed()]),
      wait: options.wait ?? false,
      timeoutSeconds,
      force: options.force ?? false,
      recreatePods: options.recreatePods ?? false,
      cleanupOnFail: options.cleanupOnFail ?? false,
      failure: {
        changes: [{ slot: "old", status: "SUPERSEDED" }, { slot: "new", status: "FAILED", blame: `${blame}: ` }],
      },
    },
    ...hooks("post-rollback"),
    { do: "status", change: { slot: "old", status: "SUPERSEDED" }, write: "try" },
    { do: "supersede", releases: [], labelled: true },
    {
      do: "status",
      change: { slot: "new", status: "DEPLOYED" },
      write: "must",
      failure: { changes: [], prefix: `release ${options.name} is rolled back, but its record could not be updated: ` },
    },
  ];
  return { releases: { new: release, old: current }, checks: [{ do: "measure", slot: "new" }], steps };
}

/** The newest revision; one that is being deleted is given a moment. */
async function newestOf(env: Environment, name: string): Promise<Release> {
  const last = await lastRelease(env.driver, name, recordOptions(env));
  if (last.info.status.code !== "DELETING") return last;
  return await settledRecord(env, last) ?? last;
}

async function targetOf(env: Environment, key: string, current: Release): Promise<Release> {
  try {
    return await env.driver.get(key, recordOptions(env));
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "not-found") throw error;
    throw withHint(error, `Name a revision, such as 'skeg rollback ${current.name} ${current.revision}'.`);
  }
}

async function deployedOf(env: Environment, name: string): Promise<Release[]> {
  try {
    return await deployedReleases(env.driver, name, recordOptions(env));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return [];
    throw error;
  }
}
