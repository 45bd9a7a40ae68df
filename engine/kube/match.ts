/**
 * Which object of the old manifest an object of the new one is.
 *
 * Source: Helm 2.17.0, `pkg/kube/result.go`; `release-pipeline.md` 8.5.
 *
 * @module
 */
import { isBuiltInGroup } from "./merge_schema.ts";
import type { ResourceInfo } from "./types.ts";

/**
 * Finds the entry of `list` that is the same object: same name, namespace and
 * kind. The API group may differ, as kinds move between Kubernetes' own
 * groups; an entry of the same group goes first, and equal kinds of two
 * groups that are both somebody else's are two objects.
 */
export function findMatch(list: readonly ResourceInfo[], wanted: ResourceInfo): ResourceInfo | undefined {
  const group = wanted.resource.group;
  const same = list.filter((info) =>
    info.name === wanted.name && info.namespace === wanted.namespace && info.resource.kind === wanted.resource.kind
  );
  return same.find((info) => info.resource.group === group) ??
    same.find((info) => isBuiltInGroup(info.resource.group) || isBuiltInGroup(group));
}

/** The entries of `list` that are in `others` too are left out. */
export function withoutMatches(list: readonly ResourceInfo[], others: readonly ResourceInfo[]): ResourceInfo[] {
  return list.filter((info) => findMatch(others, info) === undefined);
}
