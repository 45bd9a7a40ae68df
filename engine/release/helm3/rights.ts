/**
 * The rights that a migration needs.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import { describeRight, missingRights, type ResourceInfo, type Right } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { recordRights } from "../rights/records.ts";
import { migrateCommand } from "./command_line.ts";
import type { Helm3Store } from "./store.ts";

/** The releases and objects that rights are asked for. */
export interface MigrationRights {
  readonly store: Helm3Store;
  /** Namespace of the journals. */
  readonly place: string;
  /** Namespaces of the releases. */
  readonly namespaces: readonly string[];
  /** Objects that are adopted. */
  readonly objects: readonly Pick<ResourceInfo, "resource" | "namespace">[];
  /** True if the records of Helm 2 are to be written or removed, too: for `back` and `finish`. */
  readonly changesRecords?: boolean | undefined;
}

/** Returns the rights that a migration needs, each once. */
export function migrationRights(
  env: Environment,
  { store, place, namespaces, objects, changesRecords = false }: MigrationRights,
): Right[] {
  const core = (resource: string, namespace: string, ...verbs: readonly string[]): Right[] =>
    verbs.map((verb) => ({ verb, group: "", resource, namespace }));
  const target = `${store.storage}s`;
  const rights = [
    ...recordRights(env.driver, changesRecords ? undefined : ["get", "list"]),
    ...core("configmaps", place, "get", "create", "update"),
    ...core("pods", place, "list"),
    ...["get", "create", "update", "delete"].map((verb) => ({
      verb,
      group: "coordination.k8s.io",
      resource: "leases",
      namespace: place,
    })),
    ...namespaces.flatMap((namespace) => [
      ...core("namespaces", "", "get").map((right) => ({ ...right, name: namespace })),
      ...store.storage === "sql"
        ? []
        : core(target, namespace, "get", "list", "create", ...changesRecords ? ["delete"] : []),
    ]),
    ...objects.flatMap(({ resource: { group, plural }, namespace }) =>
      ["get", "patch"].map((verb) => ({ verb, group, resource: plural, namespace }))
    ),
  ];
  return [...new Map(rights.map((right) => [describeRight(right), right])).values()];
}

/** Returns the rights without which the way back of a release would stop half way. */
export function returnRights(
  env: Environment,
  { store, place, namespace }: Pick<MigrationRights, "store" | "place"> & { readonly namespace: string },
): Right[] {
  const core = (resource: string, where: string, ...verbs: readonly string[]): Right[] =>
    verbs.map((verb) => ({ verb, group: "", resource, namespace: where }));
  const rights = [
    ...recordRights(env.driver, ["get", "list", "create", "update"]),
    ...core("configmaps", place, "get", "update", "delete"),
    ...store.storage === "sql" ? [] : core(`${store.storage}s`, namespace, "get", "list", "delete"),
  ];
  return [...new Map(rights.map((right) => [describeRight(right), right])).values()];
}

/**
 * Asks the server for rights of this user on a release.
 *
 * @throws SkegError of kind `conflict` that names those that are missing.
 */
export async function refuseWithoutRights(env: Environment, rights: readonly Right[], release: string): Promise<void> {
  let missing: readonly Right[];
  try {
    missing = await missingRights(env.kube.cluster.transport, rights, callOptions(env));
  } catch (error) {
    // A server that answers no such questions shows what is missing in the step that needs it.
    if (error instanceof KubeError && error.kind !== "aborted") return;
    throw error;
  }
  // Leases only add who is at work, and reading a namespace only tells earlier that it is gone.
  const vital = missing.filter(({ resource }) => resource !== "leases" && resource !== "namespaces");
  if (vital.length === 0) return;
  throw new SkegError("conflict", `you may not ${vital.map(describeRight).join(", ")}; nothing was changed`, {
    hint: `'${
      migrateCommand(release, "--print-role")
    }' prints the roles that a migration needs, for an administrator to apply.`,
  });
}
