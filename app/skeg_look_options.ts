/**
 * Types of the part of the library that looks at releases and their objects.
 *
 * @module
 */
import type { KubeObject, PodLogLine, PodLogOptions, WaitSettings } from "../engine/kube/mod.ts";
import type {
  EventSubject,
  FollowedHeads,
  FollowResourcesOptions,
  LiveObjectName,
  OutlineOptions,
  RecordChanges,
  ReleaseOutlines,
  ReleaseResources,
  ResourcesOptions,
  WholeRevisions,
  WholeRevisionsOptions,
} from "../engine/release/mod.ts";
import type { KubeVersion } from "../engine/model/mod.ts";
import type { CallOptions } from "./call_options.ts";

/** Options of {@linkcode SkegLooks.outlines}. */
export interface SkegOutlineOptions extends CallOptions, OutlineOptions {}

/** Options of {@linkcode SkegLooks.revisions}. */
export interface SkegRevisionsOptions extends CallOptions, Omit<WholeRevisionsOptions, "name"> {}

/** Options of {@linkcode SkegLooks.resources}. */
export interface SkegResourcesOptions
  extends CallOptions, Omit<ResourcesOptions, "name">, Pick<WaitSettings, "waitRules"> {}

/** Options of {@linkcode SkegLooks.followResources}. */
export interface SkegFollowResourcesOptions
  extends CallOptions, Omit<FollowResourcesOptions, "name">, Pick<WaitSettings, "waitRules"> {}

/** Options of {@linkcode SkegLooks.log}. */
export interface SkegLogOptions extends CallOptions, Omit<PodLogOptions, "signal"> {}

/** The cluster that operations act on. */
export interface ClusterSummary {
  /** Address of the API server, or `sandbox`. */
  readonly server: string;
  /** Its version. */
  readonly version: KubeVersion;
  /** Namespace of the context, or `default`. */
  readonly namespace: string;
  /** Where records are kept: `ConfigMap`, `Secret`, `SQL` or `Memory`. */
  readonly storage: string;
}

/** Reads what a person looks at. Nothing is changed, and nothing is masked. */
export interface SkegLooks {
  /** Returns facts about the cluster. */
  cluster(options?: CallOptions): Promise<ClusterSummary>;
  /** Returns the newest revision of each release, or all, without charts, values and manifests. Known records are not read again. */
  outlines(options?: SkegOutlineOptions): Promise<ReleaseOutlines>;
  /** Returns the revisions of a release, newest first, with the sizes of their records. */
  revisions(name: string, options?: SkegRevisionsOptions): Promise<WholeRevisions>;
  /** Returns the objects of a release as they are in the cluster, each with its state by the rules of a strict wait. */
  resources(name: string, options?: SkegResourcesOptions): Promise<ReleaseResources>;
  /**
   * Yields the objects of a release with what they own, then again after every change of one, until the signal fires. Two results
   * that follow each other may be equal. The revision stays the one that was asked for.
   */
  followResources(name: string, options?: SkegFollowResourcesOptions): AsyncGenerator<ReleaseResources>;
  /** Returns an object as the cluster has it; `undefined` when it does not exist. */
  object(object: LiveObjectName, options?: CallOptions): Promise<KubeObject | undefined>;
  /** Returns the events of the cluster about objects, the oldest first. */
  events(subjects: readonly EventSubject[], options?: CallOptions): Promise<KubeObject[]>;
  /** Yields the lines of a container's log. */
  log(namespace: string, pod: string, options?: SkegLogOptions): AsyncGenerator<PodLogLine>;
  /** Yields the heads of all records, then again after every change with the names of the releases, until the signal fires. */
  follow(options?: CallOptions): AsyncGenerator<FollowedHeads>;
  /** Yields the names of releases whose records changed, until the signal fires. */
  watch(options?: CallOptions): AsyncGenerator<RecordChanges>;
}
