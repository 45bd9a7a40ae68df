/**
 * The objects that a wait looks at: feeds, and what belongs to what.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText } from "../json.ts";
import { PODS } from "../object_calls.ts";
import { collectionPath } from "../paths.ts";
import { selectorText, selects } from "../selectors.ts";
import type { ApiResource, Transport } from "../types.ts";
import { Feed, feedKey, type FeedListener, type FeedQuery } from "./feed.ts";
import { NO_FACTS, type WaitFacts } from "./facts.ts";
import { detailQueries, EVENTS, relatedQueries, REPLICA_SETS, requiredQueries, SLICES } from "./needs.ts";
import type { WaitTarget } from "./targets.ts";
import { newestSet, type Related, specOf, statusOf, valueAt } from "../ready/mod.ts";

/** Pods of a workload. */
export interface OwnPods {
  /** All of them. */
  readonly all: readonly KubeObject[];
  /** Those of the newest version: older ones are being replaced, and their failures do not matter. */
  readonly newest: readonly KubeObject[];
}

/** Feeds of one wait. */
export class WaitCache {
  /** Facts that are read once. */
  facts: WaitFacts = NO_FACTS;
  readonly #transport: Transport;
  readonly #targets: readonly WaitTarget[];
  readonly #listener: FeedListener;
  readonly #pollMs: number | undefined;
  readonly #feeds = new Map<string, Feed>();
  readonly #required = new Set<Feed>();
  /** Objects by uid of their controller, and events by uid of their object; made anew after changes. */
  #owned: ReadonlyMap<string, readonly KubeObject[]> | undefined;
  #events: ReadonlyMap<string, readonly KubeObject[]> | undefined;

