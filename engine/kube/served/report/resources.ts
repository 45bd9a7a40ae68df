/**
 * Resources of API groups, as rules name them: `deployments` of `apps`.
 *
 * @module
 */
import { FAMILIES, type Family, groupOf, type Member } from "../table.ts";
import { isRemoved, since } from "./lifecycle.ts";
import { isBefore, type Judge } from "./judge.ts";

/** Families by the resource's name. */
const BY_RESOURCE: ReadonlyMap<string, readonly Family[]> = Map.groupBy(FAMILIES, ({ resource }) => resource);

/** Returns the families that a rule's resource names: `deployments`, `deployments/scale`, or `*` for all. */
export function familiesOf(resource: string): readonly Family[] {
  const name = resource.split("/", 1)[0] ?? "";
  return name === "*" ? FAMILIES : BY_RESOURCE.get(name) ?? [];
}

/** Returns the versions of a family in a group. */
export function membersIn(family: Family, group: string): readonly Member[] {
  return family.members.filter(({ apiVersion }) => groupOf(apiVersion) === group);
}

/** Returns the groups in which the server has a family, preferred first. */
export function servedGroups(family: Family, judge: Judge): readonly string[] {
  const served = family.members.filter(({ apiVersion }) => judge.isServed(apiVersion, family.kind));
  return [...new Set(served.map(({ apiVersion }) => groupOf(apiVersion)))];
}

/**
 * Returns the release since which none of `members` is served; `undefined` if one is served, if there are
 * none, or if one will be introduced later.
 */
export function goneSince(family: Family, members: readonly Member[], judge: Judge): string | undefined {
  if (members.length === 0 || members.some(({ apiVersion }) => judge.isServed(apiVersion, family.kind))) {
    return undefined;
  }
  if (!members.every((member) => isRemoved(member, judge))) return undefined;
  return since(members.reduce((a, b) => isBefore(a.removed ?? "", b.removed ?? "") ? b : a));
}
