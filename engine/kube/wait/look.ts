/**
 * One look at objects: how each is doing now, by the strict rules of a wait, and the objects that it owns.
 *
 * Reads one list for each resource and namespace, as a wait does. `follow_look.ts` watches them.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { collectionPath } from "../paths.ts";
import { PODS } from "../object_calls.ts";
import { concurrently } from "../runs.ts";
import type { ApiResource, KubeCallOptions, ResourceInfo, Transport } from "../types.ts";
import { type ObjectState, objectState, specOf } from "../ready/mod.ts";
import { WaitCache } from "./cache.ts";
import { isServedNow, readFacts } from "./facts.ts";
import { JOBS, jobsOfCronJobs, type OwnedJob } from "./look_cron_jobs.ts";
import { podWords } from "./pod_words.ts";
import { podProgress } from "./pods.ts";
import { hasOwnPods, REPLICA_SETS } from "./needs.ts";
import { asKind, targetsOf, type WaitTarget } from "./targets.ts";
import { type ObjectView, Waited } from "./view.ts";

/** The state of an object. `missing`: it does not exist. `unknown`: it may not be read. */
export type SeenState = ObjectState["state"] | "missing" | "unknown";

/** An object, and how it is doing. */
export interface SeenObject {
  /** As the manifest names it. */
  readonly info: ResourceInfo;
  /** Its state, by the rules of `--wait-strict=all`. */
  readonly state: SeenState;
  /** One sentence: what is missing, or has failed; for a ready object a note, or empty. */
  readonly reason: string;
  /** The live object; of kinds without a rule only its metadata. Absent if it does not exist or may not be read. */
  readonly live?: KubeObject | undefined;
  /** With `owned`: the replica sets or Jobs that it controls, the newest first, or its pods. */
  readonly owned: readonly OwnedObject[];
}

/** A replica set, a Job or a pod that belongs to an object. */
export interface OwnedObject {
  /** The live object. */
  readonly live: KubeObject;
  /** `apps/v1`, `batch/v1` or `v1`. */
  readonly apiVersion: string;
  /** `ReplicaSet`, `Job` or `Pod`. */
  readonly kind: string;
  /** Its state, by the rules of `--wait-strict=all`. */
  readonly state: SeenState;
  /** One sentence; may be empty when it is ready. */
  readonly reason: string;
  /** The pods of a replica set or a Job. */
  readonly owned: readonly OwnedObject[];
}

/** Options of {@linkcode lookAt}. */
export interface ClusterLookOptions extends KubeCallOptions {
  /** If true, replica sets, Jobs and pods are read even when all objects are ready. */
  readonly owned?: boolean | undefined;
  /** Where watching is not allowed, lists are read this often, in milliseconds; default 2000. */
  readonly pollMs?: number | undefined;
}

/** The result of a look. */
export interface ClusterLook {
  /** In the order of the given objects. */
  readonly objects: readonly SeenObject[];
  /** Lists that could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads the live objects and judges each. An object that cannot be read hides no other.
 *
 * @throws SkegError when the signal fires, or no answer comes.
 */
export async function lookAt(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: ClusterLookOptions = {},
): Promise<ClusterLook> {
  const looker = new Looker(transport, infos, options, () => {});
  await looker.read();
  return await looker.look();
}

/** Objects that are looked at: their lists, and a verdict about each. */
export class Looker {
  readonly #transport: Transport;
  readonly #infos: readonly ResourceInfo[];
  readonly #options: ClusterLookOptions;
  readonly #targets: readonly WaitTarget[];
  readonly #cache: WaitCache;
  /** Rights to list that are missing, one sentence each. */
  readonly #restrictions: string[] = [];

