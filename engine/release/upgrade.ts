/**
 * Upgrades a release to a chart and values.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_update.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Capabilities, Chart, Release, Timestamp } from "../model/mod.ts";
import { deployedRelease, fetchRecords, lastRelease, recordHeads, releaseHistory } from "../../storage/mod.ts";
import { type ApplyMode, KubeManifest } from "../kube/mod.ts";
import { checkSchemas, processRequirements } from "../chart/values/mod.ts";
import { countOn } from "./count_on.ts";
import { callOptions, recordOptions } from "./_calls.ts";
import { renderCallbacks } from "./_render_calls.ts";
import { prepareDeletion } from "./deletion.ts";
import type { Environment } from "./environment.ts";
import { chooseValues, type ChosenValues } from "./given_values.ts";
import {
  described,
  failed,
  inUse,
  newRelease,
  releaseOf,
  type ReleaseResult,
  renderInstall,
  waitOf,
  withRendered,
} from "./install.ts";
import { manifestsLeft } from "./left_behind.ts";
import { joinUnion, keptBeside, mayOwn, unionOf } from "./manifest_union.ts";
import { checkExistingName } from "./names.ts";
import { perform, performChecks } from "./perform.ts";
import { recoveryHint } from "./recovery.ts";
import { findable, mapSent, type RemovedApiOptions, type Sent } from "./removed.ts";
import { type RenderedSent, renderToSend } from "./render.ts";
import { checkNameIsFree } from "./same_name.ts";
import type { OperationSteps, Step, TakeOverOptions } from "./steps.ts";
import { statusMark } from "./was_deployed.ts";

/** Options of {@linkcode upgrade}. */
export interface UpgradeOptions extends RemovedApiOptions, TakeOverOptions {
  /** The release. */
  readonly name: string;
  /** After requirements were processed; before that with `conditionsFromStoredValues`. */
  readonly chart: Chart;
  /** The user's values as YAML text; default `{}\n`. */
  readonly config?: string | undefined;
  /** If true, changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** If true, runs no hooks. */
  readonly disableHooks?: boolean | undefined;
  /** If true, deletes the pods of every updated object. */
  readonly recreatePods?: boolean | undefined;
  /** Time limit of each hook, and of the wait; 0 means no limit. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** If true, ignores the deployed release's values. */
  readonly resetValues?: boolean | undefined;
  /** If true, merges the given values over the deployed release's. */
  readonly reuseValues?: boolean | undefined;
  /** If true, values that do not fit the `values.schema.json` of the chart or a subchart are refused; Helm 2 ignores that file. */
  readonly schema?: boolean | undefined;
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
  /**
   * If true, conditions and tags of subcharts see all values of the upgrade, stored ones included. Default,
   * as in Helm 2: they see the given values only, and the caller has processed the chart's requirements.
   */
  readonly conditionsFromStoredValues?: boolean | undefined;
  /**
   * If true, deletes and creates objects that cannot be patched; deletes and installs a release that is
   * deleted or failed.
   */
  readonly force?: boolean | undefined;
  /** Replaces `Upgrade complete`. */
  readonly description?: string | undefined;
  /** If true, notes include those of subcharts. */
  readonly subNotes?: boolean | undefined;
  /** If true, a failed upgrade deletes the objects that it created. */
  readonly cleanupOnFail?: boolean | undefined;
}

/** Facts from outside for {@linkcode prepareUpgrade}. */
export interface UpgradeFacts {
  /** The newest DEPLOYED revision, against which objects are compared. */
  readonly deployed: Release;
  /** The newest revision. */
  readonly last: Release;
  /** Numbers up to this one are taken, although they are above the newest revision; default: none. */
  readonly above?: number | undefined;
  /** The manifest of `deployed`, mapped to API versions that the server has; default: unmapped. */
  readonly original?: KubeManifest | undefined;
  /** True if `original` also names objects of failed revisions, some of which may belong to others. */
  readonly isMixed?: boolean | undefined;
  /** Other manifests that live objects may match. */
  readonly alsoFrom?: readonly KubeManifest[] | undefined;
  /** Number of revisions that the history must keep, the new one included. */
  readonly keep?: number | undefined;
  /** With `force`: the manifest of objects that are created again, if it differs. */
  readonly anew?: KubeManifest | undefined;
  /** The current time. */
  readonly now: Timestamp;
}

