/**
 * Rules of roles and webhooks that name a group or version which is gone for a resource.
 *
 * A role with `apiGroups: [extensions]` gives no rights on `apps`; on the day the group goes, the rights are gone. A
 * webhook for a group or version that no request has any more is not called.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { isMap, listAt } from "../plain.ts";
import type { IsServed } from "../successor.ts";
import { FAMILIES, type Family, groupOf } from "../table.ts";

const ROLES = ["Role", "ClusterRole"];
const WEBHOOKS = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

/** Returns a line per rule that does nothing, or less than it says. */
export function idleRules(object: KubeObject, isServed: IsServed): string[] {
  const { kind = "" } = object;
  if (ROLES.includes(kind)) return idleOf(listAt(object, "rules"), "rules", isServed, roleText);
  if (!WEBHOOKS.includes(kind)) return [];
  return listAt(object, "webhooks").flatMap((webhook, index) =>
    idleOf(listAt(webhook, "rules"), `webhooks[${index}].rules`, isServed, webhookText)
  );
}

/** Resources of one rule that one of its groups does not have any more. */
interface Idle {
  /** Such as `rules[0]`. */
  readonly path: string;
  /** The group or group version that the rule names. */
  readonly from: string;
  /** Names of the resources, such as `deployments`. */
  readonly resources: readonly string[];
  /** Groups, or group versions, that have them now. */
  readonly to: readonly string[];
}

function idleOf(rules: readonly unknown[], path: string, isServed: IsServed, text: (idle: Idle) => string): string[] {
  return rules.flatMap((rule, index) =>
    textsAt(rule, "apiGroups").flatMap((group) => {
      const moved = FAMILIES.filter((family) => isGone(family, group, rule, isServed));
      const needed = moved.filter((family) => !isCovered(family, rules, isServed));
      const versions = textsAt(rule, "apiVersions");
      const from = versions.length > 0 ? versions.map((version) => `${group}/${version}`).join(", ") : group;
      const all = grouped(needed, isServed, versions.length > 0);
      return (namesAll(rule) ? inOne(all) : all).map((idle) => text({ path: `${path}[${index}]`, from, ...idle }));
    })
  );
}

function textsAt(rule: unknown, key: string): string[] {
  return listAt(rule, key).filter((each) => typeof each === "string");
}

/** True when a rule means a kind by a group (and versions) that do not serve it, but did. */
function isGone(family: Family, group: string, rule: unknown, isServed: IsServed): boolean {
  if (group === "*" || !names(rule, family.resource)) return false;
  const versions = textsAt(rule, "apiVersions");
  const members = family.members.filter(({ apiVersion }) =>
    groupOf(apiVersion) === group &&
    (versions.length === 0 || versions.includes("*") || versions.includes(apiVersion.slice(group.length + 1)))
  );
  return members.length > 0 && !members.some(({ apiVersion }) => isServed(apiVersion, family.kind));
}

/** True when a rule names a resource, one of its subresources, or all. */
function names(rule: unknown, resource: string): boolean {
  return namesAll(rule) || textsAt(rule, "resources").some((each) => each.split("/")[0] === resource);
}

function namesAll(rule: unknown): boolean {
  return textsAt(rule, "resources").some((each) => each === "*" || each === "*/*");
}

/** One line for a rule about all resources; those that nothing replaces are not worth one. */
function inOne(all: readonly Pick<Idle, "resources" | "to">[]): Pick<Idle, "resources" | "to">[] {
  const moved = all.filter(({ to }) => to.length > 0);
  if (moved.length === 0) return [];
  return [{ resources: moved.flatMap(({ resources }) => resources), to: [...new Set(moved.flatMap(({ to }) => to))] }];
}

/** True when another rule means the kind by a group and version that serve it. */
function isCovered(family: Family, rules: readonly unknown[], isServed: IsServed): boolean {
  return rules.some((rule) => {
    if (!isMap(rule) || !names(rule, family.resource)) return false;
    const groups = textsAt(rule, "apiGroups"), versions = textsAt(rule, "apiVersions");
    return family.members.some(({ apiVersion }) => {
      const group = groupOf(apiVersion);
      return isServed(apiVersion, family.kind) && (groups.includes("*") || groups.includes(group)) &&
        (versions.length === 0 || versions.includes("*") || versions.includes(apiVersion.slice(group.length + 1)));
    });
  });
}

/** Puts resources together that go to the same place. */
function grouped(
  families: readonly Family[],
  isServed: IsServed,
  byVersion: boolean,
): Pick<Idle, "resources" | "to">[] {
  const places = families.map((family) => {
    const served = family.members.filter(({ apiVersion }) => isServed(apiVersion, family.kind));
    const to = served.map(({ apiVersion }) => byVersion ? apiVersion : groupOf(apiVersion));
    return { resource: family.resource, to: [...new Set(to)] };
  });
  const groups = Map.groupBy(places, ({ to }) => to.join(" "));
  return [...groups.values()].map((group) => ({
    resources: [...new Set(group.map(({ resource }) => resource))],
    to: group[0]?.to ?? [],
  }));
}

function roleText({ path, from, resources, to }: Idle): string {
  const gives = `${path} gives rights on ${listed(resources)} of group ${from}`;
  if (to.length === 0) return `${gives}, which Kubernetes has no more: the rule has no effect`;
  const groups = `${to.length > 1 ? "groups" : "group"} ${listed(to)}`;
  return `${gives}, where ${resources.length > 1 ? "they are" : "it is"} no more: add ${groups}`;
}

function webhookText({ path, from, resources, to }: Idle): string {
  const calls = `${path} matches ${listed(resources)} of ${from}`;
  if (to.length === 0) return `${calls}, which Kubernetes has no more: the rule has no effect`;
  return `${calls}, which no request has any more: add ${listed(to)}`;
}

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
