/**
 * C1: Tillers run in the cluster.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { DoctorCheck, PlacedFinding } from "./examination.ts";
import type { FindingFact } from "./finding.ts";
import { timeText } from "./states.ts";
import type { Timestamp } from "../../model/mod.ts";
import { type TillerDeployment, tillerDeployments } from "./tiller_facts.ts";

/** C1. */
export const tillersRunning: DoctorCheck = {
  id: "C1",
  name: "tiller-runs",
  scope: "cluster",
  async look(examination) {
    const running = (await tillerDeployments(examination)).filter(isRunning);
    return running.length === 0 ? [] : [finding(running, examination.now)];
  },
};

/** True if a pod of it serves. */
export function isRunning({ replicas, pods }: TillerDeployment): boolean {
  return replicas > 0 && pods.some(({ isReady }) => isReady);
}

function finding(running: readonly TillerDeployment[], now: Timestamp): PlacedFinding {
  const places = new Map<string, number>();
  for (const { settings, pods } of running) {
    const place = `${settings.storage}/${settings.namespace}`;
    places.set(place, (places.get(place) ?? 0) + pods.filter(({ isReady }) => isReady).length);
  }
  const isShared = [...places.values()].some((count) => count > 1);
  return {
    severity: isShared ? "warning" : "note",
    title: counted(running.length, "Tiller runs", "Tillers run"),
    evidence: running.flatMap((tiller) => factsOf(tiller, now)),
    consequence: (isShared ? "Two Tillers write the same records: one may overwrite what the other recorded. " : "") +
      "A Tiller and skeg can take turns on a release, and must not work on it at the same time.",
    repairs: running.map(({ namespace }) => ({
      command: `skeg reset --tiller-namespace ${namespace}`,
      effect: `removes the Tiller of namespace ${namespace} when nobody uses it any more; releases stay`,
    })),
  };
}

function factsOf(
  { namespace, name, settings, version, hasTls, pods }: TillerDeployment,
  now: Timestamp,
): FindingFact[] {
  const source = `Deployment ${namespace}/${name}`;
  const { storage, historyMax } = settings;
  const where = settings.namespace === namespace ? "" : `, records in namespace ${settings.namespace}`;
  const limit = historyMax === 0 ? "no limit of revisions" : `at most ${counted(historyMax, "revision")}`;
  const tls = hasTls ? "with TLS" : "without TLS: every pod of the cluster can use its rights";
  return [
    { source, text: `version ${version || "unknown"}, storage ${storage}${where}, ${limit}, ${tls}` },
    ...pods.filter(({ isReady }) => isReady).map(({ name, startedSeconds }) => ({
      source: `pod ${namespace}/${name}`,
      text: startedSeconds === undefined ? "runs" : `started ${timeText(startedSeconds, now)}`,
    })),
  ];
}
