/**
 * Rolls back to an earlier revision, as a new revision.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_rollback.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Release, Timestamp } from "../model/mod.ts";
import { deployedReleases, releaseHistory, releaseKey } from "../../storage/mod.ts";
import { type ApplyMode, KubeManifest } from "../kube/mod.ts";
import { countOn } from "./count_on.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { failed, releaseOf, type ReleaseResult, waitOf } from "./install.ts";
import { joinUnion, keptBeside, mayOwn } from "./manifest_union.ts";
import { manifestsLeft } from "./left_behind.ts";
import { checkExistingName } from "./names.ts";
import { perform } from "./perform.ts";
import { withHint } from "./recovery.ts";
import { mapSent, type RemovedApiOptions } from "./removed.ts";
import { isUnderway, settledRecord } from "./rival.ts";
import type { OperationSteps, Step } from "./steps.ts";
import { isInForce, sinceLastRun } from "./was_deployed.ts";

/** Options of {@linkcode rollback}. */
export interface RollbackOptions extends Omit<RemovedApiOptions, "removedApis"> {
  /** The release. */
  readonly name: string;
  /** Revision to roll back to; 0 or absent: one less than the newest. */
  readonly revision?: number | undefined;
  /** If true, changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** If true, runs no hooks. */
  readonly disableHooks?: boolean | undefined;
  /** If true, deletes the pods of every updated object. */
  readonly recreatePods?: boolean | undefined;
  /** Time limit of each hook, and of the wait; 0 means no limit. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** If true, waits until everything is ready. */
  readonly wait?: boolean | undefined;
  /** How existing objects are changed; default: as in Tiller, by the difference of the two manifests. */
  readonly apply?: ApplyMode | undefined;
  /** If true, the number of replicas of objects that an autoscaler scales is not changed. */
  readonly respectAutoscalers?: boolean | undefined;
  /**
   * `true`: waits until every workload's newest change has reached all of its pods. `"all"`: waits for every object of
   * the manifest, Jobs and custom resources included. Helm 2 waits for less.
   */
  readonly waitStrict?: boolean | "all" | undefined;
  /** If true, deletes and creates objects that cannot be patched. */
  readonly force?: boolean | undefined;
  /** Replaces `Rollback to N`. */
  readonly description?: string | undefined;
  /** If true, a failed rollback deletes the objects that it created. */
  readonly cleanupOnFail?: boolean | undefined;
}

/** Facts from outside for {@linkcode prepareRollback}. */
export interface RollbackFacts {
  /** The newest revision, of any status. */
  readonly current: Release;
  /** Numbers up to this one are taken, although they are above the newest revision; default: none. */
  readonly above?: number | undefined;
  /** The revision to roll back to, with its hooks mapped to API versions that the server has. */
  readonly target: Release;
  /** The manifest to roll back to, mapped likewise; default: that of `target`. */
  readonly manifest?: KubeManifest | undefined;
  /** The old side of the patches; default: the joined manifests of `current` and `deployed`. */
  readonly original?: KubeManifest | undefined;
  /** Other manifests that live objects may match. */
  readonly alsoFrom?: readonly KubeManifest[] | undefined;
  /** With `force`: the manifest of objects that are created again, if it differs. */
  readonly anew?: KubeManifest | undefined;
  /** All revisions that are DEPLOYED, or were begun since and never finished; oldest first. */
  readonly deployed: readonly Release[];
  /** True if revisions were begun since and not finished: live objects may match any of them. */
  readonly isMixed?: boolean | undefined;
  /** Number of revisions that the history must keep, the new one included. */
  readonly keep?: number | undefined;
  /** The current time. */
  readonly now: Timestamp;
}

/**
 * Rolls back. Renders nothing: chart, values, manifest, hooks and notes are those of the earlier revision.
 *
 * @throws SkegError when nothing was changed; {@linkcode ReleaseError} when it failed after that.
 */
export async function rollback(env: Environment, options: RollbackOptions): Promise<ReleaseResult> {
  const outcome = await countOn(
    env,
    options.name,
    async (above) => await perform(env, await decideRollback(env, options, above)),
  );
  return { release: releaseOf(outcome.new) };
}

/**
 * Reads what a rollback needs and decides its steps.
 *
 * @param above Numbers up to this one are taken.
 */
export async function decideRollback(env: Environment, options: RollbackOptions, above = 0): Promise<OperationSteps> {
  checkExistingName(options.name);
  const wanted = options.revision ?? 0;
  if (wanted < 0) throw new SkegError("usage", "invalid release revision");
  const now = env.clock();
  const labelled = deployedOf(env, options.name);
  labelled.catch(() => {}); // awaited below
  const { current, unfinished, isMixed } = await newestOf(env, options.name);
  const key = releaseKey(options.name, wanted === 0 ? current.revision - 1 : wanted);
  const stored = await targetOf(env, key, current);
  const deployed = ownedBy(await labelled, unfinished);
  const { manifest, hooks } = stored;
  // Most documents are the same in all revisions.
  const union = unionOf(current, deployed);
  const { sent, original, anew } = await mapSent(env, { manifest: new KubeManifest(manifest, union.byText()), hooks }, {
    ...options,
    namespace: current.namespace,
    original: union,
    use: "target",
    events: options.disableHooks === true ? [] : ["pre-rollback", "post-rollback"],
    from: "record",
  });
  const plan = prepareRollback(options, {
    current,
    above,
    target: { ...stored, hooks: sent.hooks },
    manifest: sent.manifest,
    original,
    alsoFrom: isInForce(current) ? [] : await manifestsLeft(env, deployed, original.byText()),
    anew,
    deployed,
    isMixed,
    keep: keptBeside((await labelled).at(-1), current, unfinished),
    now,
  });
  if (options.respectAutoscalers !== true) return plan;
  const { respectAutoscalers } = await import("./respect_autoscalers.ts");
  return await respectAutoscalers(env, current.namespace, plan);
}

