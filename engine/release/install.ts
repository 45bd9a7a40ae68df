/**
 * Installs a chart as a new release, or replaces a deleted or failed one.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_install.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Capabilities, Chart, Release, Timestamp } from "../model/mod.ts";
import { ManifestError } from "../chart/render/mod.ts";
import { KubeManifest } from "../kube/mod.ts";
import { checkSchemas } from "../chart/values/mod.ts";
import { callOptions, recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { checkNewName, makeUpName } from "./names.ts";
import { unionOf } from "./manifest_union.ts";
import { perform, withStatus } from "./perform.ts";
import { recoveryHint } from "./recovery.ts";
import { type MappedSent, mapSent, type RemovedApiOptions } from "./removed.ts";
import { type RenderedSent, renderToSend } from "./render.ts";
import { checkNameIsFree } from "./same_name.ts";
import type { Failure, OperationSteps, Step, TakeOverOptions } from "./steps.ts";
import { historyOf } from "./_history_of.ts";

/** Options of {@linkcode install}. */
export interface InstallOptions extends RemovedApiOptions, TakeOverOptions {
  /** After requirements were processed. */
  readonly chart: Chart;
  /** Empty or absent: a name is generated. */
  readonly name?: string | undefined;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** The user's values as YAML text; default `{}\n`. */
  readonly config?: string | undefined;
  /** If true, changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** If true, runs no hooks. */
  readonly disableHooks?: boolean | undefined;
  /** If true, runs no crd-install hooks. */
  readonly disableCrdHook?: boolean | undefined;
  /** If true, may reuse the name of a deleted or failed release. */
  readonly reuseName?: boolean | undefined;
  /** True if the caller has checked that the other kind of storage has no release of this name. */
  readonly nameIsFree?: boolean | undefined;
  /** Time limit of each hook, and of the wait; 0 means no limit. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** If true, values that do not fit the `values.schema.json` of the chart or a subchart are refused; Helm 2 ignores that file. */
  readonly schema?: boolean | undefined;
  /** If true, waits until everything is ready. */
  readonly wait?: boolean | undefined;
  /**
   * `true`: waits until every workload's newest change has reached all of its pods. `"all"`: waits for every object of
   * the manifest, Jobs and custom resources included. Helm 2 waits for less.
   */
  readonly waitStrict?: boolean | "all" | undefined;
  /** If true, also installs a chart that renders no objects; Helm 2 records such a release as FAILED. */
  readonly allowEmpty?: boolean | undefined;
  /** Replaces `Install complete`. */
  readonly description?: string | undefined;
  /** If true, notes include those of subcharts. */
  readonly subNotes?: boolean | undefined;
}

/** Result of an operation that creates a revision. */
export interface ReleaseResult {
  /** The release as recorded; for a dry run, as it would be recorded. */
  readonly release: Release;
  /** True after a dry run that checked no object; the release's description says why. */
  readonly isUnchecked?: boolean | undefined;
}

/** Facts from outside for {@linkcode prepareInstall}. */
export interface InstallFacts {
  /** The new release's name. */
  readonly name: string;
  /** Revisions under this name, oldest first; empty for a new name. */
  readonly history: readonly Release[];
  /** Of the cluster. */
  readonly capabilities: Capabilities;
  /** The manifest of the newest revision, mapped to API versions that the server has; default: unmapped. */
  readonly original?: KubeManifest | undefined;
  /** The current time. */
  readonly now: Timestamp;
}

/**
 * Installs a chart.
 *
 * Hooks of the events crd-install and pre-install run before the record is written; when they fail, the same
 * install can be run again.
 *
 * @throws SkegError when nothing was changed; {@linkcode ReleaseError} when it failed after that.
 */
export async function install(env: Environment, options: InstallOptions): Promise<ReleaseResult> {
  const plan = await decideInstall(env, options);
  const outcome = await perform(env, plan);
  return { release: releaseOf(outcome.new), isUnchecked: options.dryRun === true && plan.checks.length === 0 };
}

/**
 * Reads what an install needs, renders, and decides its steps.
 *
 * @param known Facts that are not read; default: all are read.
 */
export async function decideInstall(
  env: Environment,
  options: InstallOptions,
  known?: InstallFacts,
): Promise<OperationSteps> {
  const facts = known ?? await readFacts(env, options);
  let rendered: RenderedSent;
  try {
    rendered = await renderInstall(env, options, facts);
  } catch (error) {
    throw options.dryRun === true ? withRendered(error) : error;
  }
  const { sent, original } = await mapInstall(env, options, facts, rendered);
  return prepareInstall(options, { ...facts, original }, { ...rendered, ...sent });
}