  constructor(
    transport: Transport,
    infos: readonly ResourceInfo[],
    options: ClusterLookOptions,
    changed: () => void,
  ) {
    this.#transport = transport;
    this.#infos = infos;
    this.#options = options;
    this.#targets = targetsOf(infos, { waitStrict: "all", waitRules: options.waiting?.waitRules });
    this.#cache = new WaitCache(transport, this.#targets, {
      changed,
      troubled: changed,
      restricted: (text, right) => right === "list" && this.#restrictions.push(text),
    }, options.pollMs);
  }

  /** Reads the lists. */
  async read(): Promise<void> {
    const { signal, owned = false } = this.#options;
    const [facts] = await Promise.all([readFacts(this.#transport, this.#targets, signal), this.#cache.read(signal)]);
    this.#cache.facts = facts;
    await this.checkServed();
    const isWell = (): boolean => this.#targets.every((target) => judged(this.#cache, target).state === "ready");
    if (owned || !isWell()) await this.#cache.addDetails(signal, false);
  }

  /** Keeps the lists up to date until {@linkcode end}. */
  follow(): void {
    this.#cache.follow();
  }

  /** Ends what {@linkcode follow} began. */
  async end(): Promise<void> {
    await this.#cache.pause();
  }

  /** Looks for the kinds of definitions in discovery: without that none would be ready. */
  async checkServed(): Promise<void> {
    const { served } = this.#cache.facts;
    const definitions = this.#targets.filter(({ info }) => served.get(info.name) === false);
    await concurrently(definitions, async (target) => {
      const live = this.#cache.objectOf(target);
      if (live === undefined) return;
      served.set(target.info.name, await isServedNow(this.#transport, live, this.#options.signal));
    });
  }

  /** Judges the objects as the lists have them. */
  async look(): Promise<ClusterLook> {
    const { signal, owned = false } = this.#options;
    const seen = new Map(this.#targets.map((target) => [target.info, judged(this.#cache, target)]));
    const jobs: JobsByOwner = owned ? await cronJobs(this.#transport, this.#infos, signal) : new Map();
    return {
      objects: this.#infos.map((info) => {
        const object = seen.get(info) ?? notJudged(info);
        return owned ? { ...object, owned: ownedBy(this.#cache, object, jobs) } : object;
      }),
      problems: [...this.#restrictions, ...this.#troubles()],
    };
  }

  /** Returns why lists that were read once cannot be read now: their objects may be out of date. */
  #troubles(): string[] {
    const found = this.#cache.required.filter(({ isRead }) => isRead)
      .flatMap(({ trouble }) => trouble instanceof KubeError ? [trouble.message] : []);
    return [...new Set(found)];
  }
}

function judged(cache: WaitCache, target: WaitTarget): SeenObject {
  const { info } = target;
  const base = { info, owned: [] };
  if (!cache.isRead(target)) return { ...base, state: "unknown", reason: refusal(cache, target) };
  const live = cache.objectOf(target);
  if (live === undefined) {
    const isRemoved = specOf(info.object).ttlSecondsAfterFinished !== undefined;
    return isRemoved && info.resource.kind === "Job"
      ? { ...base, state: "ready", reason: "it has completed and is gone" }
      : { ...base, state: "missing", reason: "it does not exist" };
  }
  const waited = new Waited(target);
  waited.live = live;
  // Nothing was changed for this look, so graces count from the creation of the object.
  const createdMs = Date.parse(live.metadata?.creationTimestamp ?? "");
  const waitedMs = Number.isFinite(createdMs) ? Math.max(0, Date.now() - createdMs) : Infinity;
  waited.state = target.judge(live, cache.relatedOf(target, live, { waitedMs, hasChanged: true }));
  const { view } = waited.view(cache);
  return { ...base, state: waited.state.state, reason: reasonOf(view), live };
}

/** Returns one sentence: of a pod that has failed, else of the object itself. */
function reasonOf({ state, reason, pods, event }: ObjectView): string {
  if (state === "ready") return reason;
  const failed = pods.find(({ ready, exitCode, message }) => !ready && (exitCode !== undefined || message !== ""));
  if (failed !== undefined) return `pod ${failed.name}: ${podWords(failed)}`;
  return reason !== "" ? reason : event;
}

/** Returns why a target's list was not read. */
function refusal(cache: WaitCache, { resource, info }: WaitTarget): string {
  const path = collectionPath(resource, info.namespace);
  const feed = cache.required.find(({ query }) => collectionPath(query.resource, query.namespace) === path);
  const cause = feed?.refusal ?? feed?.trouble;
  return cause instanceof KubeError ? cause.message : "it could not be read";
}

/** An object with the annotation that leaves it out of waits. */
function notJudged(info: ResourceInfo): SeenObject {
  return { info, state: "ready", reason: "not waited for", owned: [] };
}

/** Returns the Jobs of CronJobs, by the uid of the CronJob. */
async function cronJobs(
  transport: Transport,
  infos: readonly ResourceInfo[],
  signal: AbortSignal | undefined,
): Promise<JobsByOwner> {
  const owners = infos.filter(({ resource: { group, kind } }) => group === "batch" && kind === "CronJob");
  const namespaces = [...new Set(owners.map(({ namespace }) => namespace))];
  const found = await concurrently(namespaces, (namespace) => jobsOfCronJobs(transport, namespace, signal));
  return new Map(found.flatMap((jobs) => [...jobs]));
}

type JobsByOwner = ReadonlyMap<string, readonly OwnedJob[]>;

function ownedBy(cache: WaitCache, { info, live }: SeenObject, jobs: JobsByOwner): OwnedObject[] {
  if (live === undefined) return [];
  const { kind } = info.resource;
  if (kind === "CronJob") {
    return (jobs.get(live.metadata?.uid ?? "") ?? []).map(({ job, pods }) =>
      ownedObject(job, JOBS, pods.map((pod) => ownedObject(pod, PODS, [])))
    );
  }
  if (kind === "Deployment") {
    const sets = cache.ownedBy(live, "ReplicaSet").toSorted((a, b) => createdOf(b).localeCompare(createdOf(a)));
    return sets.map((set) => ownedObject(set, REPLICA_SETS, podsOf(cache, set)));
  }
  const target = { info, resource: info.resource } as WaitTarget;
  return kind !== "Pod" && hasOwnPods(target) ? podsOf(cache, live) : [];
}

function podsOf(cache: WaitCache, owner: KubeObject): OwnedObject[] {
  return cache.ownedBy(owner, "Pod").map((pod) => ownedObject(pod, PODS, []));
}

function ownedObject(object: KubeObject, resource: ApiResource, owned: readonly OwnedObject[]): OwnedObject {
  // Items of a list lack their kind.
  const live = asKind(object, resource);
  const { state, reason } = objectState(live);
  const words = resource.kind === "Pod" && state !== "ready" ? podWords(podProgress(live)) : reason;
  const { apiVersion = "", kind = "" } = live;
  return { live, apiVersion, kind, state, reason: words, owned };
}

const createdOf = ({ metadata }: KubeObject): string => metadata?.creationTimestamp ?? "";