/**
 * Upgrades a release.
 *
 * With `force`, a release that cannot be upgraded because its newest revision is deleted or failed is deleted
 * and installed again.
 *
 * @throws SkegError when nothing was changed; {@linkcode ReleaseError} when it failed after that.
 */
export async function upgrade(env: Environment, options: UpgradeOptions): Promise<ReleaseResult> {
  const outcome = await countOn(env, options.name, async (above) => {
    const plan = await decideUpgrade(env, options, above);
    return await perform(env, { ...plan, checks: [] });
  });
  return { release: releaseOf(outcome.new) };
}

/**
 * Reads what an upgrade needs, decides its steps, and runs those that only check.
 *
 * @param above Numbers up to this one are taken.
 */
export async function decideUpgrade(env: Environment, options: UpgradeOptions, above = 0): Promise<OperationSteps> {
  checkExistingName(options.name);
  const capabilities = env.kube.capabilities(callOptions(env));
  capabilities.catch(() => {}); // awaited below; an error about the release is reported first
  const chosen: Chosen = {};
  let plan: OperationSteps;
  try {
    plan = await planUpgrade(env, options, capabilities, chosen, above);
    await performChecks(env, plan);
  } catch (error) {
    // Helm 2 deletes the release after any error, such as a lost connection.
    const hasNoDeployed = !chosen.hasDeployed && error instanceof SkegError && error.kind === "not-found";
    if (options.force !== true || env.signal?.aborted || !hasNoDeployed) throw error;
    plan = await planForced(env, options, capabilities, chosen, error);
    await performChecks(env, plan);
  }
  if (options.respectAutoscalers !== true) return plan;
  const { respectAutoscalers } = await import("./respect_autoscalers.ts");
  return await respectAutoscalers(env, plan.releases.new?.namespace ?? "", plan);
}

/** Results of an upgrade attempt up to its failure. */
interface Chosen {
  values?: ChosenValues;
  hasDeployed?: boolean;
}

/** Reads, renders, decides. Stores the chosen values in `chosen`, for use after a later failure. */
async function planUpgrade(
  env: Environment,
  options: UpgradeOptions,
  capabilities: Promise<Capabilities>,
  chosen: Chosen,
  above: number,
): Promise<OperationSteps> {
  const now = env.clock();
  const { deployed, last } = await readRevisions(env, options.name);
  chosen.hasDeployed = true;
  const { warn } = renderCallbacks(env);
  const values = withConditions(
    await chooseValues({ ...options, ...givenValues(options) }, deployed, warn),
    options,
    warn,
  );
  chosen.values = values;
  if (options.schema === true) await checkSchemas(values.chart, values.config);
  checkPending(last, deployed, now);
  const unfinished = await unfinishedSince(env, deployed, last);
  const rendered = await renderToSend(env, {
    ...values,
    release: {
      name: options.name,
      namespace: deployed.namespace,
      revision: Math.max(last.revision, above) + 1,
      isInstall: false,
      isUpgrade: true,
      time: now,
    },
    capabilities: await capabilities,
    subNotes: options.subNotes,
  });
  // A document that did not change since is not decoded again.
  const manifests = [deployed, ...unfinished].map(({ manifest }) => new KubeManifest(manifest, rendered.known));
  const { sent, original, anew } = await mapSent(env, rendered, {
    ...options,
    namespace: deployed.namespace,
    // Objects that failed revisions created since belong to this release, too; those that they only named are
    // excluded later.
    original: joinUnion(deployed.namespace, manifests),
    use: "target",
    events: options.disableHooks === true ? [] : ["pre-upgrade", "post-upgrade"],
    from: "chart",
  });
  return prepareUpgrade({ ...options, ...values }, {
    deployed,
    last,
    above,
    original,
    isMixed: unfinished.length > 0,
    alsoFrom: await manifestsLeft(env, unfinished, original.byText()),
    keep: keptBeside(deployed, last, unfinished),
    anew,
    now,
  }, { ...rendered, ...sent });
}

function givenValues({ chart, config = "{}\n" }: UpgradeOptions): ChosenValues {
  return { chart, config };
}