/** Maps the rendered release, according to the policy for API versions that the server no longer has. */
async function mapInstall(
  env: Environment,
  options: InstallOptions,
  facts: InstallFacts,
  rendered: RenderedSent,
): Promise<MappedSent> {
  const last = facts.history.at(-1);
  try {
    return await mapSent(env, rendered, {
      ...options,
      original: last === undefined ? undefined : unionOf(facts.history, rendered.known),
      use: last === undefined && options.adopt !== true ? "create" : "target",
      events: options.disableHooks === true ? [] : ["crd-install", "pre-install", "post-install"],
      from: "chart",
    });
  } catch (error) {
    if (!(error instanceof SkegError) || options.dryRun === true || error.kind === "aborted") throw error;
    // Tiller adds this prefix to everything that its validation refuses, except in a dry run.
    const { kind, message, hint, details } = error;
    throw new SkegError(kind, `validation failed: ${message}`, { cause: error, hint, details });
  }
}

/** Renders the chart as revision 1; templates see that even when a release is replaced. */
export async function renderInstall(
  env: Environment,
  options: Pick<InstallOptions, "chart" | "namespace" | "config" | "subNotes" | "schema">,
  facts: Pick<InstallFacts, "name" | "capabilities" | "now">,
): Promise<RenderedSent> {
  if (options.schema === true) await checkSchemas(options.chart, options.config ?? "");
  return await renderToSend(env, {
    chart: options.chart,
    config: options.config ?? "{}\n",
    // Helm 2: revision 1 and IsInstall even when revision 7 of a release is replaced.
    release: {
      name: facts.name,
      namespace: options.namespace,
      revision: 1,
      isInstall: true,
      isUpgrade: false,
      time: facts.now,
    },
    capabilities: facts.capabilities,
    subNotes: options.subNotes,
  });
}

/** Decides what an install does. */
export function prepareInstall(options: InstallOptions, facts: InstallFacts, rendered: RenderedSent): OperationSteps {
  const { name } = facts;
  const old = facts.history.at(-1);
  const release = newRelease(options, facts, rendered);
  const { manifest, known } = rendered;
  if (options.dryRun === true) return prepareDryRun(options, release, manifest);
  const timeoutSeconds = options.timeoutSeconds ?? 300;
  const steps: Step[] = [];
  const withHooks = options.disableHooks !== true;
  if (withHooks && options.disableCrdHook !== true) {
    steps.push({ do: "hooks", slot: "new", event: "crd-install", timeoutSeconds });
  }
  steps.push({ do: "validate", slot: "new", manifest, failure: { changes: [], prefix: "validation failed: " } });
  if (withHooks) steps.push({ do: "hooks", slot: "new", event: "pre-install", timeoutSeconds });
  if (old !== undefined) {
    const original = facts.original ?? new KubeManifest(old.manifest, known);
    steps.push(
      { do: "status", change: { slot: "old", status: "SUPERSEDED" }, write: "must" },
      { do: "record", slot: "new" },
      replaceStep(name, options, original, manifest),
    );
  } else {
    steps.push({ do: "record", slot: "new" }, createStep(name, options, manifest));
  }
  if (withHooks) {
    const failure = failed(`Release ${JSON.stringify(name)} failed post-install: `);
    steps.push({ do: "hooks", slot: "new", event: "post-install", timeoutSeconds, failure });
  }
  const description = options.description || "Install complete";
  steps.push({
    do: "status",
    change: { slot: "new", status: "DEPLOYED", description },
    write: "must",
    failure: { changes: [], prefix: `release ${name} is installed, but its record could not be updated: ` },
  });
  return { releases: { new: release, old }, checks: [{ do: "measure", slot: "new" }], steps, known };
}

/** Returns the step that makes the objects of a new release. */
function createStep(name: string, options: InstallOptions, manifest: KubeManifest): Step {
  return {
    do: "create",
    slot: "new",
    manifest,
    ...waitOf(options),
    timeoutSeconds: options.timeoutSeconds ?? 300,
    ...options.allowEmpty === true ? { allowEmpty: true } : {},
    takeOver: options,
    failure: { ...failed(`Release ${JSON.stringify(name)} failed: `), prefix: `release ${name} failed: ` },
  };
}

/** Returns the step that changes the objects of a deleted or failed release into those of a new one of its name. */
function replaceStep(name: string, options: InstallOptions, original: KubeManifest, target: KubeManifest): Step {
  return {
    do: "update",
    slot: "new",
    original,
    target,
    ...waitOf(options),
    timeoutSeconds: options.timeoutSeconds ?? 300,
    force: false,
    recreatePods: false,
    cleanupOnFail: false,
    // The old revision may have failed because it named objects of others.
    checkOriginal: true,
    takeOver: options,
    failure: failed(`Release replace ${JSON.stringify(name)} failed: `),
  };
}

/** Returns the wait options of a step that creates or changes objects. */
export function waitOf(
  { wait = false, waitStrict = false }: Pick<InstallOptions, "wait" | "waitStrict">,
): { readonly wait: boolean; readonly waitStrict?: boolean | "all" } {
  return waitStrict !== false ? { wait: true, waitStrict } : { wait };
}

