/**
 * Deployments: one ReplicaSet per template, and a rollout from the old ones to the new one within
 * maxSurge and maxUnavailable.
 *
 * Source: `pkg/controller/deployment`: `sync.go`, `rolling.go`, `recreate.go` and
 * `util/deployment_util.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, copy, type Json, mapOf, mapsOf, numberOf, same } from "../json.ts";
import { templateHash } from "../hash.ts";
import { type Controller, createObject, editObject, type Happening, keyOf, type Machine } from "../machine.ts";
import { deleteByKey } from "../deleting.ts";
import type { Key } from "../store.ts";
import {
  controlledBy,
  keyText,
  ownedBy,
  ownersOfKind,
  parseKey,
  scaled,
  wantedReplicas,
  withCondition,
} from "./owned.ts";

const SETS = "apps/replicasets";
const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

/** Annotations of a Deployment that its ReplicaSets do not get (`annotationsToSkip`). */
const NOT_COPIED = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
];

/**
 * Returns the template as the user wrote it. The hash label differs in each ReplicaSet and must not
 * count in comparisons (`EqualIgnoreHash`).
 */
function withoutHash(template: unknown): unknown {
  const made = copy(mapOf(template));
  const labels = mapOf(at(made, "metadata", "labels"));
  delete labels[HASH];
  return made;
}

interface Rollout {
  readonly machine: Machine;
  readonly key: Key;
  readonly deployment: KubeObject;
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly current: KubeObject | undefined;
  readonly old: readonly KubeObject[];
  /** True when the ReplicaSet was made just now. */
  readonly created?: boolean;
}

/** Reads the state of a rollout: the current ReplicaSet, the old ones, and the limits as numbers. */
function plan(machine: Machine, key: Key, deployment: KubeObject): Rollout {
  const sets = ownedBy(machine, SETS, deployment)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  const template = withoutHash(at(deployment, "spec", "template"));
  const current = sets.find((set) => same(withoutHash(at(set, "spec", "template")), template));
  const replicas = wantedReplicas(deployment);
  const rolling = mapOf(at(deployment, "spec", "strategy", "rollingUpdate"));
  const isRolling = at(deployment, "spec", "strategy", "type") !== "Recreate";
  // `ResolveFenceposts`: maxSurge is rounded up, maxUnavailable down. When both end at 0, one pod
  // may be unavailable, or the rollout could never move.
  const maxSurge = isRolling ? scaled(rolling["maxSurge"], replicas, true) : 0;
  const unavailable = isRolling ? Math.min(scaled(rolling["maxUnavailable"], replicas, false), replicas) : 0;
  const maxUnavailable = isRolling && maxSurge === 0 && unavailable === 0 ? 1 : unavailable;
  const old = sets.filter((set) => set !== current);
  return { machine, key, deployment, replicas, maxSurge, maxUnavailable, current, old };
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata?.annotations?.[REVISION] ?? 0);
}

function copiedAnnotations(deployment: KubeObject): Record<string, string> {
  const own = Object.entries(deployment.metadata?.annotations ?? {});
  return Object.fromEntries(own.filter(([name]) => !NOT_COPIED.includes(name)));
}

/**
 * Returns the annotations of a ReplicaSet. kubectl reads the revision from them, and the controller
 * the sizes of an interrupted rollout.
 */
function setAnnotations(rollout: Rollout, revision: number): Record<string, string> {
  return {
    ...copiedAnnotations(rollout.deployment),
    "deployment.kubernetes.io/desired-replicas": String(rollout.replicas),
    "deployment.kubernetes.io/max-replicas": String(rollout.replicas + rollout.maxSurge),
    [REVISION]: String(revision),
  };
}

/** Makes the ReplicaSet of the current template. */
function createSet(rollout: Rollout, revision: number, replicas: number): KubeObject {
  const { machine, deployment } = rollout;
  const name = deployment.metadata?.name ?? "";
  const namespace = deployment.metadata?.namespace ?? "";
  const template = copy(mapOf(at(deployment, "spec", "template")));
  // A name that is taken belongs to another template with the same hash, or to another owner. The
  // collision count changes the hash until a name is free.
  let hash = templateHash(template);
  for (let n = 1; machine.store.get({ resource: SETS, namespace, name: `${name}-${hash}` }) !== undefined; n++) {
    hash = templateHash(template, n);
  }
  const metadata = mapOf(template["metadata"]);
  const labels = { ...mapOf(metadata["labels"]), [HASH]: hash };
  template["metadata"] = { ...metadata, labels };
  const selector = copy(mapOf(at(deployment, "spec", "selector")));
  selector["matchLabels"] = { ...mapOf(selector["matchLabels"]), [HASH]: hash };
  const minReady = at(deployment, "spec", "minReadySeconds");
  return createObject(machine, SETS, {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      generation: 1,
      labels: { ...labels } as Record<string, string>,
      annotations: setAnnotations(rollout, revision),
      ownerReferences: [controlledBy(deployment) as never],
    },
    spec: { replicas, ...(minReady === undefined ? {} : { minReadySeconds: minReady }), selector, template },
    status: { replicas: 0 },
  });
}

