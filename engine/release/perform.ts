/**
 * The half of an operation that acts: walks a plan's steps.
 *
 * A failing step ends the operation: its `failure` is recorded, even if the caller's signal was the reason,
 * and the error is thrown with the facts about the release.
 *
 * Source: Helm 2.17.0, `performRelease` and its like in `pkg/tiller`.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { Release } from "../model/mod.ts";
import {
  createRecord,
  deployedReleases,
  type RecordVersion,
  releaseKey,
  type StoredRelease,
} from "../../storage/mod.ts";
import { callOptions, recordOptions, waitCalls } from "./_calls.ts";
import { deleteDocuments } from "./delete_documents.ts";
import type { Environment } from "./environment.ts";
import { runHooks } from "./hooks.ts";
import { checkNewest, checkNotDeleted, finishDeletion, settledRecord } from "./rival.ts";
import { ReleaseError } from "./release_error.ts";
import type { KnownDocuments, KubeCallOptions, KubeManifest, ResolveOptions, ResourceInfo } from "../kube/mod.ts";
import { Changes } from "./changes.ts";
import { type Ownership, ownershipOf, withoutForeign } from "./ownership.ts";
import type { OperationSteps, Slot, StatusChange, Step } from "./steps.ts";
import { describeForeign, takeOverBy } from "./take_over.ts";
import { NOTHING_CHANGED, statusMark } from "./was_deployed.ts";
import { messageOf } from "../base/mod.ts";

/** Result of a plan. */
export interface Outcome {
  /** The release that was created. */
  readonly new: Release | undefined;
  /** The release that existed before, as it is recorded now. */
  readonly old: Release | undefined;
  /** The objects that a resource policy kept, in Tiller's words; empty when there are none. */
  readonly kept: string;
}

/** Runs a plan's checks, then its steps. */
export async function perform(env: Environment, plan: OperationSteps): Promise<Outcome> {
  const run = new Run(env, plan);
  await run.walk(plan.checks);
  await underLease(env, plan, () => run.walk(plan.steps));
  return run.outcome();
}

/** Runs the steps that change something under the release's lease, if operations hold leases; not after a migration to Helm 3. */
async function underLease(
  env: Environment,
  { steps, releases }: OperationSteps,
  work: () => Promise<void>,
): Promise<void> {
  const { new: made, old } = releases;
  const name = (made ?? old)?.name;
  const isAlone = env.lease === undefined && env.journals === undefined;
  if (isAlone || steps.length === 0 || name === undefined) return await work();
  const { withLease } = await import("./lease.ts");
  await withLease(env, { name, operation: operationOf(made) }, work);
}

function operationOf(made: Release | undefined): string {
  return made === undefined ? "delete" : made.info.status.code.replace("PENDING_", "").toLowerCase();
}

/** Runs only the steps that change nothing. */
export async function performChecks(env: Environment, plan: OperationSteps): Promise<void> {
  await new Run(env, plan).walk(plan.checks);
}

/** Returns a release with another status. */
export function withStatus(release: Release, change: StatusChange, reason = ""): Release {
  const { info } = release;
  const description = change.blame === undefined ? change.description : change.blame + reason;
  return {
    ...release,
    info: {
      ...info,
      status: { ...info.status, code: change.status },
      ...change.deleted === undefined ? {} : { deleted: change.deleted },
      description: description ?? info.description,
    },
  };
}

class Run {
  readonly #env: Environment;
  readonly #releases = new Map<Slot, Release>();
  /** Slots whose record exists. */
  readonly #recorded = new Set<Slot>();
  /**
   * Versions of records, by key, that this operation read or wrote last. An update is refused when another
   * client wrote since.
   */
  readonly #versions = new Map<string, RecordVersion>();
  readonly #before: Release | undefined;
  readonly #rivals: readonly Release[];
  readonly #known: KnownDocuments | undefined;
  /** Messages of errors that did not end the operation. */
  readonly #problems: string[] = [];
  /** The hint of the first of them that has one. */
  #hint: string | undefined;
  /** Further details of these errors. */
  #details: string | undefined;
  /** Number of objects that could not be deleted and may still exist. */
  #left = 0;
  /** True once objects of the new release may have been created. */
  #acted = false;
  /** Changes of the last step that changes objects. */
  #changes: Changes | undefined;
  #owned: Ownership | undefined;
  #kept = "";