/** With `conditionsFromStoredValues`, processes the chart's requirements with the chosen values. */
function withConditions(values: ChosenValues, options: UpgradeOptions, warn: (text: string) => void): ChosenValues {
  if (options.conditionsFromStoredValues !== true) return values;
  return { ...values, chart: processRequirements(values.chart, values.config, warn, warn) };
}

function nextRevision({ last, above = 0 }: UpgradeFacts): number {
  return Math.max(last.revision, above) + 1;
}

/** Options of an upgrade whose values are chosen. */
type PreparedOptions = Omit<UpgradeOptions, "config"> & ChosenValues;

/** Returns the release that an upgrade makes, before it begins. */
function upgradedRelease(options: PreparedOptions, facts: UpgradeFacts, rendered: RenderedSent): Release {
  const { deployed } = facts;
  return {
    name: options.name,
    namespace: deployed.namespace,
    revision: nextRevision(facts),
    chart: options.chart,
    config: { raw: options.config },
    info: {
      firstDeployed: deployed.info.firstDeployed,
      lastDeployed: facts.now,
      status: { code: "PENDING_UPGRADE", resources: "", notes: rendered.notes },
      description: "Preparing upgrade",
    },
    manifest: rendered.manifest.text,
    hooks: rendered.hooks,
  };
}

/** Decides the steps of an upgrade. */
export function prepareUpgrade(
  options: PreparedOptions,
  facts: UpgradeFacts,
  rendered: RenderedSent,
): OperationSteps {
  const { deployed } = facts;
  const { manifest, known } = rendered;
  const release = upgradedRelease(options, facts, rendered);
  if (options.dryRun === true) {
    const plan = described(release, "Dry run complete");
    return { releases: { new: plan, old: deployed }, checks: [{ do: "validate", slot: "new", manifest }], steps: [] };
  }
  const blame = `Upgrade ${JSON.stringify(options.name)} failed`;
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const steps: Step[] = [
    { do: "record", slot: "new", ...facts.keep === undefined ? {} : { keep: facts.keep } },
    { do: "confirm", last: facts.last },
  ];
  // Helm 2 leaves the record PENDING_UPGRADE when a hook fails, which blocks all further upgrades.
  if (options.disableHooks !== true) {
    const failure = failed(`${blame} pre-upgrade: `);
    steps.push({ do: "hooks", slot: "new", event: "pre-upgrade", timeoutSeconds, failure });
  }
  // Objects that an unfinished revision created since may block this one.
  const next = nextRevision(facts);
  const hint = facts.last.revision === deployed.revision ? undefined : `Revisions ${facts.last.revision} and ${next} ` +
    `are not finished: go back with 'skeg rollback ${options.name} ${deployed.revision}', then upgrade again.`;
  const original = facts.original ?? new KubeManifest(deployed.manifest, known);
  steps.push(updateStep(options, original, manifest, {
    hint,
    alsoFrom: facts.alsoFrom,
    anew: facts.anew,
    checkOriginal: facts.isMixed === true,
  }));
  if (options.disableHooks !== true) {
    const failure = failed(`${blame} post-upgrade: `);
    steps.push({ do: "hooks", slot: "new", event: "post-upgrade", timeoutSeconds, failure });
  }
  steps.push(
    { do: "status", change: { slot: "old", status: "SUPERSEDED" }, write: "try" },
    {
      do: "status",
      change: { slot: "new", status: "DEPLOYED", description: options.description || "Upgrade complete" },
      write: "must",
      failure: { changes: [], prefix: `release ${options.name} is upgraded, but its record could not be updated: ` },
    },
  );
  return {
    releases: { new: release, old: deployed },
    checks: [{ do: "measure", slot: "new" }, { do: "validate", slot: "new", manifest }],
    steps,
    known: new Map([...original.byText(), ...known ?? []]),
  };
}

