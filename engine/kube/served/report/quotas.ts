/**
 * Finds counts of resource quotas that count nothing, because the resource is no longer in the API group that
 * they name.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { mapAt } from "../plain.ts";
import type { Judge } from "./judge.ts";
import { withAdvice } from "./lifecycle.ts";
import { familiesOf, goneSince, membersIn, servedGroups } from "./resources.ts";

/** Returns findings about the counts of a ResourceQuota; none for other objects. */
export function quotaFindings(object: KubeObject, judge: Judge): string[] {
  if (object.apiVersion !== "v1" || object.kind !== "ResourceQuota") return [];
  return Object.keys(mapAt(object, "spec", "hard")).flatMap((key) => {
    const [, resource = "", group = ""] = /^count\/([^.*]+)\.(.+)$/.exec(key) ?? [];
    return familiesOf(resource).flatMap((family) => {
      const release = goneSince(family, membersIn(family, group), judge);
      if (release === undefined) return [];
      const [served] = servedGroups(family, judge);
      const text = `spec.hard ${key} counts nothing: ${group} does not have ${resource} since Kubernetes ${release}`;
      return [withAdvice(text, served === undefined ? "" : `use count/${resource}.${served}`)];
    });
  });
}
