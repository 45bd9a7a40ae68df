/**
 * Rights as RBAC objects: Roles, a ClusterRole, and their bindings.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import type { Right } from "../../kube/mod.ts";

/** The user of a binding. */
export interface RoleSubject {
  /** Kind of the subject. */
  readonly kind: "User" | "Group" | "ServiceAccount";
  /** Its name. */
  readonly name: string;
  /** Namespace of a ServiceAccount. */
  readonly namespace?: string | undefined;
}

/** Options of {@linkcode rolesOf}. */
export interface RolesOptions {
  /** Name of all objects. */
  readonly name: string;
  /** If given, bindings to this subject follow the roles. */
  readonly subject?: RoleSubject | undefined;
}

/** One rule of a role, as RBAC writes it. */
interface RoleRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const VERSION = "rbac.authorization.k8s.io/v1";
const API_GROUP = "rbac.authorization.k8s.io";

/**
 * Returns the smallest set of objects that grant `rights`: a ClusterRole for rights to the whole cluster, and a Role for each
 * namespace; then the bindings. Empty for no rights.
 */
export function rolesOf(rights: readonly Right[], { name, subject }: RolesOptions): KubeObject[] {
  const least = withoutCovered(rights);
  const spaces = [...new Set(least.map(({ namespace }) => namespace))].sort();
  const place = (namespace: string) => ({ name, ...namespace === "" ? {} : { namespace } });
  const roles = spaces.map((namespace) => ({
    apiVersion: VERSION,
    kind: namespace === "" ? "ClusterRole" : "Role",
    metadata: place(namespace),
    rules: rulesOf(least.filter((right) => right.namespace === namespace)),
  }));
  if (subject === undefined) return roles;
  const { kind } = subject;
  const who = {
    kind,
    name: subject.name,
    ...kind === "ServiceAccount" ? { namespace: subject.namespace ?? "default" } : { apiGroup: API_GROUP },
  };
  const bindings = roles.map((role) => ({
    apiVersion: VERSION,
    kind: `${role.kind}Binding`,
    metadata: role.metadata,
    roleRef: { apiGroup: API_GROUP, kind: role.kind, name },
    subjects: [who],
  }));
  return [...roles, ...bindings];
}

/** Returns the rights that no other one includes. */
function withoutCovered(rights: readonly Right[]): Right[] {
  return rights.filter((right, index) =>
    !rights.some((other, at) => at !== index && covers(other, right) && (!covers(right, other) || at < index))
  );
}

/** True if who has `wide` needs no `narrow`. */
export function covers(wide: Right, narrow: Right): boolean {
  const fits = (given: string, wanted: string): boolean => given === "*" || given === wanted;
  if (!fits(wide.verb, narrow.verb)) return false;
  if (wide.url !== undefined || narrow.url !== undefined) {
    if (wide.url === undefined || narrow.url === undefined) return false;
    return wide.url === narrow.url || wide.url.endsWith("*") && narrow.url.startsWith(wide.url.slice(0, -1));
  }
  return fits(wide.group, narrow.group) && fits(wide.resource, narrow.resource) &&
    (wide.namespace === "" || wide.namespace === narrow.namespace) &&
    (wide.name === undefined || wide.name === narrow.name);
}

/** Joins rights to one namespace into rules: equal verbs together, and objects of one kind by their names. */
function rulesOf(rights: readonly Right[]): RoleRule[] {
  const urls = rulesBy(rights.filter(({ url }) => url !== undefined), ({ url = "" }) => [url]);
  const objects = rights.filter(({ url }) => url === undefined);
  /** Verbs for each kind and name, then names for each kind and verbs, then kinds for each group, names and verbs. */
  const named = rulesBy(objects, ({ group, resource, name }) => [group, resource, name ?? null]);
  const byNames = Map.groupBy(
    named,
    ({ what: [group, resource, name], verbs }) => JSON.stringify([group, resource, name === null, verbs]),
  );
  const kinds = [...byNames.values()].map((entries) => {
    const [first] = entries;
    const names = entries.flatMap(({ what }) => what[2] ?? []).sort();
    return { group: first?.what[0] ?? "", resource: first?.what[1] ?? "", names, verbs: first?.verbs ?? [] };
  });
  const byKinds = Map.groupBy(kinds, ({ group, names, verbs }) => JSON.stringify([group, names, verbs]));
  return [
    ...[...byKinds.values()].map((entries): RoleRule => {
      const { group = "", names = [], verbs = [] } = entries[0] ?? {};
      return {
        apiGroups: [group],
        resources: entries.map(({ resource }) => resource).sort(),
        ...names.length === 0 ? {} : { resourceNames: names },
        verbs,
      };
    }),
    ...urls.map(({ what: [url = ""], verbs }): RoleRule => ({ nonResourceURLs: [url ?? ""], verbs })),
  ];
}

/** Groups rights by what they are for; each group has its verbs in their usual order. */
function rulesBy(
  rights: readonly Right[],
  whatOf: (right: Right) => readonly (string | null)[],
): { readonly what: readonly (string | null)[]; readonly verbs: readonly string[] }[] {
  const groups = Map.groupBy(rights, (right) => JSON.stringify(whatOf(right)));
  return [...groups.values()].map((group) => ({
    what: group[0] === undefined ? [] : whatOf(group[0]),
    verbs: [...new Set(group.map(({ verb }) => verb))].sort((a, b) => verbRank(a) - verbRank(b) || (a < b ? -1 : 1)),
  }));
}

const VERB_ORDER = ["get", "list", "watch", "create", "update", "patch", "delete"];

function verbRank(verb: string): number {
  const rank = VERB_ORDER.indexOf(verb);
  return rank < 0 ? VERB_ORDER.length : rank;
}