function scaleSet(machine: Machine, set: KubeObject, replicas: number, annotations?: Record<string, string>): void {
  const key = { resource: SETS, namespace: set.metadata?.namespace ?? "", name: set.metadata?.name ?? "" };
  editObject(machine, key, (next) => {
    const spec = mapOf(next["spec"]);
    const meta = next.metadata ??= {};
    // Controllers write past the API's rules, so they count the generation themselves.
    if (spec["replicas"] !== replicas) meta.generation = (meta.generation ?? 0) + 1;
    spec["replicas"] = replicas;
    if (annotations) meta.annotations = { ...meta.annotations, ...annotations };
  });
}

/** Hands `minReadySeconds` on to the current set, which counts its available pods by it (`getNewReplicaSet`). */
function keepMinReady(machine: Machine, set: KubeObject, deployment: KubeObject): void {
  const wanted = at(deployment, "spec", "minReadySeconds");
  if (numberOf(at(set, "spec", "minReadySeconds")) === numberOf(wanted)) return;
  editObject(machine, keyOf(SETS, set), (next) => {
    const spec = mapOf(next["spec"]);
    if (numberOf(wanted) === 0) delete spec["minReadySeconds"];
    else spec["minReadySeconds"] = wanted;
    const meta = next.metadata ??= {};
    meta.generation = (meta.generation ?? 0) + 1;
  });
}

function sizeOf(set: KubeObject): number {
  return wantedReplicas(set);
}

function available(set: KubeObject): number {
  return numberOf(at(set, "status", "availableReplicas"));
}

/** Scales old and new ReplicaSets one step towards the wanted state. */
function roll(rollout: Rollout, current: KubeObject): void {
  const { machine, old, replicas, maxSurge, maxUnavailable } = rollout;
  const oldTotal = old.reduce((sum, set) => sum + sizeOf(set), 0);
  const annotations = setAnnotations(rollout, revisionOf(current));
  // Recreate: no new pod before the last old one is gone.
  if (at(rollout.deployment, "spec", "strategy", "type") === "Recreate") {
    for (const set of old) if (sizeOf(set) > 0) scaleSet(machine, set, 0);
    const gone = old.every((set) => numberOf(at(set, "status", "replicas")) === 0 && sizeOf(set) === 0);
    scaleSet(machine, current, gone ? replicas : sizeOf(current), annotations);
    return;
  }
  // `NewRSNewReplicas`: the new set grows into what replicas and maxSurge leave free.
  const room = replicas + maxSurge - oldTotal - sizeOf(current);
  const target = oldTotal === 0 ? replicas : Math.min(replicas, sizeOf(current) + Math.max(room, 0));
  scaleSet(machine, current, target, annotations);
  // Old sets shrink by what is available beyond the minimum. Their unready pods go first, since
  // they take no traffic (`cleanupUnhealthyReplicas`).
  const running = available(current) + old.reduce((sum, set) => sum + Math.min(available(set), sizeOf(set)), 0);
  let spare = running - (replicas - maxUnavailable);
  for (const set of old) {
    const unready = sizeOf(set) - available(set);
    const cut = Math.min(sizeOf(set), Math.max(unready, 0) + Math.max(Math.min(spare, available(set)), 0));
    if (cut <= 0) continue;
    spare -= Math.max(cut - Math.max(unready, 0), 0);
    scaleSet(machine, set, sizeOf(set) - cut);
  }
}

/**
 * Deletes old ReplicaSets beyond `revisionHistoryLimit`, oldest first. A set that still has pods
 * stays (`cleanupDeployment`).
 */
function forgetOld(rollout: Rollout): void {
  const { machine, old, deployment } = rollout;
  const limit = numberOf(at(deployment, "spec", "revisionHistoryLimit"), 10);
  const idle = old.filter((set) => sizeOf(set) === 0 && numberOf(at(set, "status", "replicas")) === 0);
  for (const set of idle.slice(0, Math.max(old.length - limit, 0))) {
    deleteByKey(machine, {
      resource: SETS,
      namespace: set.metadata?.namespace ?? "",
      name: set.metadata?.name ?? "",
    });
  }
}

/**
 * Sets a condition. One that changed moves to the end of the list (`SetDeploymentCondition`), so
 * the order of calls shows in the status.
 */
