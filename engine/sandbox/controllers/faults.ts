/**
 * Pods that do not start, on request: the annotation `skeg.dev/fail` with the value `crash`, `image`, `node` or `quota`.
 *
 * Source of the states and words: `pkg/kubelet/kuberuntime`, `pkg/kubelet/images`, `plugin/pkg/admission/resourcequota`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapsOf, textOf } from "../json.ts";

/** The annotation that makes pods fail. */
export const FAIL_ANNOTATION = "skeg.dev/fail";
/** The annotation with the text of the containers' log. */
export const LOG_ANNOTATION = "skeg.dev/log";
/** Restarts of a container that crashes. */
const RESTARTS = 4;

/** Returns the status of a pod that is to fail at its start; `undefined` for all others. */
export function faultStatus(pod: KubeObject, now: string): Json | undefined {
  switch (pod.metadata?.annotations?.[FAIL_ANNOTATION]) {
    case "crash": {
      const ended = { exitCode: 1, reason: "Error", startedAt: now, finishedAt: now };
      const message = "back-off 40s restarting failed container";
      return statusWith(pod, "Running", (container) => ({
        ...container,
        restartCount: RESTARTS,
        state: { waiting: { reason: "CrashLoopBackOff", message } },
        lastState: { terminated: ended },
      }));
    }
    case "image":
      return statusWith(pod, "Pending", (container) => {
        const message = `Back-off pulling image "${textOf(container["image"])}": ErrImagePull: not found`;
        return { ...container, state: { waiting: { reason: "ImagePullBackOff", message } }, lastState: {} };
      });
    default:
      return undefined;
  }
}

/** Returns the server's words if the pods of a template are to be refused by a quota; `undefined` for all others. */
export function quotaRefusal(owner: KubeObject): string | undefined {
  if (at(owner, "spec", "template", "metadata", "annotations", FAIL_ANNOTATION) !== "quota") return undefined;
  const pod = `${owner.metadata?.name}-xxxxx`;
  return `pods "${pod}" is forbidden: exceeded quota: team, requested: cpu=500m, used: cpu=4, limited: cpu=4`;
}

function statusWith(pod: KubeObject, phase: string, change: (container: Json) => Json): Json {
  const containerStatuses = mapsOf(at(pod, "spec", "containers")).map(({ name, image }) =>
    change({ name, image, imageID: "", ready: false, restartCount: 0, started: false })
  );
  return { phase, containerStatuses };
}
