/** Finds out if a DEPLOYED revision of any release names an object. */
import { type ApiResource, isSameKind, type ObjectMeta } from "../../kube/mod.ts";
import type { Examination } from "./examination.ts";

/** True if a DEPLOYED revision names the object; for checks that come after all releases. */
export function isDeployedObject(
  { deployedObjects }: Pick<Examination, "deployedObjects">,
  { group, kind, namespaced }: ApiResource,
  { name, namespace: place }: ObjectMeta,
): boolean {
  return deployedObjects.some(({ namespace, objects }) =>
    objects.some((object) =>
      object.kind === kind && object.name === name && isSameKind(object.group, group) &&
      (!namespaced || (object.namespace || namespace) === place)
    )
  );
}
