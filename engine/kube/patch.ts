/**
 * Which patch turns one manifest's object into another's, as Tiller chose it:
 * two-way, from the two manifests alone.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (createPatch);
 * `release-pipeline.md` 8.5.3.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type JsonObject, sameJson } from "./json.ts";
import { jsonMergePatch } from "./json_patches.ts";
import { wasTyped } from "./kinds_1_16.ts";
import { mergeSchema } from "./merge_schema.ts";
import { groupVersion } from "./paths.ts";
import { strategicMergePatch } from "./strategic_diff.ts";
import type { ResourceInfo } from "./types.ts";
import { stringifyJson } from "./yaml.ts";

/** A patch as it is sent. */
export interface ObjectPatch {
  /** JSON text. */
  readonly body: string;
  /** The kind of patch, as the server is told. */
  readonly contentType: "application/strategic-merge-patch+json" | "application/merge-patch+json";
}

/**
 * Returns the patch from `original` to `target`, or `undefined` when they are the same.
 *
 * @throws SkegError `failed to create patch: …`.
 */
export function createPatch(original: KubeObject, target: ResourceInfo): ObjectPatch | undefined {
  if (sameJson(original, target.object)) return undefined;
  const { resource } = target;
  const version = groupVersion(resource.group, resource.version);
  const [before, after] = [original as JsonObject, target.object as JsonObject];
  if (!wasTyped(version, resource.kind)) {
    return { body: stringifyJson(jsonMergePatch(before, after)), contentType: "application/merge-patch+json" };
  }
  try {
    const patch = strategicMergePatch(before, after, mergeSchema(version, resource.kind));
    return { body: stringifyJson(patch), contentType: "application/strategic-merge-patch+json" };
  } catch (cause) {
    if (!(cause instanceof SkegError)) throw cause;
    throw new SkegError("kube", `failed to create patch: failed to create two-way merge patch: ${cause.message}`, {
      cause,
    });
  }
}
