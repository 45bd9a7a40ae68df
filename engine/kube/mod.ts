/**
 * Talks to Kubernetes: opens clusters, and has the operations of Tiller's kube client.
 *
 * ```text
 * kubeconfig → openCluster → Cluster → createKubeClient → KubeClient
 * text → KubeManifest → KubeClient.resolve → ResourceInfo[] → create, update, delete …
 * ```
 *
 * The patch functions are pure. The `apply…` functions are the server's side, which the sandbox uses.
 *
 * @module
 */
export { sleep } from "./abort.ts";
export { type ErrorKind, KubeError, SkegError, type SkegErrorOptions } from "../../errors.ts";
export type { Capabilities, KubeObject, KubeVersion, ObjectMeta, TillerVersion } from "../model/mod.ts";
export * from "./types.ts";
export { contextNamespace, openCluster, type OpenClusterOptions } from "./config.ts";
export type { KubeConfigCluster, KubeConfigContext, KubeConfigObject, KubeConfigUser } from "./given_config.ts";
export type { ChosenContext, ClusterEntry, UserEntry } from "./context.ts";
export {
  type Env,
  type Kubeconfig,
  type KubeconfigEntry,
  type KubeconfigOptions,
  loadKubeconfig,
} from "./kubeconfig.ts";
export type { ProviderEntry } from "./auth_provider.ts";
export type { ProviderConfig } from "./kept_tokens.ts";
export { type CacheEnv, type DiscoveryCache, discoveryFolder, type KeptAnswer } from "./discovery_cache.ts";
export { createKubeClient, type KubeClientOptions } from "./client.ts";
export { findTillers, tillerSettings } from "./tiller.ts";
export { DiscoverySnapshot } from "./snapshot.ts";
export {
  AS_METADATA_LIST,
  countObjects,
  type ListPage,
  listPaged,
  listPages,
  type PagedListOptions,
} from "./metadata_list.ts";
export { type JsonCallOptions, jsonCalls } from "./json_calls.ts";
export type { Discovered } from "./discovery.ts";
export { persistent, type PersistentOptions } from "./persistent.ts";
export { type PredictedWrite, type Prediction, type PredictOptions, predictWrites } from "./predict.ts";
export { type KnownFields, readKnownFields, type SchemaStep } from "./known_fields.ts";
export { callFor } from "./answers.ts";
export { getObject as readObject } from "./object_calls.ts";
export {
  type AccessOptions,
  type AccessSubject,
  describeRight,
  missingRights,
  type Right,
  waitReads,
} from "./access.ts";
export { answerError, call, isNotFound, isTransient, send, statusError } from "./call.ts";
export { applyJsonMergePatch, applyJsonPatch, jsonMergePatch } from "./json_patches.ts";
export { hasMergeSchema, type MergeRule, type MergeSchema, mergeSchema } from "./merge_schema.ts";
export { STATEFUL_SET_MUTABLE } from "./mutable_fields.ts";
export { strategicMergePatch } from "./strategic_diff.ts";
export { applyStrategicMergePatch } from "./strategic_apply.ts";
export { createPatch, createServerSidePatches, createThreeWayPatch, type ObjectPatch } from "./patch.ts";
export { threeWayMerge } from "./three_way.ts";
export { asCount, copyJson, isObject, type JsonObject, parseJson, sameJson } from "./json.ts";
export { groupVersion, objectPath } from "./paths.ts";
export { decodeDocument, stringifyJson } from "./yaml.ts";
export { isSameKind } from "./match.ts";
export type { ManifestEntry, WantedKind } from "./entries.ts";
export { type KnownDocuments, KubeDocument, KubeManifest, type NamedObject, namedObjects } from "./manifest.ts";
export { podSelector } from "./selectors.ts";
export { noteServerTime, serverSeconds } from "./server_clock.ts";
export { secretValues, withoutSecrets } from "./secret_values.ts";
export { shortDuration } from "./table.ts";
export { UnknownKindError, unknownKinds } from "./resolve.ts";
export { type FollowedList, followMetadata, type FollowQuery } from "./follow.ts";
export {
  type ClusterLook,
  type ClusterLookOptions,
  followLook,
  type FollowLookOptions,
  lookAt,
  type OwnedObject,
  type PodLogLine,
  podLogLines,
  type PodLogOptions,
  type SeenObject,
  type SeenState,
} from "./look.ts";
export { isInTrouble, type PodProgress, podWords } from "./wait/pod_words.ts";
export type { WaitSettings } from "./wait/settings.ts";
