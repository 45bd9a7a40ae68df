/**
 * The rights to a release's records.
 *
 * @module
 */
import type { Right } from "../../kube/mod.ts";
import type { Driver } from "../../../storage/mod.ts";

const PLURALS = { configmap: "configmaps", secret: "secrets" } as const;

/** Everything that operations do with records. */
export const RECORD_VERBS: readonly string[] = ["get", "list", "create", "update", "delete"];

/**
 * Returns rights to the records of a driver; none when the records are not in the cluster.
 *
 * @param verbs Default: all that operations use.
 */
export function recordRights({ place }: Driver, verbs: readonly string[] = RECORD_VERBS): Right[] {
  if (place === undefined) return [];
  const { storage, namespace } = place;
  return verbs.map((verb) => ({ verb, group: "", resource: PLURALS[storage], namespace }));
}