  constructor(env: Environment, plan: OperationSteps) {
    this.#env = env;
    this.#before = plan.releases.old;
    this.#rivals = plan.rivals ?? [];
    this.#known = plan.known;
    if (plan.releases.new !== undefined) this.#releases.set("new", plan.releases.new);
    if (plan.releases.old !== undefined) {
      this.#know(plan.releases.old);
      this.#releases.set("old", plan.releases.old);
      this.#recorded.add("old");
    }
  }

  /** Remembers the version of a record, to guard its update. */
  #know(release: StoredRelease): void {
    if (release.recordVersion !== undefined) this.#versions.set(keyOf(release), release.recordVersion);
  }

  outcome(): Outcome {
    return { new: this.#releases.get("new"), old: this.#releases.get("old"), kept: this.#kept };
  }

  async walk(steps: readonly Step[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      try {
        if (this.#env.signal?.aborted && !endsByItself(steps.slice(index))) {
          throw new SkegError("aborted", "interrupted", { cause: this.#env.signal.reason });
        }
        await this.#act(step);
      } catch (cause) {
        await this.#fail(step, cause);
      }
    }
  }

  async #act(step: Step): Promise<void> {
    const env = this.#env;
    switch (step.do) {
      case "validate": {
        await env.kube.resolve(this.#release(step.slot).namespace, step.manifest, callOptions(env));
        return;
      }
      case "measure":
        env.driver.check?.(this.#release(step.slot));
        return;
      case "hooks":
        return await this.#runHooks(step);
      case "confirm":
        return await this.#confirm(step.last, step.takeOver === true);
      case "alone":
        return await this.#checkAlone();
      case "record":
        return await this.#record(step.slot, step.keep);
      case "status":
        return await this.#changeStatus(step.change, step.write);
      case "create":
        return await this.#createObjects(step);
      case "update":
        return await this.#updateObjects(step);
      case "delete":
        return await this.#deleteObjects(step);
      case "reckon":
        if (this.#problems.length === 0) return;
        throw new SkegError(
          "release",
          `${step.prefix}${this.#problems.length} error(s)${step.suffix}: ${this.#problems.join("; ")}`,
          { hint: this.#hint, details: this.#details },
        );
      case "supersede":
        return await this.#supersede(step.releases, step.labelled);
      case "purge":
        return await this.#purge(step.releases);
    }
  }

  async #createObjects({ manifest, takeOver, ...options }: Extract<Step, { do: "create" }>): Promise<void> {
    const env = this.#env;
    const release = this.#release(options.slot);
    const { namespace } = release;
    this.#acted = true;
    const calls = this.#watchedCalls(release);
    await env.kube.create(await env.kube.resolve(namespace, manifest, calls), {
      ...calls,
      ...options,
      namespace,
      onExisting: takeOverBy(env, this.#ownership(), release, takeOver),
    });
  }

  async #deleteObjects(step: Extract<Step, { do: "delete" }>): Promise<void> {
    const release = this.#release(step.slot);
    const found = await deleteDocuments(this.#env, release, step, this.#ownership());
    const problems = step.problem === undefined ? found.problems : [step.problem, ...found.problems];
    this.#kept = found.kept;
    this.#left += found.left + (step.problem === undefined ? 0 : 1);
    if (step.problem !== undefined || found.advice.length > 0) {
      this.#details = [...found.advice, howToForget(this.#env, release)].join("\n");
    }
    this.#problems.push(...problems);
  }

  async #updateObjects(step: Extract<Step, { do: "update" }>): Promise<void> {
    const env = this.#env;
    const release = this.#release(step.slot);
    const ownership = this.#ownership();
    const { apply = "tiller", checkOriginal, takeOver, ...options } = step;
    // Helm 2 has no such check, and so no words for its errors.
    const warn = (foreign: Parameters<typeof describeForeign>[0]): void => {
      for (const text of describeForeign(foreign)) env.report({ type: "warning", text });
    };
    const own = checkOriginal
      ? await withoutForeign(env, ownership, await this.#resolve(step.original, release, callOptions(env)), warn)
      : undefined;
    this.#acted = true;
    const calls = this.#watchedCalls(release);
    const original = own ?? await this.#resolve(step.original, release, { ...calls, side: "current" });
    const target = await this.#resolve(step.target, release, { ...calls, side: "new" });
    const anew = step.anew && await this.#resolve(step.anew, release, calls);
    const alsoFrom = await Promise.all(
      (step.alsoFrom ?? []).map((manifest) => this.#resolve(manifest, release, { ...calls, skipUnresolved: true })),
    );
    await env.kube.update(original, target, {
      ...calls,
      ...options,
      anew,
      alsoFrom,
      apply,
      adopt: takeOverBy(env, ownership, release, takeOver),
      mayDelete: async (found) => {
        const { own, foreign } = await ownership.sort(found);
        warn(foreign);
        return own;
      },
    });
  }

  #resolve(manifest: KubeManifest, { namespace }: Release, options: ResolveOptions): Promise<ResourceInfo[]> {
    return this.#env.kube.resolve(namespace, manifest, options);
  }

  /** Returns options for calls that change objects; their changes are remembered. */
  #watchedCalls(release: Release): KubeCallOptions {
    const changes = this.#changes = new Changes();
    const { report, ...options } = waitCalls(this.#env, release);
    return {
      ...options,
      report: (progress) => {
        changes.note(progress);
        report?.(progress);
      },
    };
  }

  #ownership(): Ownership {
    const [name = ""] = [...this.#releases.values()].map((release) => release.name);
    return this.#owned ??= ownershipOf(this.#env, name, {
      before: this.#before,
      rivals: this.#rivals,
      known: this.#known,
    });
  }

  async #runHooks(step: Extract<Step, { do: "hooks" }>): Promise<void> {
    try {
      this.#releases.set(
        step.slot,
        await runHooks(this.#env, this.#release(step.slot), step.event, step.timeoutSeconds, {
          ownership: this.#ownership(),
          known: this.#known,
        }),
      );
    } catch (error) {
      if (step.collect !== true) throw error;
      this.#problems.push(messageOf(error));
      if (error instanceof SkegError) this.#hint ??= error.hint;
    }
  }

  /** Removes records, the newest last: if this is interrupted, the remaining records still describe the release. */
  async #purge(releases: readonly Release[]): Promise<void> {
    const env = this.#env;
    const remove = async (release: Release): Promise<void> => {
      await env.driver.delete(releaseKey(release.name, release.revision), recordOptions(env));
      env.report({ type: "record", release, verb: "delete" });
    };
    const outcomes = await Promise.allSettled(releases.slice(0, -1).map(remove));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    for (const newest of releases.slice(-1)) await remove(newest);
  }

  async #confirm(last: Release, takeOver: boolean): Promise<void> {
    const env = this.#env;
    try {
      const now = await checkNotDeleted(env, last, takeOver);
      if (!takeOver) return;
      this.#know(now);
      this.#releases.set("old", now);
      if (now.info.status.code.startsWith("PENDING_") || now.info.status.code === "DELETING") {
        await this.#changeStatus({ slot: "old", status: "SUPERSEDED" }, "must");
      }
    } catch (error) {
      const mine = this.#release("new");
      await env.driver.delete(releaseKey(mine.name, mine.revision));
      this.#recorded.delete("new");
      throw error;
    }
  }

  async #checkAlone(): Promise<void> {
    try {
      await checkNewest(this.#env, this.#release("old"));
    } catch (error) {
      if (this.#before !== undefined) await this.#tryUpdate(this.#before);
      throw error;
    }
  }

  async #record(slot: Slot, keep = 0): Promise<void> {
    const env = this.#env;
    const release = this.#release(slot);
    // Writes of records ignore the signal: cancelling one would leave its outcome unknown.
    const version = await createRecord(env.driver, release, {
      historyMax: env.historyMax > 0 ? Math.max(env.historyMax, keep) : env.historyMax,
      warn: (text) => env.report({ type: "warning", text }),
    });
    this.#versions.set(keyOf(release), version);
    this.#recorded.add(slot);
    env.report({ type: "record", release, verb: "create" });
  }

  async #changeStatus(change: StatusChange, write: "must" | "try" | "no"): Promise<void> {
    const release = withStatus(this.#release(change.slot), this.#honest(change));
    this.#releases.set(change.slot, release);
    if (write === "must") await this.#update(release);
    else if (write === "try") await this.#tryUpdate(release);
  }

  /** Keeps the status DELETING while objects are left; Helm 2 records DELETED. */
  #honest(change: StatusChange): StatusChange {
    if (change.status !== "DELETED" || this.#left === 0) return change;
    const mark = this.#before === undefined ? "" : statusMark(this.#before);
    const description = `Deletion failed: ${this.#problems.join("; ")}${mark}`;
    return { slot: change.slot, status: "DELETING", description };
  }

  async #supersede(releases: readonly Release[], labelled: boolean): Promise<void> {
    const env = this.#env;
    const made = this.#releases.get("new")?.revision;
    const all = new Map<number, StoredRelease>(releases.map((release) => [release.revision, release]));
    if (labelled) {
      const [name = ""] = [...this.#releases.values()].map((release) => release.name);
      try {
        // Ignores the signal: the outcome must be recorded.
        for (const release of await deployedReleases(env.driver, name)) {
          this.#know(release);
          all.set(release.revision, release);
        }
      } catch (error) {
        if (!(error instanceof SkegError) || error.kind !== "not-found") throw error;
      }
    }
    for (const release of all.values()) {
      if (release.revision === made) continue;
      if (!this.#versions.has(keyOf(release))) this.#know(release);
      await this.#tryUpdate(withStatus(release, { slot: "old", status: "SUPERSEDED" }));
    }
  }

  async #update(release: Release): Promise<void> {
    const key = keyOf(release);
    this.#versions.set(key, await this.#env.driver.update(release, { version: this.#versions.get(key) }));
    this.#env.report({ type: "record", release, verb: "update" });
  }

  /**
   * Marks a revision as SUPERSEDED. A deletion that gives way to this operation marks the revision as DELETING, and puts it back:
   * between the two it cannot be rewritten, and it would stay DEPLOYED beside the new one.
   */
  async #supersedeOne(release: Release): Promise<void> {
    try {
      await this.#update(release);
    } catch (error) {
      if (!isSomebodyElses(error)) throw error;
      const now = await settledRecord(this.#env, release);
      if (now?.info.status.code !== "DEPLOYED") throw error;
      this.#know(now);
      await this.#update(withStatus(now, { slot: "old", status: "SUPERSEDED" }));
    }
  }

  /** Updates a record; returns the error, if any. */
  async #tryUpdate(release: Release): Promise<unknown> {
    try {
      if (release.info.status.code === "SUPERSEDED") await this.#supersedeOne(release);
      else await this.#update(release);
      return undefined;
    } catch (error) {
      const key = releaseKey(release.name, release.revision);
      const text = `record ${JSON.stringify(key)} could not be marked ${release.info.status.code}: ${messageOf(error)}`;
      this.#env.report({ type: "warning", text });
      return error;
    }
  }

  /** Handles a new record that another client modified or removed; returns text to append to the error. */
  async #giveWay(): Promise<string> {
    const release = this.#releases.get("new");
    if (!this.#acted || release === undefined || !this.#recorded.has("new")) return "";
    try {
      return await finishDeletion(this.#env, release)
        ? `; release ${
          JSON.stringify(release.name)
        } was deleted during this operation, and the objects created since were deleted too`
        : "";
    } catch (error) {
      this.#env.report({ type: "warning", text: messageOf(error) });
      return "";
    }
  }

  async #fail(step: Step, cause: unknown): Promise<never> {
    const { failure } = step;
    const message = messageOf(cause);
    let isLost = isSomebodyElses(cause);
    const reason = message + this.#whatWasDone(step, cause);
    for (const change of failure?.changes ?? []) {
      if (!this.#recorded.has(change.slot)) continue;
      if (change.onlyIfChanged && (this.#changes?.isEmpty ?? true)) continue;
      const release = withStatus(this.#release(change.slot), this.#honest(change), reason);
      this.#releases.set(change.slot, release);
      isLost = isSomebodyElses(await this.#tryUpdate(release)) || isLost;
    }
    const after = isLost ? await this.#giveWay() : "";
    throw new ReleaseError((failure?.prefix ?? "") + message + after, {
      release: this.#releases.get("new") ?? this.#releases.get("old"),
      recorded: this.#recorded.has("new"),
      before: this.#before,
      hint: failure?.hint,
      goBack: this.#goBack(cause),
      cause,
    });
  }

  /** After a wait that failed: how to return to the revision before. */
  #goBack(cause: unknown): string | undefined {
    const [before, made] = [this.#before, this.#releases.get("new")];
    const isWait = cause instanceof SkegError && (cause.kind === "timeout" || cause.kind === "unready");
    if (!isWait || before === undefined || made === undefined || !this.#recorded.has("new")) return undefined;
    return `Go back with 'skeg rollback ${before.name} ${before.revision}'.`;
  }

  /**
   * Returns the text that follows Tiller's in the description of a FAILED revision: how far the update got,
   * or that an install created nothing. After a timeout of the wait all changes are done, so nothing is
   * added.
   */
  #whatWasDone(step: Step, cause: unknown): string {
    const kind = cause instanceof SkegError ? cause.kind : undefined;
    if (step.do === "update" && kind !== "timeout" && kind !== "unready") {
      return this.#changes?.summary() ?? NOTHING_CHANGED;
    }
    const isRefused = kind === "exists" || cause instanceof KubeError && cause.status === 403;
    return step.do === "create" && isRefused && this.#changes?.isEmpty ? NOTHING_CHANGED : "";
  }

  #release(slot: Slot): Release {
    const release = this.#releases.get(slot);
    if (release === undefined) {
      throw new SkegError("internal", `A step is about the ${slot} release, and there is none`);
    }
    return release;
  }
}

/**
 * True if a signal must not stop the operation before the first of these steps: the step itself takes back
 * what was recorded, or the remaining steps only record the outcome.
 */
function endsByItself(steps: readonly Step[]): boolean {
  const [first] = steps;
  return first?.do === "confirm" || first?.do === "alone" ||
    steps.every((step) => step.do === "status" || step.do === "supersede" || step.do === "reckon");
}

function keyOf({ name, revision }: Release): string {
  return releaseKey(name, revision);
}

/** Returns advice on removing the records of a release whose objects were deleted by hand. */
function howToForget(env: Environment, { name }: Release): string {
  if (env.driver.place === undefined) return `When its objects are gone, remove the release's records by hand.`;
  const kind = env.driver.name.toLowerCase();
  return `When its objects are gone, forget the release with 'kubectl delete ${kind} --selector OWNER=TILLER,NAME=${name}' ` +
    "in the namespace of the release records.";
}

/** True for a driver error that means another client modified or removed the record. */
function isSomebodyElses(error: unknown): boolean {
  return error instanceof SkegError && !(error instanceof KubeError) &&
    (error.kind === "conflict" || error.kind === "not-found");
}
