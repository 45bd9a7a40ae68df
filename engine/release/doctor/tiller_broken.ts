/**
 * C3: a Tiller cannot start.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { DoctorCheck, PlacedFinding } from "./examination.ts";
import { type TillerDeployment, tillerDeployments } from "./tiller_facts.ts";
import { isRunning } from "./tillers_running.ts";

/** C3. */
export const tillerBroken: DoctorCheck = {
  id: "C3",
  name: "tiller-cannot-start",
  scope: "cluster",
  async look(examination) {
    return brokenTillers(await tillerDeployments(examination));
  },
};

/** Finds Tillers without a pod that serves, and with a reason for that. Pure. */
export function brokenTillers(deployments: readonly TillerDeployment[]): PlacedFinding[] {
  const broken = deployments.filter((tiller) =>
    tiller.replicas > 0 && !isRunning(tiller) && reasonsOf(tiller).length > 0
  );
  if (broken.length === 0) return [];
  return [{
    severity: "note",
    title: `${counted(broken.length, "Tiller")} cannot start`,
    evidence: broken.flatMap((tiller) => reasonsOf(tiller)),
    consequence: "Helm 2's own client cannot work with this cluster. skeg needs no Tiller.",
    repairs: broken.map(({ namespace }) => ({
      command: `skeg reset --force --tiller-namespace ${namespace}`,
      effect: `removes it; releases and their records stay`,
    })),
  }];
}

function reasonsOf({ namespace, name, image, pods, refusal }: TillerDeployment) {
  return [
    ...refusal === "" ? [] : [{ source: `Deployment ${namespace}/${name}`, text: refusal }],
    ...pods.filter(({ problem }) => problem !== "").map((pod) => ({
      source: `pod ${namespace}/${pod.name}`,
      text: `image ${image}: ${pod.problem}${pod.restarts === 0 ? "" : `; ${counted(pod.restarts, "restart")}`}`,
    })),
  ];
}
