/**
 * Finds rules of roles that grant nothing, because the resources are no longer in the API group that they name.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { isMap, type JsonMap, listAt } from "../plain.ts";
import { groupOf } from "../table.ts";
import { isAncient, type Judge } from "./judge.ts";
import { familiesOf, goneSince, membersIn, servedGroups } from "./resources.ts";

/** One rule, with its lists of texts. */
interface Rule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names: readonly string[];
}

/** A resource that left a group, and its groups now. */
interface Loss {
  readonly resource: string;
  readonly since: string;
  readonly groups: readonly string[];
}

/** Returns findings about the rules of a Role or ClusterRole; none for other objects. */
export function rbacFindings(object: KubeObject, judge: Judge): string[] {
  if (object.kind !== "Role" && object.kind !== "ClusterRole") return [];
  if (groupOf(object.apiVersion ?? "") !== "rbac.authorization.k8s.io") return [];
  const rules = listAt(object, "rules").map((rule) => ruleOf(isMap(rule) ? rule : {}));
  return rules.flatMap((rule, index) =>
    rule.groups.flatMap((group) => sentences(`rules[${index}]`, group, lossesOf(rule, group, rules, judge)))
  );
}

function ruleOf(rule: JsonMap): Rule {
  return {
    groups: textsAt(rule, "apiGroups"),
    resources: textsAt(rule, "resources"),
    verbs: textsAt(rule, "verbs"),
    names: textsAt(rule, "resourceNames"),
  };
}

/** Returns the texts of a list. */
export function textsAt(map: unknown, ...keys: readonly string[]): readonly string[] {
  return listAt(map, ...keys).filter((value) => typeof value === "string");
}

function lossesOf(rule: Rule, group: string, rules: readonly Rule[], judge: Judge): Loss[] {
  return rule.resources.flatMap((resource) =>
    familiesOf(resource).flatMap((family): Loss[] => {
      const named = membersIn(family, group);
      if (named.length === 0 || resource.startsWith("*") && named.every(isAncient)) return [];
      // The admission of pod security policies accepted the right to use them in either group until it was removed.
      const release = goneSince(family, family.kind === "PodSecurityPolicy" ? family.members : named, judge);
      if (release === undefined) return [];
      const name = resource.replace(/^\*/, family.resource);
      const groups = servedGroups(family, judge);
      if (groups.length === 0 && resource === "*") return [];
      if (groups.length > 0 && rule.verbs.every((verb) => isGranted({ ...rule, verb, name, groups }, rules))) return [];
      return [{ resource: name, since: release, groups }];
    })
  );
}

/** True if a rule of the same role grants the same right in a group that has the resource. */
function isGranted(
  { verb, name, groups, names }: { verb: string; name: string; groups: readonly string[]; names: readonly string[] },
  rules: readonly Rule[],
): boolean {
  const [, sub] = name.split("/");
  const wanted = sub === undefined ? [name, "*"] : [name, `*/${sub}`, "*"];
  return rules.some((rule) =>
    rule.groups.some((group) => group === "*" || groups.includes(group)) &&
    rule.resources.some((resource) => wanted.includes(resource)) &&
    rule.verbs.some((each) => each === "*" || each === verb) &&
    (rule.names.length === 0 || names.length > 0 && names.every((each) => rule.names.includes(each)))
  );
}

/** Returns one sentence for all resources that moved to the same groups. */
function sentences(place: string, group: string, losses: readonly Loss[]): string[] {
  const byTarget = Map.groupBy(losses, ({ groups, since }) => `${groups.join(", ")} ${since}`);
  return [...byTarget.values()].map(([first, ...others]) => {
    const { groups, since } = first as Loss;
    const names = [first as Loss, ...others].map(({ resource }) => resource).join(", ");
    if (groups.length === 0) {
      return `${place} names ${names} of ${group}, which Kubernetes does not have since ${since}`;
    }
    return `${place} grants no rights on ${names}: ${group} does not have them since Kubernetes ${since}; ` +
      `name the group ${groups.join(" or ")}`;
  });
}
