/**
 * Creates the patch that turns one manifest's object into another's: two-way from the two manifests, as in
 * Tiller; three-way with the live object; or server-side.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (createPatch);
 * `release-pipeline.md` 8.5.3.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { type JsonObject, sameJson } from "./json.ts";
import { jsonMergePatch } from "./json_patches.ts";
import { wasTyped } from "./kinds_1_16.ts";
import { hasMergeSchema, type MergeSchema, mergeSchema } from "./merge_schema.ts";
import { groupVersion } from "./paths.ts";
import { hasReadableQuantities } from "./quantities.ts";
import { strategicMergePatch } from "./strategic_diff.ts";
import { deletions, threeWayMerge } from "./three_way.ts";
import type { ResourceInfo } from "./types.ts";
import { stringifyJson } from "./yaml.ts";

/** A patch as sent. */
export interface ObjectPatch {
  /** JSON text. */
  readonly body: string;
  /** The media type of the patch. */
  readonly contentType:
    | "application/strategic-merge-patch+json"
    | "application/merge-patch+json"
    | "application/apply-patch+yaml";
}

/**
 * Returns the patch from `original` to `target`, or `undefined` when they are the same.
 *
 * @throws SkegError `failed to create patch: …`.
 */
export function createPatch(original: KubeObject, target: ResourceInfo): ObjectPatch | undefined {
  if (sameJson(original, target.object)) return undefined;
  const { kind, version } = kindOf(target);
  const typed = wasTyped(version, kind) && hasReadableQuantities(target.object);
  const schema = typed ? mergeSchema(version, kind) : undefined;
  return patchBetween(original as JsonObject, target.object as JsonObject, schema, "two-way");
}

/**
 * Returns the patch that makes `live` match the manifests, or `undefined` when it does already.
 *
 * @throws SkegError `failed to create patch: …`.
 */
export function createThreeWayPatch(
  original: KubeObject,
  target: ResourceInfo,
  live: KubeObject,
): ObjectPatch | undefined {
  const { kind, version } = kindOf(target);
  // Merge keys are known for all built-in kinds of current servers, not only for those that Tiller knew.
  const schema = hasMergeSchema(version, kind) ? mergeSchema(version, kind) : undefined;
  const wanted = explained(
    "three-way",
    () => threeWayMerge(original as JsonObject, target.object as JsonObject, live as JsonObject, schema),
  );
  return sameJson(wanted, live) ? undefined : patchBetween(live as JsonObject, wanted, schema, "three-way");
}

/**
 * Returns the patches that make the server follow `target`: the object to apply, preceded by the difference
 * of the two manifests if the old one has fields that the new one lacks. Otherwise fields that another
 * manager wrote, such as Tiller, would stay.
 */
export function createServerSidePatches(original: KubeObject, target: ResourceInfo): ObjectPatch[] {
  const { kind, version } = kindOf(target);
  const schema = hasMergeSchema(version, kind) ? mergeSchema(version, kind) : undefined;
  const [before, after] = [original as JsonObject, target.object as JsonObject];
  const gone = explained("server-side", () => deletions(before, after, schema));
  const apply: ObjectPatch = { body: stringifyJson(after), contentType: "application/apply-patch+yaml" };
  // The whole difference, not only its deletions: where one alternative replaces another, the server would
  // default the removed one.
  return Object.keys(gone).length === 0 ? [apply] : [patchBetween(before, after, schema, "server-side"), apply];
}

function kindOf({ resource }: ResourceInfo): { kind: string; version: string } {
  return { kind: resource.kind, version: groupVersion(resource.group, resource.version) };
}

function patchBetween(
  before: JsonObject,
  after: JsonObject,
  schema: MergeSchema | undefined,
  way: string,
): ObjectPatch {
  if (schema === undefined) {
    return { body: stringifyJson(jsonMergePatch(before, after)), contentType: "application/merge-patch+json" };
  }
  const patch = explained(way, () => strategicMergePatch(before, after, schema));
  return { body: stringifyJson(patch), contentType: "application/strategic-merge-patch+json" };
}

function explained<T>(way: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof SkegError)) throw cause;
    throw new SkegError("kube", `failed to create patch: failed to create ${way} merge patch: ${cause.message}`, {
      cause,
    });
  }
}
