/**
 * Objects that a resource policy keeps.
 *
 * Source: Helm 2.17.0, `pkg/tiller/resource_policy.go`.
 *
 * @module
 */
import type { ResourceInfo } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";

const POLICY = "helm.sh/resource-policy";

/** Returns the keys of objects that a deletion keeps: every policy but `delete` keeps an object, as in Helm 2. */
export function keptKeys(infos: readonly ResourceInfo[]): ReadonlySet<string> {
  return new Set(
    infos.filter(({ object }) => {
      const policy = object.metadata?.annotations?.[POLICY];
      return policy !== undefined && policy !== "delete";
    }).map(keyOf),
  );
}
