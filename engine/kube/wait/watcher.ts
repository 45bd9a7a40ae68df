/**
 * The wait for a set of objects: reads them, follows their changes, and reports what is missing.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { abortError, sleep } from "../abort.ts";
import { getObject } from "../object_calls.ts";
import { timedOut } from "../poll.ts";
import { serverSeconds } from "../server_clock.ts";
import { longestFirst, withoutSecrets } from "../secret_values.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import { refusalOf, WaitCache } from "./cache.ts";
import { describe, type Described } from "./describe.ts";
import { type EarlyFailure, FAIL_FAST_SECONDS } from "./failures.ts";
import { isServedNow, readFacts } from "./facts.ts";
import { lastLines, secretsOf } from "./logs.ts";
import type { PodProgress } from "./pod_words.ts";
import { podProgress } from "./pods.ts";
import type { WaitSettings } from "./settings.ts";
import type { WaitTarget } from "./targets.ts";
import { type FailureOptions, lacksClass, type ObjectView, Waited } from "./view.ts";
import { specOf } from "../ready/mod.ts";

/** A look that is younger than this needs no confirmation. */
const FRESH_MS = 1000;
/** Changes that come together are judged together. */
const SETTLE_MS = 30;
/** Pods and events are read only when a wait lasts longer than this. */
const DETAILS_AFTER_MS = 1000;
/** Time for other objects to show their failures too. */
const OTHERS_MS = 2000;
/** Pause between two looks into discovery, and after a look that failed. */
const RETRY_MS = 1000;
/** Last lines of a log below an error. */
const LOG_LINES = 20;
/** Longest time that is spent on the words of an error. */
const EXPLAIN_MS = 10_000;

/** Options of {@linkcode Watcher}. */
export interface WatcherOptions extends KubeCallOptions {
  readonly settings: WaitSettings;
  /** All objects of the manifest, for masks and for what is still on its way. */
  readonly infos: readonly ResourceInfo[];
  /** 0 means no limit; a negative one is over after the first look. */
  readonly timeoutSeconds: number;
  /** Pause before the first look. */
  readonly firstMs: number;
  /** If true, what says why is read from the beginning. */
  readonly detailsAtOnce?: boolean | undefined;
  /** If true, nothing was changed before the wait. */
  readonly isUnchanged?: boolean | undefined;
}

/** A wait. */
export class Watcher {
  readonly #transport: Transport;
  readonly #options: WatcherOptions;
  readonly #objects: readonly Waited[];
  readonly #cache: WaitCache;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #startMs = performance.now();
  readonly #lines = new Map<string, readonly string[]>();
  #wake: (() => void) | undefined;
  #changed = false;
  #isFollowing = false;
  #hasDetails = false;
  /** When the first failure was ripe. */
  #ripeMs: number | undefined;
  #servedMs = -Infinity;
  #isStarted = false;
  #secrets: readonly string[] | undefined;