function appended(
  machine: Machine,
  conditions: Json[],
  condition: { type: string; status: string; reason: string; message: string },
): Json[] {
  const next = withCondition(machine, conditions, condition, "lastUpdateTime");
  const changed = next.find((c) => !conditions.includes(c));
  return changed === undefined ? next : [...next.filter((c) => c !== changed), changed];
}

function writeStatus(rollout: Rollout, revision: number): void {
  const { machine, key, deployment, replicas, maxUnavailable } = rollout;
  const sets = ownedBy(machine, SETS, deployment);
  const current = sets.find((set) => set.metadata?.name === rollout.current?.metadata?.name);
  const sum = (field: string): number => sets.reduce((total, set) => total + numberOf(at(set, "status", field)), 0);
  const updated = numberOf(at(current, "status", "replicas"));
  const [total, ready, up] = [sum("replicas"), sum("readyReplicas"), sum("availableReplicas")];
  const isNew = rollout.created === true;
  // Enough decides about the condition Available; complete, for which no old pod may be left, about
  // Progressing.
  const enough = up >= replicas - maxUnavailable;
  const complete = updated === replicas && total === replicas && up >= replicas;
  const set = current?.metadata?.name ?? "";
  let conditions = mapsOf(at(deployment, "status", "conditions"));
  if (isNew) {
    conditions = appended(machine, conditions, {
      type: "Progressing",
      status: "True",
      reason: "NewReplicaSetCreated",
      message: `Created new replica set "${set}"`,
    });
  }
  conditions = appended(machine, conditions, {
    type: "Available",
    status: enough ? "True" : "False",
    reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
  });
  if (complete || (!isNew && updated > 0)) {
    conditions = appended(machine, conditions, {
      type: "Progressing",
      status: "True",
      reason: complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
      message: complete ? `ReplicaSet "${set}" has successfully progressed.` : `ReplicaSet "${set}" is progressing.`,
    });
  }
  const status: Json = { observedGeneration: numberOf(deployment.metadata?.generation) };
  const counts = {
    replicas: total,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: up,
    // `calculateStatus` counts from the sizes that the sets want, not from the Deployment's
    // replicas.
    unavailableReplicas: Math.max(sets.reduce((all, set) => all + sizeOf(set), 0) - up, 0),
  };
  // Counts have `omitempty` in Go.
  for (const [name, value] of Object.entries(counts)) if (value > 0) status[name] = value;
  status["conditions"] = conditions;
  editObject(machine, key, (next) => {
    next["status"] = status;
    const meta = next.metadata ??= {};
    if (revision > 0) meta.annotations = { ...meta.annotations, [REVISION]: String(revision) };
  });
}

/** Rolls out Deployments. */
export const deploymentController: Controller = {
  name: "deployment",
  interest(happening: Happening): string[] {
    if (happening.key.resource === "apps/deployments") {
      return happening.after === undefined ? [] : [keyText(happening.key)];
    }
    return happening.key.resource === SETS ? ownersOfKind(happening, "Deployment") : [];
  },
  reconcile(machine: Machine, text: string): void {
    const key = parseKey("apps/deployments", text);
    const deployment = machine.store.get(key);
    if (deployment === undefined || deployment.metadata?.deletionTimestamp !== undefined) return;
    let rollout = plan(machine, key, deployment);
    const latest = Math.max(0, ...rollout.old.map(revisionOf));
    let revision = rollout.current === undefined ? 0 : revisionOf(rollout.current);
    // A paused Deployment counts its pods and rolls out nothing.
    if (at(deployment, "spec", "paused") === true) return writeStatus(rollout, revision);
    if (rollout.current === undefined) {
      revision = latest + 1;
      const oldTotal = rollout.old.reduce((sum, set) => sum + sizeOf(set), 0);
      // With Recreate the new set starts empty while old pods are there.
      const recreate = at(deployment, "spec", "strategy", "type") === "Recreate" && oldTotal > 0;
      const room = Math.max(rollout.replicas + rollout.maxSurge - oldTotal, 0);
      const current = createSet(rollout, revision, recreate ? 0 : Math.min(room, rollout.replicas));
      rollout = { ...rollout, current, created: true };
    } else if (revision <= latest) {
      // Going back to an earlier template makes its ReplicaSet the newest again.
      revision = latest + 1;
      scaleSet(machine, rollout.current, sizeOf(rollout.current), { [REVISION]: String(revision) });
      rollout = plan(machine, key, deployment);
    }
    if (rollout.current) {
      keepMinReady(machine, rollout.current, deployment);
      roll(rollout, rollout.current);
    }
    forgetOld(rollout);
    writeStatus(rollout, revision);
  },
};
