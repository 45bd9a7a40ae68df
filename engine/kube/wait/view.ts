/**
 * One object of a wait: its state, since when, and what is wrong with it.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asText } from "../json.ts";
import { objectName } from "../object_calls.ts";
import { type WaitAnnotations, waitAnnotations } from "./annotations.ts";
import { eventTime, type WaitCache } from "./cache.ts";
import { countOf, type EarlyFailure, failuresOf, refusalWords } from "./failures.ts";
import { firstLine, isInTrouble, type PodProgress, podWords } from "./pod_words.ts";
import { containersOf, podProgress } from "./pods.ts";
import type { WaitTarget } from "./targets.ts";
import { type ObjectState, progress, specOf, statusOf } from "../ready/mod.ts";

/** The facts about an object that are shown. */
export interface ObjectView {
  readonly state: ObjectState["state"];
  readonly reason: string;
  /** Pods of the newest version, those that are not ready first. */
  readonly pods: readonly PodProgress[];
  /** The newest warning about it with its count, or empty. */
  readonly event: string;
}

/** One object of a wait. */
export class Waited {
  readonly target: WaitTarget;
  readonly name: string;
  readonly annotations: WaitAnnotations;
  /** The verdict of the last look. */
  state: ObjectState = progress("it was not read yet");
  /** The object at the last look. */
  live: KubeObject | undefined;
  /** When its state or reason changed last, by `performance.now()`. */
  sinceMs: number = performance.now();
  /** True if the wait goes on without it. */
  isIgnored = false;
  /** True if it was reported as ready, false as waited for; `undefined` when nothing was reported. */
  isTold: boolean | undefined;
  readonly #startMs = performance.now();
  readonly #failures = new Map<string, number>();
  readonly #restarts = new Map<string, number>();
  #firstStatus: string | undefined;
  #shown = "";

  constructor(target: WaitTarget) {
    this.target = target;
    this.name = objectName(target.info);
    this.annotations = waitAnnotations(target.info.object);
  }

  /** True if the wait need not go on for it. */
  get isReady(): boolean {
    return this.state.state === "ready" || this.isIgnored;
  }

  /** Judges the object as the cache has it. */
  judge(cache: WaitCache, live: KubeObject | undefined): void {
    this.live = live;
    const object = live ?? this.target.info.object;
    if (this.target.isStrict) {
      const status = JSON.stringify(statusOf(object));
      this.#firstStatus ??= status;
    }
    const related = cache.relatedOf(this.target, object, {
      waitedMs: performance.now() - this.#startMs,
      hasChanged: this.target.isStrict && this.#firstStatus !== JSON.stringify(statusOf(object)),
    });
    this.state = this.target.judge(object, related);
  }

  /** Returns what is shown of it, and if that differs from the last time. */
  view(cache: WaitCache): { readonly view: ObjectView; readonly isNew: boolean } {
    const view = this.#view(cache);
    const text = JSON.stringify([
      view.state,
      view.reason,
      view.pods.map((pod) => [pod.name, podWords(pod)]),
      view.event,
    ]);
    const isNew = text !== this.#shown;
    if (isNew) this.sinceMs = performance.now();
    this.#shown = text;
    return { view, isNew };
  }

  /** Lets the next view count as new. */
  retell(): void {
    this.#shown = "";
  }

