/**
 * The requests of a plan, for people who want to see exactly what is sent.
 *
 * @module
 */
import { createMasking, isSecret, type Masker } from "../../kube/explain/mod.ts";
import { isObject, type KubeObject, parseJson } from "../../kube/mod.ts";
import { configOf } from "./compare_revisions.ts";
import type { PlannedChanges } from "./plan.ts";

/** A request that changes an object. */
export interface PlannedRequest {
  /** The method. */
  readonly method: "POST" | "PATCH" | "DELETE";
  /** Path of the object; a creation is sent to the collection of that path. */
  readonly path: string;
  /** The media type of a patch. */
  readonly contentType?: string;
  /** The body; absent for a deletion. Secrets are masked. */
  readonly body?: unknown;
}

/**
 * Returns the requests in their order. Hooks and records are not among them.
 *
 * @param masker Masks secrets; absent: they are shown.
 */
export function plannedRequests({ predicted, steps }: PlannedChanges, masker?: Masker): PlannedRequest[] {
  const { writes, live } = predicted;
  const { new: target, old } = steps.releases;
  const bodies = writes.map(({ body }) => body === "" ? undefined : parseJson(body));
  const objects = [...live.values(), ...writes.map(({ after }) => after)].filter((object) => object !== undefined);
  // A patch of a Secret has neither kind nor name.
  const inSecrets = writes.map(({ before, after }) =>
    [before, after].some((one) => one !== undefined && isSecret(one))
  );
  const patches = bodies.flatMap((body, at): KubeObject[] =>
    inSecrets[at] === true && isObject(body) ? [{ ...body, apiVersion: "v1", kind: "Secret" }] : []
  );
  const values = [configOf(old), configOf(target)];
  const masking = masker === undefined ? undefined : createMasking([...objects, ...patches], values, masker);
  return writes.map(({ method, path, contentType }, at) => {
    const body = bodies[at];
    return {
      method,
      path,
      ...contentType === undefined ? {} : { contentType },
      ...body === undefined ? {} : { body: masking?.value(body, [], inSecrets[at] === true) ?? body },
    };
  });
}