/** Reads, renders and decides for a release that cannot be upgraded and is deleted, then installed. */
async function planForced(
  env: Environment,
  options: UpgradeOptions,
  capabilities: Promise<Capabilities>,
  chosen: Chosen,
  reason: unknown,
): Promise<OperationSteps> {
  const now = env.clock();
  const history = await releaseHistory(env.driver, options.name, recordOptions(env));
  const old = history.at(-1);
  if (old === undefined) throw reason;
  const { code } = old.info.status;
  // Helm 2 says "in use" here, which hides the reason why the upgrade could not begin.
  if (code !== "DELETED" && code !== "FAILED") throw reason ?? inUse(options.name, old);
  await checkNameIsFree(env, options.name);
  const values = chosen.values ?? withConditions(givenValues(options), options, renderCallbacks(env).warn);
  const target = { ...values, namespace: old.namespace };
  const facts = { name: options.name, history: [old], capabilities: await capabilities, now };
  try {
    const rendered = await renderInstall(env, target, facts);
    const union = unionOf(history, rendered.known);
    const { sent, original } = await mapSent(env, rendered, {
      ...options,
      namespace: old.namespace,
      original: union,
      use: "target",
      events: options.disableHooks === true ? [] : ["pre-install", "post-install"],
      from: "chart",
    });
    const deletion = await findable(env, old.namespace, union);
    const all = { ...rendered, ...sent };
    return prepareForced(options, { old, original, deletion, sent: all, now }, newRelease(target, facts, all));
  } catch (error) {
    throw options.dryRun === true ? withRendered(error) : error;
  }
}

/** The release that a forced upgrade deletes, and its manifest with API versions that the server has. */
export interface ForcedFacts {
  readonly old: Release;
  /** The old side of patches. */
  readonly original: KubeManifest;
  /** For finding and deleting objects. */
  readonly deletion: KubeManifest;
  /** The rendered chart, which is installed. */
  readonly sent: Sent;
  /** The current time. */
  readonly now: Timestamp;
}

/** Decides the steps of an upgrade that deletes and installs. */
export function prepareForced(options: UpgradeOptions, facts: ForcedFacts, release: Release): OperationSteps {
  // Long: the list of steps in their order is the operation.
  const { old, now } = facts;
  if (options.dryRun === true) {
    return { releases: { new: described(release, "Dry run complete"), old }, checks: [], steps: [] };
  }
  const { manifest } = facts.sent;
  const { known, ...deletion } = prepareDeletion(facts.deletion);
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const withHooks = options.disableHooks !== true;
  const hooks = (slot: "new" | "old", event: "pre-delete" | "post-delete" | "pre-install"): Step[] =>
    withHooks ? [{ do: "hooks", slot, event, timeoutSeconds }] : [];
  const underway = `Deletion in progress (or silently failed)${statusMark(old)}`;
  const steps: Step[] = [
    { do: "status", change: { slot: "old", status: "DELETING", deleted: now, description: underway }, write: "must" },
    ...hooks("old", "pre-delete"),
    { do: "delete", slot: "old", ...deletion },
    { do: "status", change: { slot: "old", status: "DELETED", description: "Deletion complete" }, write: "must" },
    {
      do: "reckon",
      prefix: "Upgrade --force successfully deleted the previous release, but encountered ",
      suffix: " and cannot continue",
    },
    ...hooks("old", "post-delete"),
    ...hooks("new", "pre-install"),
    { do: "record", slot: "new" },
    updateStep(options, facts.original, manifest, { checkOriginal: true }),
  ];
  if (withHooks) {
    const failure = failed(`Release ${JSON.stringify(options.name)} failed post-install: `);
    steps.push({ do: "hooks", slot: "new", event: "post-install", timeoutSeconds, failure });
  }
  steps.push({
    do: "status",
    change: { slot: "new", status: "DEPLOYED", description: options.description || "Upgrade complete" },
    write: "must",
    failure: { changes: [], prefix: `release ${options.name} is upgraded, but its record could not be updated: ` },
  });
  return {
    releases: { new: release, old },
    // Helm 2 validates nothing here: it deletes the old objects first, and may then fail to create the new ones.
    checks: [{ do: "measure", slot: "new" }, { do: "validate", slot: "new", manifest }],
    steps,
    known: new Map([...known ?? [], ...facts.sent.known ?? []]),
  };
}