  constructor(transport: Transport, targets: readonly WaitTarget[], options: WatcherOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#objects = targets.map((target) => new Waited(target));
    this.#signal = AbortSignal.any([this.#stop.signal, ...options.signal === undefined ? [] : [options.signal]]);
    this.#cache = new WaitCache(transport, targets, {
      changed: () => {
        this.#changed = true;
        this.#wake?.();
      },
      restricted: (text) => this.#note(text),
    });
  }

  /**
   * Resolves when all objects are ready at one and the same look.
   *
   * @throws SkegError of kind `timeout`, of kind `unready` with `failFastSeconds`, or the server's refusal.
   */
  async untilReady(): Promise<void> {
    const { timeoutSeconds, firstMs } = this.#options;
    // A negative limit is over at once, after one look, as in the library that Helm 2 waits with.
    const endMs = timeoutSeconds === 0 ? Infinity : this.#startMs + Math.max(0, timeoutSeconds) * 1000;
    try {
      if (firstMs > 0) await sleep(Math.max(0, Math.min(firstMs, endMs - performance.now())), this.#options.signal);
      await this.#begin();
      for (;;) {
        await this.#look();
        if (this.#objects.every(({ isReady }) => isReady)) {
          if (this.#isFresh()) return;
          await this.#confirm();
          continue;
        }
        this.#follow();
        const nextMs = await this.#checkFailures();
        if (performance.now() >= endMs) throw timedOut(this.#trouble());
        await this.#next(Math.min(endMs - performance.now(), nextMs));
      }
    } catch (error) {
      if (this.#options.signal?.aborted) throw abortError(this.#options.signal);
      throw error instanceof SkegError && error.kind === "timeout" ? await this.#explained(error) : error;
    } finally {
      await this.end();
    }
  }

  /** Begins to follow the objects without waiting for them. */
  async observe(found: (failures: readonly EarlyFailure[]) => void): Promise<void> {
    try {
      await this.#begin();
      for (;;) {
        await this.#look();
        this.#follow();
        const ripe = this.#ripe();
        if (ripe.failures.length > 0) found(ripe.failures.map(({ failure }) => failure));
        await this.#next(ripe.nextMs);
      }
    } catch {
      // The observer only explains; errors are reported by the wait itself.
    }
  }

  /** Ends all watches. */
  async end(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#cache.pause();
  }

  /**
   * Returns the words about all objects, with pods and their last lines; empty when nothing is known. With `isFresh`,
   * everything is read once more.
   */
  async explain(isFresh = false): Promise<{ readonly words: string; readonly hint: string | undefined }> {
    const signal = AbortSignal.timeout(EXPLAIN_MS);
    const count = this.#options.settings.logLines ?? LOG_LINES;
    try {
      if (isFresh) {
        await this.#cache.pause();
        await this.#cache.read(signal);
        for (const object of this.#objects) object.judge(this.#cache, this.#cache.objectOf(object.target));
      }
      if (!this.#hasDetails) await this.#cache.addDetails(signal);
      return await this.#describe(count, signal);
    } catch {
      // The error itself is worth more than its words.
      return { words: "", hint: undefined };
    }
  }

  async #describe(
    count: number,
    signal: AbortSignal,
  ): Promise<{ readonly words: string; readonly hint: string | undefined }> {
    const described = await Promise.all(this.#objects.map(async (object): Promise<Described> => {
      const { view } = object.view(this.#cache);
      const pods = await Promise.all(
        view.pods.filter(({ ready }) => !ready).slice(0, 3).map((pod) => this.#withLines(object, pod, count, signal)),
      );
      const more = view.pods.filter(({ ready }) => !ready).slice(3).map((pod) => this.#masked(pod));
      return {
        object: object.name,
        isReady: object.isReady,
        reason: view.reason,
        pods: [...pods, ...more],
        event: view.event,
      };
    }));
    return { words: describe(described), hint: this.#hint(described) };
  }

  async #begin(): Promise<void> {
    const { signal } = this.#options;
    const targets = this.#objects.map(({ target }) => target);
    const isStrict = targets.some((target) => target.isStrict);
    const [facts] = await Promise.all([
      isStrict ? readFacts(this.#transport, targets, signal) : undefined,
      this.#cache.read(signal),
    ]);
    if (facts !== undefined) this.#cache.facts = facts;
    const { settings, detailsAtOnce } = this.#options;
    if (detailsAtOnce === true || settings.failFastSeconds !== undefined) await this.#addDetails();
  }

  async #addDetails(): Promise<void> {
    if (this.#hasDetails) return;
    this.#hasDetails = true;
    await this.#cache.addDetails(this.#signal);
  }

  /** Judges every object, and reports what is new. */
  async #look(): Promise<void> {
    const refusal = refusalOf(this.#cache);
    if (refusal !== undefined) throw refusal;
    await this.#checkServed();
    for (const object of this.#objects) {
      const live = this.#cache.objectOf(object.target);
      if (live === undefined && object.target.reads !== "pods") await this.#lookFor(object);
      else object.judge(this.#cache, live);
    }
    const isLate = this.#objects.some(({ isReady }) => !isReady);
    if (isLate) this.#startReport();
    for (const object of this.#objects) this.#reportOf(object);
  }

  /** An object that is not in its list: the server says if it is gone. */
  async #lookFor(object: Waited): Promise<void> {
    const { resource, info } = object.target;
    if (!this.#cache.isRead(object.target)) return;
    // A Job that has completed may be removed by then.
    const isDone = specOf(object.live ?? info.object).ttlSecondsAfterFinished !== undefined;
    if (resource.kind === "Job" && isDone && object.state.state !== "failed") {
      object.state = { state: "ready", reason: "it has completed and is gone" };
      return;
    }
    const live = await getObject(this.#transport, { ...info, resource }, { signal: this.#options.signal });
    object.judge(this.#cache, live);
  }

  /** The kinds of a definition that was established since must be in discovery. */
  async #checkServed(): Promise<void> {
    const { served } = this.#cache.facts;
    if (served.size === 0 || performance.now() - this.#servedMs < RETRY_MS) return;
    this.#servedMs = performance.now();
    for (const { target } of this.#objects) {
      if (served.get(target.info.name) !== false) continue;
      const live = this.#cache.objectOf(target);
      if (live !== undefined) {
        served.set(target.info.name, await isServedNow(this.#transport, live, this.#options.signal));
      }
    }
  }

  #isFresh(): boolean {
    const now = performance.now();
    return this.#cache.required.every(({ readAtMs, trouble }) => now - readAtMs < FRESH_MS && trouble === undefined);
  }

  /** Reads everything once more: a watch may be behind. */
  async #confirm(): Promise<void> {
    await this.#cache.pause();
    this.#isFollowing = false;
    await this.#cache.read(this.#options.signal);
    if (!this.#isFresh()) await sleep(RETRY_MS, this.#options.signal);
  }

  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#cache.follow();
    if (this.#hasDetails) return;
    sleep(DETAILS_AFTER_MS, this.#signal).then(() => this.#addDetails()).catch(() => {});
  }

  /** Waits for a change, or at most so long. */
  async #next(maxMs: number): Promise<void> {
    const recheckMs = Math.min(...this.#objects.map(({ state }) => state.recheckMs ?? Infinity));
    const served = [...this.#cache.facts.served.values()].includes(false) ? RETRY_MS : Infinity;
    const ms = Math.max(SETTLE_MS, Math.min(maxMs, recheckMs, served, 2 ** 30));
    if (!this.#changed) {
      await new Promise<void>((resolve, reject) => {
        const signal = this.#signal;
        const done = (end: () => void): void => {
          clearTimeout(timer);
          this.#wake = undefined;
          signal.removeEventListener("abort", stop);
          end();
        };
        const stop = (): void => done(() => reject(abortError(signal)));
        const timer = setTimeout(() => done(resolve), ms);
        this.#wake = () => done(resolve);
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      });
    }
    await sleep(Math.min(SETTLE_MS, Math.max(0, ms)), this.#signal);
    this.#changed = false;
  }

  #trouble(): unknown {
    return this.#cache.required.find(({ trouble }) => trouble !== undefined)?.trouble;
  }

  /** Returns failures that have lasted their grace, and when the next one will have. */
  #ripe(): {
    readonly failures: { readonly object: Waited; readonly failure: EarlyFailure }[];
    readonly nextMs: number;
  } {
    const { failFastSeconds } = this.#options.settings;
    if (failFastSeconds === undefined) return { failures: [], nextMs: Infinity };
    const options: FailureOptions = {
      notBefore: this.#options.isUnchanged === true ? 0 : this.#notBefore(),
      isOfRelease: (kind, namespace, name) =>
        this.#options.infos.some((info) =>
          info.resource.kind === kind && info.namespace === namespace && info.name === name
        ),
      lacksClass: lacksClass(this.#cache.facts.storageClasses),
      isChange: this.#options.isUnchanged !== true,
    };
    let nextMs = Infinity;
    const failures = this.#objects.flatMap((object) => {
      const found = object.failures(this.#cache, failFastSeconds / FAIL_FAST_SECONDS, options);
      nextMs = Math.min(nextMs, found.nextMs, object.annotations.idleMs ?? Infinity);
      if (object.annotations.onFailure === "ignore" && found.ripe.length > 0) object.isIgnored = true;
      return object.isIgnored ? [] : found.ripe.slice(0, 1).map((failure) => ({ object, failure }));
    });
    return { failures, nextMs };
  }

  /** Events that are older are not about this change; a minute for clocks and for the time before the wait. */
  #notBefore(): number {
    const seconds = serverSeconds(this.#transport) ?? Date.now() / 1000;
    return seconds * 1000 - (performance.now() - this.#startMs) - 60_000;
  }

  /** Ends the wait when something has failed for good. Returns when to look again. */
  async #checkFailures(): Promise<number> {
    const { failures, nextMs } = this.#ripe();
    if (failures.length === 0) {
      this.#ripeMs = undefined;
      return nextMs;
    }
    const now = performance.now();
    this.#ripeMs ??= now;
    const othersMs = this.#objects.length > 1 ? OTHERS_MS : 0;
    if (now - this.#ripeMs < othersMs) return Math.min(nextMs, this.#ripeMs + othersMs - now);
    const [first] = failures;
    const { words, hint } = await this.explain();
    const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : "";
    throw new SkegError("unready", `${first?.object.name} cannot become ready: ${first?.failure.reason}${more}`, {
      details: words,
      hint,
    });
  }

  async #explained(error: SkegError): Promise<SkegError> {
    const { words, hint } = await this.explain();
    return timedOut(error.cause, hint, words === "" ? undefined : words);
  }

  /** Returns the next command: the logs of a pod that failed, or the description of an object. */
  #hint(described: readonly Described[]): string | undefined {
    const index = described.findIndex(({ isReady }) => !isReady);
    const late = described[index];
    const info = this.#objects[index]?.target.info;
    if (late === undefined || info === undefined) return undefined;
    const place = info.namespace === "" ? "" : ` --namespace ${info.namespace}`;
    const when = this.#options.isSandbox === true ? " while 'skeg sandbox serve' runs" : "";
    const failed = late.pods.find(({ exitCode }) => exitCode !== undefined);
    if (failed !== undefined) {
      const container = failed.container === undefined ? "" : ` --container ${failed.container}`;
      const previous = failed.reason.startsWith("CrashLoopBackOff") ? " --previous" : "";
      return `Read its log${when}: kubectl logs ${failed.name}${place}${container}${previous}`;
    }
    const [pod] = late.pods;
    const what = pod === undefined ? `${info.resource.kind.toLowerCase()} ${info.name}` : `pod ${pod.name}`;
    return `Look closer${when}: kubectl describe ${what}${place}`;
  }

  #startReport(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { report, timeoutSeconds } = this.#options;
    const namespaces = new Set(this.#objects.map(({ target }) => target.info.namespace));
    report?.({
      verb: "wait-start",
      object: "",
      namespace: namespaces.size === 1 ? [...namespaces][0] ?? "" : "",
      detail: "",
      total: this.#objects.length,
      ready: this.#objects.filter(({ isReady }) => isReady).map(({ name }) => name),
      timeoutSeconds,
      since: Math.round(Date.now() - (performance.now() - this.#startMs)),
    });
  }

  #reportOf(object: Waited): void {
    if (!this.#isStarted) return;
    const wasReady = object.isTold;
    const { view, isNew } = object.view(this.#cache);
    this.#readLines(object, view);
    if (!isNew) return;
    // What was ready at the first look is in the report of the start.
    if (object.isReady && wasReady === undefined) {
      object.isTold = true;
      return;
    }
    object.isTold = object.isReady;
    this.#options.report?.({
      verb: object.isReady ? "ready" : "wait",
      object: object.name,
      namespace: object.target.info.namespace,
      detail: view.reason,
      state: view.state,
      since: Date.now(),
      pods: view.pods.map((pod) => ({
        ...this.#masked(pod),
        lines: this.#lines.get(lineKey(pod)),
      })),
      event: view.event,
    });
  }

  /** Reads the last lines of pods that failed, for a listener that shows them during the wait. */
  #readLines(object: Waited, view: ObjectView): void {
    const count = this.#options.settings.liveLogLines ?? 0;
    if (count === 0) return;
    for (const pod of view.pods.filter((each) => !each.ready && each.exitCode !== undefined).slice(0, 3)) {
      const key = lineKey(pod);
      if (this.#lines.has(key)) continue;
      this.#lines.set(key, []);
      this.#withLines(object, pod, count, this.#signal).then(({ lines = [] }) => {
        this.#lines.set(key, lines);
        object.retell();
        this.#changed = true;
        this.#wake?.();
      }).catch(() => {});
    }
  }

  async #withLines(object: Waited, pod: PodProgress, count: number, signal: AbortSignal): Promise<PodProgress> {
    const { annotations } = object;
    const live = this.#cache.podsOf(object.target, object.live).newest.find(({ metadata }) =>
      metadata?.name === pod.name
    );
    if (live === undefined || annotations.skipLogs) return this.#masked(pod);
    const query = {
      transport: this.#transport,
      count,
      secrets: this.#secretsOfRelease(),
      pattern: annotations.logPattern,
      signal,
    };
    return {
      ...this.#masked(podProgress(live)),
      lines: await lastLines(withNamespace(live, object.target.info), query),
    };
  }

  #secretsOfRelease(): readonly string[] {
    const { infos, secrets } = this.#options;
    return this.#secrets ??= longestFirst([...secretsOf(infos), ...secrets?.() ?? []]);
  }

  /** A container may say why it ended in the last lines of its log. */
  #masked(pod: PodProgress): PodProgress {
    return pod.message === "" ? pod : { ...pod, message: withoutSecrets(pod.message, this.#secretsOfRelease()) };
  }

  #note(text: string): void {
    this.#options.report?.({ verb: "wait-note", object: "", namespace: "", detail: text });
  }
}

function lineKey({ name, restarts, container = "" }: PodProgress): string {
  return `${name}/${container}/${restarts}`;
}

function withNamespace(pod: KubeObject, { namespace }: ResourceInfo): KubeObject {
  return { ...pod, metadata: { namespace, ...pod.metadata } };
}