/** Joins manifests: objects that a failed upgrade dropped from its manifest still exist and belong to the release. */
function unionOf(current: Release, deployed: readonly Release[]): KubeManifest {
  const newest = new KubeManifest(current.manifest);
  const known = newest.byText();
  const others = deployed.toReversed().map(({ manifest }) => new KubeManifest(manifest, known));
  return joinUnion(current.namespace, [newest, ...others]);
}

/** Returns the release that a rollback makes, before it begins. */
function rolledBackRelease(options: RollbackOptions, facts: RollbackFacts, manifest: KubeManifest): Release {
  const { current, target } = facts;
  return {
    name: options.name,
    namespace: current.namespace,
    revision: Math.max(current.revision, facts.above ?? 0) + 1,
    chart: target.chart,
    config: target.config,
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: facts.now,
      status: { code: "PENDING_ROLLBACK", resources: "", notes: target.info.status.notes },
      description: options.description || `Rollback to ${target.revision}`,
    },
    manifest: manifest.text,
    hooks: target.hooks,
  };
}

/** Decides what a rollback does. */
export function prepareRollback(options: RollbackOptions, facts: RollbackFacts): OperationSteps {
  const { current, target, manifest = new KubeManifest(target.manifest) } = facts;
  const release = rolledBackRelease(options, facts, manifest);
  if (options.dryRun === true) return { releases: { new: release, old: current }, checks: [], steps: [] };
  const blame = `Rollback ${JSON.stringify(options.name)} failed`;
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const hooks = (event: "pre-rollback" | "post-rollback"): Step[] =>
    options.disableHooks === true
      ? []
      : [{ do: "hooks", slot: "new", event, timeoutSeconds, failure: failed(`${blame} ${event}: `) }];
  const original = facts.original ?? unionOf(current, facts.deployed);
  const isHealthy = current.info.status.code === "DEPLOYED";
  const steps: Step[] = [
    { do: "record", slot: "new", ...facts.keep === undefined ? {} : { keep: facts.keep } },
    { do: "confirm", last: current, takeOver: true },
    ...hooks("pre-rollback"),
    {
      do: "update",
      slot: "new",
      original,
      target: manifest,
      ...facts.alsoFrom === undefined || facts.alsoFrom.length === 0 ? {} : { alsoFrom: facts.alsoFrom },
      ...facts.anew === undefined ? {} : { anew: facts.anew },
      ...waitOf(options),
      timeoutSeconds,
      force: options.force ?? false,
      recreatePods: options.recreatePods ?? false,
      cleanupOnFail: options.cleanupOnFail ?? false,
      // The difference of two manifests would miss changes that revisions between them made.
      apply: options.apply ?? (facts.isMixed === true ? "three-way" : undefined),
      // A failed revision may name objects of others, which may be why it failed.
      checkOriginal: !isHealthy,
      // Helm 2: a failed rollback leaves nothing DEPLOYED, and every later upgrade is refused.
      putBackOnFail: isHealthy,
      failure: {
        changes: [
          { slot: "old", status: "SUPERSEDED", onlyIfChanged: isHealthy },
          { slot: "new", status: "FAILED", blame: `${blame}: ` },
        ],
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
  return {
    releases: { new: release, old: current },
    checks: [{ do: "measure", slot: "new" }],
    steps,
    known: original.byText(),
  };
}

/** The newest revision, and unfinished ones before it. */
interface Newest {
  readonly current: Release;
  /** Revisions since the newest DEPLOYED one that were begun and never finished. */
  readonly unfinished: Release[];
  readonly isMixed: boolean;
}

/** Reads the newest revision; waits a moment if an operation on it seems to be running. */
async function newestOf(env: Environment, name: string): Promise<Newest> {
  const history = await releaseHistory(env.driver, name, recordOptions(env));
  const last = history.pop();
  if (last === undefined) throw new SkegError("not-found", `no revision for release ${JSON.stringify(name)}`);
  const { code } = last.info.status;
  const deployed = history.findLastIndex(({ info }) => info.status.code === "DEPLOYED");
  // Without a DEPLOYED one: the revision that ran last and all since. A deleted release owns nothing.
  const since = deployed >= 0 ? history.slice(deployed + 1) : code === "DELETED" ? [] : sinceLastRun(history);
  // Helm 2: a failed rollback leaves nothing DEPLOYED, and the next one still sends the difference of two manifests.
  const isCutOff = since.some(isInterrupted);
  const isMixed = since.length > 0 && (deployed >= 0 ? code !== "DEPLOYED" : code === "FAILED" && isCutOff);
  // Below a revision that is DEPLOYED nothing is missing but what an interrupted one made: what others dropped, a policy kept.
  const unfinished = since.filter(isInForce(last) ? isInterrupted : mayOwn);
  const unsettled = (release: Release): boolean => isUnderway(release, env.clock());
  if (!unsettled(last)) return { current: last, unfinished, isMixed };
  return { current: await settledRecord(env, last, unsettled) ?? last, unfinished, isMixed };
}

/** True for a revision that was begun and never ended. */
function isInterrupted({ info }: Release): boolean {
  return info.status.code.startsWith("PENDING_");
}

/** Returns DEPLOYED revisions and later, unfinished ones, oldest first: their objects belong to this release. */
function ownedBy(deployed: readonly Release[], unfinished: readonly Release[]): Release[] {
  const known = new Set(deployed.map(({ revision }) => revision));
  return [...deployed, ...unfinished.filter(({ revision }) => !known.has(revision))]
    .sort((a, b) => a.revision - b.revision);
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