function updateStep(
  options: UpgradeOptions,
  original: KubeManifest,
  target: KubeManifest,
  { hint, checkOriginal, anew, alsoFrom = [] }: {
    hint?: string | undefined;
    checkOriginal?: boolean;
    anew?: KubeManifest | undefined;
    alsoFrom?: readonly KubeManifest[] | undefined;
  },
): Step {
  return {
    do: "update",
    slot: "new",
    original,
    target,
    ...waitOf(options),
    timeoutSeconds: options.timeoutSeconds ?? 300,
    force: options.force ?? false,
    recreatePods: options.recreatePods ?? false,
    cleanupOnFail: options.cleanupOnFail ?? false,
    apply: options.apply,
    takeOver: options,
    ...checkOriginal === true ? { checkOriginal } : {},
    ...anew === undefined ? {} : { anew },
    ...alsoFrom.length === 0 ? {} : { alsoFrom },
    failure: { ...failed(`Upgrade ${JSON.stringify(options.name)} failed: `), hint },
  };
}

/**
 * Returns the newest DEPLOYED revision and the newest of all. Both are read concurrently; when another client
 * finished an upgrade in between, they are read again.
 */
async function readRevisions(env: Environment, name: string): Promise<{ deployed: Release; last: Release }> {
  for (let attempt = 0;; attempt++) {
    const newest = lastRelease(env.driver, name, recordOptions(env));
    newest.catch(() => {}); // awaited below
    const deployed = await deployedOf(env, name, newest);
    const last = await newest;
    const agree = last.revision === deployed.revision ||
      last.revision > deployed.revision && last.info.status.code !== "DEPLOYED";
    if (agree || attempt === 3) return { deployed, last };
  }
}

/** Returns the revisions since the DEPLOYED one that failed or were interrupted, newest first. */
async function unfinishedSince(env: Environment, deployed: Release, last: Release): Promise<readonly Release[]> {
  if (last.revision <= deployed.revision) return [];
  const heads = await recordHeads(env.driver, { name: deployed.name }, recordOptions(env));
  const keys = heads.filter(({ revision }) => revision > deployed.revision && revision < last.revision)
    .toSorted((a, b) => b.revision - a.revision).map(({ key }) => key);
  const between = await fetchRecords(env.driver, keys, recordOptions(env));
  return [last, ...between].filter(mayOwn);
}

/** Returns the newest DEPLOYED revision; when there is none, the error's hint says how to recover. */
async function deployedOf(env: Environment, name: string, newest: Promise<Release>): Promise<Release> {
  try {
    return await deployedRelease(env.driver, name, recordOptions(env));
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "not-found") throw error;
    const last = await newest.catch(() => undefined);
    if (last === undefined) throw error;
    const details = recoveryHint(last, await lastGood(env, name));
    throw new SkegError(error.kind, error.message, { cause: error, details });
  }
}

/** Returns the newest revision that was DEPLOYED once, according to labels. */
async function lastGood(env: Environment, name: string): Promise<number | undefined> {
  const heads = await recordHeads(env.driver, { name, status: "SUPERSEDED" }, recordOptions(env)).catch(() => []);
  return heads.map(({ revision }) => revision).sort((a, b) => a - b).at(-1);
}

/** Returns the age of a revision, such as ` for 12 minutes`; empty when it has no time. */
function ageText(begun: Timestamp | undefined, now: Timestamp): string {
  if (begun === undefined || begun.seconds <= 0) return "";
  const minutes = Math.max(0, Math.floor((now.seconds - begun.seconds) / 60));
  const [value, unit] = minutes < 120
    ? [minutes, "minute"]
    : minutes < 48 * 60
    ? [Math.floor(minutes / 60), "hour"]
    : [Math.floor(minutes / 1440), "day"];
  return ` for ${value} ${unit}${value === 1 ? "" : "s"}`;
}

/** Refuses to begin while another operation is, or seems to be, in progress. */
function checkPending(last: Release, deployed: Release, now: Timestamp): void {
  const { status: { code }, lastDeployed } = last.info;
  if (code !== "PENDING_INSTALL" && code !== "PENDING_UPGRADE" && code !== "PENDING_ROLLBACK") return;
  throw new SkegError("conflict", "another operation (install/upgrade/rollback) is in progress", {
    hint:
      `Revision ${last.revision} is ${code}${
        ageText(lastDeployed, now)
      }. If nothing works on it, it was interrupted: go ` +
      `back with 'skeg rollback ${last.name} ${deployed.revision}', or mark it failed with ` +
      `'skeg repair settle ${last.name} --as failed'.`,
  });
}