  constructor(transport: Transport, targets: readonly WaitTarget[], listener: FeedListener, pollMs?: number) {
    this.#transport = transport;
    this.#targets = targets;
    this.#pollMs = pollMs;
    this.#listener = {
      ...listener,
      changed: () => {
        this.#owned = this.#events = undefined;
        listener.changed();
      },
    };
    for (const query of requiredQueries(targets)) this.#required.add(this.#add(query));
    for (const query of relatedQueries(targets)) this.#add(query);
  }

  /** Feeds without which there is no verdict. */
  get required(): readonly Feed[] {
    return [...this.#required];
  }

  /** Reads all feeds afresh. */
  async read(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.read(signal)));
  }

  /** Keeps all feeds up to date until {@linkcode pause}. */
  follow(): void {
    for (const feed of this.#feeds.values()) feed.follow();
  }

  async pause(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.pause()));
  }

  /** Reads what says why objects are not ready, and follows it unless `follows` is false. */
  async addDetails(signal?: AbortSignal, follows = true): Promise<void> {
    const added = detailQueries(this.#targets, (target) => this.objectOf(target) ?? target.info.object)
      .filter((query) => !this.#isCovered(query)).map((query) => this.#add(query));
    await Promise.all(added.map((feed) => feed.read(signal)));
    for (const feed of added) {
      if (feed.refusal !== undefined) {
        this.#listener.restricted(`${feed.query.resource.plural} may not be read, so reasons are without them`, "list");
      }
      if (follows) feed.follow();
    }
  }

  /** True if the list with a target's object was read. */
  isRead({ resource, info }: WaitTarget): boolean {
    return this.#feed(resource, info.namespace) !== undefined;
  }

  /** Returns the live object of a target. */
  objectOf({ resource, info, reads }: WaitTarget): KubeObject | undefined {
    if (reads === "pods") return undefined;
    return this.#feed(resource, info.namespace)?.objects.get(feedKey(info.namespace, info.name));
  }

  /** Returns what its rule needs to know around a target's object. */
  relatedOf(target: WaitTarget, object: KubeObject, more: Related): Related {
    const { info, reads, isStrict } = target;
    if (reads === "pods") return { pods: this.#selected(info.namespace, info.object) };
    if (reads === "replicaSets") return { replicaSets: this.ownedBy(object, "ReplicaSet") };
    if (!isStrict) return {};
    const { namespace } = info;
    const className = asText(specOf(object).storageClassName);
    return {
      ...more,
      events: this.eventsOf(object),
      readyEndpoints: (space, name) => this.#readyEndpoints(space, name),
      hasWorkload: info.resource.kind === "Service" && this.#hasWorkload(namespace, object),
      storageClass: this.facts.storageClasses?.find(({ metadata }) => metadata?.name === className),
      isUsed: info.resource.kind === "PersistentVolumeClaim" ? this.#isUsed(namespace, info.name) : undefined,
      ingressClasses: this.facts.ingressClasses,
      isServed: this.facts.served.get(info.name),
      makesTokens: this.facts.makesTokens,
      hasStatus: this.facts.hasStatus.get(`${info.resource.plural}.${info.resource.group}`),
    };
  }

  /** Returns the pods of a workload. */
  podsOf(target: WaitTarget, live: KubeObject | undefined): OwnPods {
    const object = live ?? target.info.object;
    const { kind } = target.info.resource;
    if (kind === "Pod") return { all: live === undefined ? [] : [live], newest: live === undefined ? [] : [live] };
    if (kind === "Deployment") return this.#deploymentPods(object);
    if (target.rule?.pods !== undefined) {
      return same(this.#byText(target.info.namespace, valueAt(object, target.rule.pods)));
    }
    const all = this.ownedBy(object, "Pod");
    const revision = kind === "StatefulSet" ? asText(statusOf(object).updateRevision) : newestRevision(kind, all);
    const isNew = ({ metadata }: KubeObject): boolean => metadata?.labels?.["controller-revision-hash"] === revision;
    return revision === "" ? same(all) : { all, newest: all.filter(isNew) };
  }

  /** Returns the replica set of a Deployment's newest version. */
  newestSetOf(deployment: KubeObject): KubeObject | undefined {
    return newestSet(deployment, this.ownedBy(deployment, "ReplicaSet"));
  }

  /** Returns the objects of a kind that an object controls. */
  ownedBy({ metadata }: KubeObject, kind: "Pod" | "ReplicaSet"): KubeObject[] {
    this.#owned ??= this.#index();
    return [...this.#owned.get(`${kind} ${metadata?.uid ?? ""}`) ?? []];
  }

  /** Returns the events about an object, oldest first. */
  eventsOf({ metadata }: KubeObject): readonly KubeObject[] {
    this.#events ??= Map.groupBy(
      this.#all(EVENTS).toSorted((a, b) => eventTime(a) - eventTime(b)),
      ({ involvedObject }) => asText(asObject(involvedObject).uid),
    );
    return metadata?.uid === undefined ? [] : this.#events.get(metadata.uid) ?? [];
  }

  #deploymentPods(deployment: KubeObject): OwnPods {
    const sets = this.ownedBy(deployment, "ReplicaSet");
    const podsOf = (set: KubeObject): KubeObject[] => this.ownedBy(set, "Pod");
    const newest = newestSet(deployment, sets);
    return { all: sets.flatMap(podsOf), newest: newest === undefined ? [] : podsOf(newest) };
  }

  #index(): ReadonlyMap<string, readonly KubeObject[]> {
    const owned = new Map<string, KubeObject[]>();
    for (const [kind, resource] of [["Pod", PODS], ["ReplicaSet", REPLICA_SETS]] as const) {
      for (const object of this.#all(resource)) {
        for (const { controller, uid } of object.metadata?.ownerReferences ?? []) {
          if (controller !== true) continue;
          const key = `${kind} ${uid}`;
          const known = owned.get(key);
          if (known === undefined) owned.set(key, [object]);
          else known.push(object);
        }
      }
    }
    return owned;
  }

  /** Returns the pods that Helm 2 would list for a workload: without a selector, all of the namespace. */
  #selected(namespace: string, workload: KubeObject): KubeObject[] {
    const isAll = selectorText(workload) === undefined;
    return this.#inNamespace(PODS, namespace)
      .filter(({ metadata }) => isAll || selects(workload, metadata?.labels ?? {}));
  }

  #byText(namespace: string, selector: unknown): KubeObject[] {
    const matchLabels = typeof selector === "string"
      ? Object.fromEntries(selector.split(",").map((term) => term.split("=", 2)))
      : asObject(asObject(selector).matchLabels);
    return this.#inNamespace(PODS, namespace)
      .filter(({ metadata }) => selects({ spec: { selector: { matchLabels } } }, metadata?.labels ?? {}));
  }

  /** Returns the number of ready endpoints; `undefined` when they may not be read. */
  #readyEndpoints(namespace: string, name: string): number | undefined {
    const feed = this.#feed(SLICES, namespace);
    if (feed === undefined || !feed.isRead) return undefined;
    let count = 0;
    for (const { metadata, endpoints } of feed.objects.values()) {
      if (metadata?.labels?.["kubernetes.io/service-name"] !== name) continue;
      count += asList(endpoints).filter((each) => asObject(asObject(each).conditions).ready !== false).length;
    }
    return count;
  }

  /** True if a workload of the release has pods that the Service selects. */
  #hasWorkload(namespace: string, service: KubeObject): boolean {
    const matchLabels = asObject(specOf(service).selector);
    return this.#targets.some(({ info }) => {
      if (info.namespace !== namespace) return false;
      const template = info.resource.kind === "Pod" ? info.object : asObject(specOf(info.object).template);
      const labels = asObject(asObject(template.metadata).labels);
      return selects({ spec: { selector: { matchLabels } } }, labels);
    });
  }

  #isUsed(namespace: string, claim: string): boolean | undefined {
    const feed = this.#feed(PODS, namespace);
    if (feed === undefined || !feed.isRead || feed.query.labelSelector !== undefined) return undefined;
    return this.#inNamespace(PODS, namespace).some((pod) =>
      asList(specOf(pod).volumes).some((each) =>
        asText(asObject(asObject(each).persistentVolumeClaim).claimName) === claim
      )
    );
  }

  #add(query: FeedQuery): Feed {
    const key = keyOf(query);
    const known = this.#feeds.get(key);
    if (known !== undefined) return known;
    const feed = new Feed(this.#transport, query, this.#listener, this.#pollMs);
    this.#feeds.set(key, feed);
    return feed;
  }

  /** True if a feed reads the same objects or more. */
  #isCovered(query: FeedQuery): boolean {
    return this.#feeds.has(keyOf(query)) || this.#feeds.has(keyOf({ ...query, labelSelector: undefined }));
  }

  /** Returns the feed of a collection; of several, the one that reads most. */
  #feed(resource: ApiResource, namespace: string): Feed | undefined {
    const path = collectionPath(resource, namespace);
    const found = [...this.#feeds.values()].filter(({ query, isRead }) =>
      isRead && collectionPath(query.resource, query.namespace) === path
    );
    return found.find(({ query }) => query.names === undefined && query.labelSelector === undefined) ?? found[0];
  }

  #all({ group, plural }: ApiResource): KubeObject[] {
    const found = new Map<string, KubeObject>();
    for (const { query, objects } of this.#feeds.values()) {
      if (query.resource.group !== group || query.resource.plural !== plural) continue;
      for (const [key, object] of objects) found.set(key, object);
    }
    return [...found.values()];
  }

  #inNamespace({ group, plural }: ApiResource, namespace: string): KubeObject[] {
    const found = new Map<string, KubeObject>();
    for (const { query, objects } of this.#feeds.values()) {
      const { resource } = query;
      if (resource.group !== group || resource.plural !== plural || query.namespace !== namespace) continue;
      for (const [key, object] of objects) found.set(key, object);
    }
    return [...found.values()];
  }
}

