/**
 * Finds rules of admission webhooks and policies that match nothing, because the server has none of the API
 * versions that they name. `matchPolicy: Equivalent` does not help: it uses served versions only.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { listAt } from "../plain.ts";
import { type Family, groupOf, type Member } from "../table.ts";
import type { Judge } from "./judge.ts";
import { withAdvice } from "./lifecycle.ts";
import { textsAt } from "./rbac.ts";
import { familiesOf, goneSince } from "./resources.ts";

/** One rule, with its lists of texts. */
interface Rule {
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly resources: readonly string[];
}

/** Returns findings about the rules of a webhook configuration or an admission policy; none for other objects. */
export function admissionFindings(object: KubeObject, judge: Judge): string[] {
  if (groupOf(object.apiVersion ?? "") !== "admissionregistration.k8s.io") return [];
  const policy = ruleFindings(
    "spec.matchConstraints.resourceRules",
    listAt(object, "spec", "matchConstraints", "resourceRules"),
    judge,
  );
  const webhooks = listAt(object, "webhooks").flatMap((webhook, index) =>
    ruleFindings(`webhooks[${index}].rules`, listAt(webhook, "rules"), judge)
  );
  return [...policy, ...webhooks];
}

function ruleFindings(place: string, list: readonly unknown[], judge: Judge): string[] {
  const rules = list.map((rule): Rule => ({
    groups: textsAt(rule, "apiGroups"),
    versions: textsAt(rule, "apiVersions"),
    resources: textsAt(rule, "resources"),
  }));
  return rules.flatMap((rule, index) => {
    // `*` always matches existing resources; only names can be out of date.
    const families = new Set(rule.resources.filter((name) => !name.startsWith("*")).flatMap(familiesOf));
    return [...families].flatMap((family) => {
      const members = membersOf(family, rule);
      const release = goneSince(family, members, judge);
      if (release === undefined) return [];
      const served = family.members.filter(({ apiVersion }) => judge.isServed(apiVersion, family.kind));
      if (served.some((member) => rules.some((other) => matches(other, family, member)))) return [];
      const versions = members.map(({ apiVersion }) => apiVersion).join(", ");
      const are = members.length === 1 ? "is" : "are";
      const text =
        `${place}[${index}] matches no ${family.resource}: ${versions} ${are} not served since Kubernetes ${release}`;
      return [withAdvice(text, served[0] === undefined ? "" : `name ${served[0].apiVersion}`)];
    });
  });
}

/** Returns the versions of a family that a rule names. */
function membersOf(family: Family, rule: Rule): readonly Member[] {
  return family.members.filter((member) => matches(rule, family, member));
}

function matches({ groups, versions, resources }: Rule, family: Family, { apiVersion }: Member): boolean {
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  return (groups.includes("*") || groups.includes(groupOf(apiVersion))) &&
    (versions.includes("*") || versions.includes(version)) &&
    resources.some((name) => name === "*" || name === "*/*" || name.split("/", 1)[0] === family.resource);
}
