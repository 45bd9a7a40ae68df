/**
 * Roles, bindings and ServiceAccounts.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/rbac/validation/validation.go`.
 *
 * @module
 */
import { bindingDefaults } from "../../kube/defaults/mod.ts";
import { at, type Json, listOf, mapOf, mapsOf, same, textOf } from "../json.ts";
import { type FieldError, invalidValue, notSupported, required } from "../status.ts";
import { age, type Cells, createdCells, nameOf } from "../tables/format.ts";
import { dnsSubdomain, pathSegment } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

const GROUP = "rbac.authorization.k8s.io";

function checkRules(namespaced: boolean): (object: Json) => FieldError[] {
  return (object) =>
    mapsOf(object["rules"]).flatMap((rule, i) => {
      const here = `rules[${i}]`;
      const errors: FieldError[] = [];
      const has = (key: string): boolean => listOf(rule[key]).length > 0;
      if (!has("verbs")) errors.push(required(`${here}.verbs`, "verbs must contain at least one value"));
      // A rule is for URLs or for resources. Once it names URLs, the checks for resources do not
      // apply.
      if (has("nonResourceURLs")) {
        if (namespaced) {
          errors.push(invalidValue(
            `${here}.nonResourceURLs`,
            rule["nonResourceURLs"],
            "namespaced rules cannot apply to non-resource URLs",
          ));
        }
        if (has("apiGroups") || has("resources") || has("resourceNames")) {
          errors.push(invalidValue(
            `${here}.nonResourceURLs`,
            rule["nonResourceURLs"],
            "rules cannot apply to both regular resources and non-resource URLs",
          ));
        }
        return errors;
      }
      if (!has("apiGroups")) {
        errors.push(required(`${here}.apiGroups`, "resource rules must supply at least one api group"));
      }
      if (!has("resources")) {
        errors.push(required(`${here}.resources`, "resource rules must supply at least one resource"));
      }
      return errors;
    });
}

/** Rules of Roles. */
const roleRules: Rules = { name: pathSegment, validate: checkRules(true) };

/** Rules of ClusterRoles. */
const clusterRoleRules: Rules = { name: pathSegment, validate: checkRules(false) };

const SUBJECTS = ["ServiceAccount", "User", "Group"];

/**
 * Checks a subject. A cluster-wide binding has no namespace that a ServiceAccount could be in, so
 * it must name one.
 */
function checkSubject(subject: Json, here: string, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const [kind, name, group] = [textOf(subject["kind"]), textOf(subject["name"]), textOf(subject["apiGroup"])];
  if (name === "") errors.push(required(`${here}.name`));
  if (!SUBJECTS.includes(kind)) return [...errors, notSupported(`${here}.kind`, kind, SUBJECTS)];
  if (kind === "ServiceAccount") {
    if (name !== "") errors.push(...dnsSubdomain(name).map((m) => invalidValue(`${here}.name`, name, m)));
    if (group !== "") errors.push(notSupported(`${here}.apiGroup`, group, [""]));
    if (!namespaced && textOf(subject["namespace"]) === "") errors.push(required(`${here}.namespace`));
    return errors;
  }
  if (group !== GROUP) errors.push(notSupported(`${here}.apiGroup`, group, [GROUP]));
  return errors;
}

function bindingRules(namespaced: boolean): Rules {
  const kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  return {
    name: pathSegment,
    defaults: bindingDefaults,
    validate(object) {
      const role = mapOf(object["roleRef"]);
      const errors: FieldError[] = [];
      const [kind, name] = [textOf(role["kind"]), textOf(role["name"])];
      if (role["apiGroup"] !== GROUP) errors.push(notSupported("roleRef.apiGroup", role["apiGroup"], [GROUP]));
      if (!kinds.includes(kind)) errors.push(notSupported("roleRef.kind", kind, kinds));
      if (name === "") errors.push(required("roleRef.name"));
      else errors.push(...pathSegment(name).map((message) => invalidValue("roleRef.name", name, message)));
      mapsOf(object["subjects"]).forEach((subject, i) => {
        errors.push(...checkSubject(subject, `subjects[${i}]`, namespaced));
      });
      return errors;
    },
    validateUpdate(object, before) {
      // The role of a binding is fixed: a user who may edit its subjects must not be able to give
      // them another role.
      if (same(object["roleRef"], before["roleRef"])) return [];
      const role = mapOf(object["roleRef"]);
      // The server prints its internal struct, which has Go's names.
      const shown = { APIGroup: role["apiGroup"], Kind: role["kind"], Name: role["name"] };
      return [invalidValue("roleRef", shown, "cannot change roleRef")];
    },
  };
}

/** Rules of RoleBindings. */
const roleBindingRules: Rules = bindingRules(true);

/** Rules of ClusterRoleBindings. */
const clusterRoleBindingRules: Rules = bindingRules(false);

function subjects(object: Json, kind: string): string {
  return mapsOf(object["subjects"]).filter((subject) => subject["kind"] === kind).map((subject) => {
    return kind === "ServiceAccount" ? `${textOf(subject["namespace"])}/${subject["name"]}` : textOf(subject["name"]);
  }).join(", ");
}

const bindingCells: Cells = (o, c) => [
  nameOf(o),
  `${textOf(at(o, "roleRef", "kind"))}/${textOf(at(o, "roleRef", "name"))}`,
  age(o, c),
  subjects(o, "User"),
  subjects(o, "Group"),
  subjects(o, "ServiceAccount"),
];

const serviceAccountCells: Cells = (o, c) => [nameOf(o), listOf(o["secrets"]).length, age(o, c)];

/** Roles. */
export const roles: Kind = { resource: `${GROUP}/roles`, rules: roleRules, cells: createdCells };

/** ClusterRoles. */
export const clusterRoles: Kind = { resource: `${GROUP}/clusterroles`, rules: clusterRoleRules, cells: createdCells };

/** RoleBindings. */
export const roleBindings: Kind = { resource: `${GROUP}/rolebindings`, rules: roleBindingRules, cells: bindingCells };

/** ClusterRoleBindings. */
export const clusterRoleBindings: Kind = {
  resource: `${GROUP}/clusterrolebindings`,
  rules: clusterRoleBindingRules,
  cells: bindingCells,
};

/** ServiceAccounts. */
export const serviceAccounts: Kind = {
  resource: "/serviceaccounts",
  cells: serviceAccountCells,
  answersDeleted: true,
};