  /** Returns the failures that have lasted their grace. */
  failures(
    cache: WaitCache,
    scale: number,
    options: FailureOptions,
  ): { readonly ripe: EarlyFailure[]; readonly nextMs: number } {
    const now = performance.now();
    const found = this.isReady || this.annotations.onFailure === "hope" ? [] : this.#failuresNow(cache, options);
    const { idleMs } = this.annotations;
    if (!this.isReady && idleMs !== undefined && now - this.sinceMs >= idleMs) {
      found.push({ key: "idle", reason: `nothing changed for ${Math.round(idleMs / 1000)} s`, graceMs: 0 });
    }
    const keys = new Set(found.map(({ key }) => key));
    for (const key of this.#failures.keys()) if (!keys.has(key)) this.#failures.delete(key);
    let nextMs = Infinity;
    const ripe = found.filter(({ key, graceMs, isEarly }) => {
      const since = this.#failures.get(key) ?? now;
      this.#failures.set(key, since);
      const left = since + graceMs * scale - now;
      if (left > 0) nextMs = Math.min(nextMs, left);
      return left <= 0 && isEarly !== true;
    });
    return { ripe, nextMs };
  }

  #failuresNow(cache: WaitCache, { notBefore, isOfRelease, lacksClass, isChange }: FailureOptions): EarlyFailure[] {
    const object = this.live ?? this.target.info.object;
    const { newest } = cache.podsOf(this.target, this.live);
    return failuresOf({
      kind: this.target.info.resource.kind,
      object,
      state: this.state,
      pods: newest,
      newestSet: cache.newestSetOf(object),
      eventsOf: (about) =>
        cache.eventsOf(about).filter((event) => eventTime(event) === 0 || eventTime(event) >= notBefore),
      isOfRelease: (kind, name) => isOfRelease(kind, this.target.info.namespace, name),
      restartsBefore: (pod, container) => isChange ? this.#restartsBefore(pod, container) : 0,
      lacksClass: lacksClass(object),
    });
  }

  /** Returns the restarts of a container when it was first seen; a new pod begins at 0. */
  #restartsBefore(pod: KubeObject, container: string): number {
    const key = `${pod.metadata?.uid ?? ""}/${container}`;
    const restarts = containersOf(pod).find(({ name }) => name === container)?.restarts ?? 0;
    const isOld =
      Date.parse(pod.metadata?.creationTimestamp ?? "") < Date.now() - (performance.now() - this.#startMs) - 60_000;
    const known = this.#restarts.get(key) ?? (isOld ? restarts : 0);
    this.#restarts.set(key, known);
    return known;
  }

  #view(cache: WaitCache): ObjectView {
    const object = this.live ?? this.target.info.object;
    const { state, reason } = this.state;
    if (this.isReady) return { state: "ready", reason, pods: [], event: "" };
    const { newest } = cache.podsOf(this.target, this.live);
    // Only the first pods are shown, and their logs read: those in trouble, then others that are not ready.
    const rank = (pod: PodProgress): number => isInTrouble(pod) ? 0 : pod.ready ? 2 : 1;
    const pods = newest.map(podProgress).toSorted((a, b) => rank(a) - rank(b));
    const { kind } = this.target.info.resource;
    const refusal = refusalWords({
      kind,
      object,
      newestSet: cache.newestSetOf(object),
      eventsOf: (about) => cache.eventsOf(about),
      pods: newest,
    });
    const shownReason = refusal === undefined ? reason : `no pods: ${refusal}`;
    return {
      state,
      reason: shownReason,
      // A pod is not listed below itself, unless its exit code and its log say more than its state.
      pods: kind === "Pod" ? pods.filter(({ exitCode }) => exitCode !== undefined) : pods,
      event: this.#warning(cache, object, newest),
    };
  }

  #warning(cache: WaitCache, object: KubeObject, pods: readonly KubeObject[]): string {
    const events = [object, ...pods].flatMap((each) => cache.eventsOf(each)).filter(({ type }) => type === "Warning");
    const newest = events.toSorted((a, b) => eventTime(a) - eventTime(b)).at(-1);
    if (newest === undefined) return "";
    const count = countOf(newest);
    return `${asText(newest.reason)}: ${firstLine(asText(newest.message), 160)}${count > 1 ? ` (${count} times)` : ""}`;
  }
}

/** Facts besides the object on which failures depend. */
export interface FailureOptions {
  /** Older events are not about this change, in Unix milliseconds. */
  readonly notBefore: number;
  readonly isOfRelease: (kind: string, namespace: string, name: string) => boolean;
  readonly lacksClass: (claim: KubeObject) => boolean;
  /** False if nothing was changed before the wait, so that earlier restarts count too. */
  readonly isChange: boolean;
}

/** Returns true if the storage class that a claim names is not among `classes`. */
export function lacksClass(classes: readonly KubeObject[] | undefined): (claim: KubeObject) => boolean {
  return (claim) => {
    const name = asText(specOf(claim).storageClassName);
    return classes !== undefined && name !== "" && !classes.some(({ metadata }) => metadata?.name === name);
  };
}