/** Returns the failure that marks the new release FAILED and says why. */
export function failed(blame: string): Failure {
  return { changes: [{ slot: "new", status: "FAILED", blame }] };
}

/** Returns the release to record, before anything was done. */
export function newRelease(
  options: Pick<InstallOptions, "chart" | "namespace" | "config">,
  facts: Pick<InstallFacts, "name" | "history" | "now">,
  rendered: RenderedSent,
): Release {
  return {
    name: facts.name,
    namespace: options.namespace,
    revision: (facts.history.at(-1)?.revision ?? 0) + 1,
    chart: options.chart,
    config: { raw: options.config ?? "{}\n" },
    info: {
      firstDeployed: facts.now,
      lastDeployed: facts.now,
      status: { code: "PENDING_INSTALL", resources: "", notes: rendered.notes },
      description: "Initial install underway",
    },
    manifest: rendered.manifest.text,
    hooks: rendered.hooks,
  };
}

/** Returns the error of a dry run; if the rendered text is not YAML, the error includes it. */
export function withRendered(error: unknown): unknown {
  if (!(error instanceof ManifestError)) return error;
  return new SkegError("yaml", `${error.message}\n${error.rendered}`, { cause: error });
}

/** Returns the release that an operation created; throws if there is none. */
export function releaseOf(release: Release | undefined): Release {
  if (release === undefined) throw new SkegError("internal", "An operation ended without its release");
  return release;
}

function prepareDryRun(options: InstallOptions, release: Release, manifest: KubeManifest): OperationSteps {
  // The cluster does not know the kinds of a CRD until the CRD is installed.
  if (options.disableCrdHook !== true && release.hooks.some((hook) => hook.events.includes("crd-install"))) {
    const description = "Validation skipped because CRDs are not installed";
    return { releases: { new: described(release, description) }, checks: [], steps: [] };
  }
  return {
    releases: { new: described(release, "Dry run complete") },
    checks: [{ do: "validate", slot: "new", manifest }],
    steps: [],
  };
}

/** Returns the release with another description. */
export function described(release: Release, description: string): Release {
  return withStatus(release, { slot: "new", status: release.info.status.code, description });
}

async function readFacts(env: Environment, options: InstallOptions): Promise<InstallFacts> {
  const now = env.clock();
  if (options.name) checkNewName(options.name);
  const capabilities = env.kube.capabilities(callOptions(env));
  capabilities.catch(() => {}); // awaited below; an error about the name is reported first
  if (!options.name) {
    const name = await makeUpName(env.driver, env.random, recordOptions(env));
    return { name, history: [], capabilities: await capabilities, now };
  }
  const looked = options.nameIsFree === true ? undefined : checkNameIsFree(env, options.name);
  looked?.catch(() => {}); // awaited below; a release found here is reported first
  // Helm 2 accepts the name on any error; we accept it only when no record has it.
  const history = await historyOf(env, options.name);
  checkReuse(options, history);
  await looked;
  return { name: options.name, history, capabilities: await capabilities, now };
}

/** Refuses a name that is taken. */
function checkReuse(options: InstallOptions, history: readonly Release[]): void {
  const { name } = options;
  const last = history.at(-1);
  if (last === undefined) return;
  if (options.reuseName !== true) {
    throw new SkegError(
      "exists",
      `a release named ${name} already exists.\nRun: helm ls --all ${name}; to check the status of the release\n` +
        `Or run: helm del --purge ${name}; to delete it`,
      { hint: inUseHint(last) },
    );
  }
  const { code } = last.info.status;
  if (code !== "DELETED" && code !== "FAILED") throw inUse(name ?? "", last);
  if (last.namespace !== options.namespace) {
    // Helm 2 continues, and leaves the objects of the old namespace behind.
    throw new SkegError(
      "release",
      `release ${JSON.stringify(name)} lives in namespace ${
        JSON.stringify(last.namespace)
      } and cannot be replaced in ` +
        `${JSON.stringify(options.namespace)}`,
      { hint: `Delete it with --purge first, or install with --namespace ${last.namespace}.` },
    );
  }
}

/** The error for a name whose release is neither deleted nor failed. */
export function inUse(name: string, last: Release | undefined): SkegError {
  const message = `a release named ${name} is in use, cannot re-use a name that is still in use`;
  return new SkegError("exists", message, { hint: last === undefined ? undefined : inUseHint(last) });
}

function inUseHint(last: Release): string {
  const { name, revision, info: { status: { code } } } = last;
  if (code !== "DEPLOYED" && code !== "SUPERSEDED") return recoveryHint(last);
  return `${name} is ${code}, revision ${revision}: change it with 'skeg upgrade ${name} CHART', or choose another name.`;
}
