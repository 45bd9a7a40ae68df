import { placesOf } from "../places.ts";
import { at, isMap } from "../plain.ts";
import type { Work } from "../work.ts";

const ANNOTATION = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";

/**
 * Removes the annotation by which v1beta3 distinguished shares of zero from absent ones; v1 has 0.
 *
 * Source: Kubernetes, `pkg/apis/flowcontrol/v1beta3/defaults.go` and `conversion.go`.
 */
export function preservedZero(work: Work, path: string): void {
  const annotations = at(work.object, "metadata", "annotations");
  if (!isMap(annotations) || !Object.hasOwn(annotations, ANNOTATION)) return;
  delete annotations[ANNOTATION];
  work.changes.push(`metadata.annotations: ${ANNOTATION} is dropped`);
  for (const { parent, key, path: place } of placesOf(work, path)) {
    if (Number(parent[key] ?? 0) !== 0) continue;
    parent[key] = 0;
    work.changes.push(`${place}: 0 is written`);
  }
}