function keyOf({ resource, namespace, labelSelector = "", names }: FeedQuery): string {
  return `${collectionPath(resource, namespace)}?${labelSelector}&${names === undefined ? "" : "own"}`;
}

function same(pods: readonly KubeObject[]): OwnPods {
  return { all: pods, newest: pods };
}

/** Returns the revision of a DaemonSet's newest pod; empty for other kinds. */
function newestRevision(kind: string, pods: readonly KubeObject[]): string {
  if (kind !== "DaemonSet") return "";
  const newest =
    pods.toSorted((a, b) => (a.metadata?.creationTimestamp ?? "") < (b.metadata?.creationTimestamp ?? "") ? 1 : -1)[0];
  return newest?.metadata?.labels?.["controller-revision-hash"] ?? "";
}

/** Returns when an event happened last, in Unix milliseconds; 0 when it does not say. */
export function eventTime(event: KubeObject): number {
  const time = asText(event.lastTimestamp) || asText(asObject(event.series).lastObservedTime) ||
    asText(event.eventTime) || asText(event.firstTimestamp);
  return Date.parse(time) || 0;
}

/** Returns the first error that ends a wait: of a feed without which there is no verdict. */
export function refusalOf(cache: WaitCache): KubeError | undefined {
  return cache.required.find(({ refusal }) => refusal !== undefined)?.refusal;
}
