/**
 * Matches objects of the new manifest with those of the old one.
 *
 * Source: Helm 2.17.0, `pkg/kube/result.go`; `release-pipeline.md` 8.5.
 *
 * @module
 */
import { isBuiltInGroup } from "./merge_schema.ts";
import type { ResourceInfo } from "./types.ts";

/**
 * Returns a function that finds the entry of `list` that is the same object: same name, namespace and kind.
 * The API group may differ, as kinds move between Kubernetes' own groups; an entry of the same group is
 * preferred. Equal kinds of two groups outside Kubernetes are two objects.
 */
export function matcherOf(list: readonly ResourceInfo[]): (wanted: ResourceInfo) => ResourceInfo | undefined {
  const byName = Map.groupBy(list, nameKey);
  return (wanted) => {
    const { group } = wanted.resource;
    const same = byName.get(nameKey(wanted)) ?? [];
    return same.find((info) => info.resource.group === group) ??
      same.find((info) => isBuiltInGroup(info.resource.group) || isBuiltInGroup(group));
  };
}

/**
 * True if a kind may be the same in both groups: Kubernetes' own kinds move between its groups, such as
 * Ingress from `extensions`; other kinds do not.
 */
export function isSameKind(group: string, other: string): boolean {
  return group === other || isBuiltInGroup(group) && isBuiltInGroup(other);
}

/** Returns a unique key; names and namespaces contain no slashes. */
function nameKey({ resource, namespace, name }: ResourceInfo): string {
  return `${resource.kind}/${namespace}/${name}`;
}

/** Returns the entries of `list` that are not in `others`. */
export function withoutMatches(list: readonly ResourceInfo[], others: readonly ResourceInfo[]): ResourceInfo[] {
  const find = matcherOf(others);
  return list.filter((info) => find(info) === undefined);
}

/** Returns the entries that are the same object as an earlier one. */
export function doubles(list: readonly ResourceInfo[]): ReadonlySet<ResourceInfo> {
  const found = new Set<ResourceInfo>();
  for (const same of Map.groupBy(list, nameKey).values()) {
    for (let index = 1; index < same.length; index++) {
      const info = same[index];
      if (info !== undefined && matcherOf(same.slice(0, index))(info) !== undefined) found.add(info);
    }
  }
  return found;
}
