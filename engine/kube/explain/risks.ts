/**
 * Finds what could hurt in a planned operation. Pure: what has to be read from the cluster is given.
 *
 * @module
 */
import { isObject, type JsonObject, type KubeObject } from "../mod.ts";
import type { ObjectChange, Risk, RiskLevel } from "./types.ts";

/** One object of the operation. */
export interface RiskSubject {
  /** Its changes. */
  readonly change: ObjectChange;
  /** In the cluster. */
  readonly live?: KubeObject | undefined;
  /** Afterwards. */
  readonly result?: KubeObject | undefined;
  /** In the new manifest. */
  readonly target?: KubeObject | undefined;
  /** The server's words when it refuses the write. */
  readonly refusal?: string | undefined;
}

/** Facts about other objects of the cluster. */
export interface RiskFacts {
  /** Reclaim policies of volumes, by the volume's name. */
  readonly reclaimPolicies?: Readonly<Record<string, string>> | undefined;
  /** Numbers of objects inside a namespace or of a CRD's kind, by its name; -1 stands for "more than can be counted". */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** Pods of the namespaces. */
  readonly pods?: readonly KubeObject[] | undefined;
  /** Owners of the pods that have owners themselves, such as ReplicaSets and Jobs. */
  readonly owners?: readonly KubeObject[] | undefined;
  /** Autoscalers of the namespaces. */
  readonly autoscalers?: readonly KubeObject[] | undefined;
  /** Revision that the operation makes. */
  readonly revision?: number | undefined;
}

const spec = (object: KubeObject | undefined): JsonObject => isObject(object?.spec) ? object.spec : {};
const map = (value: unknown): JsonObject => isObject(value) ? value : {};
const list = (value: unknown): JsonObject[] => Array.isArray(value) ? value.filter(isObject) : [];

/** Returns the risks of all objects, the worst first. */
export function findRisks(subjects: readonly RiskSubject[], facts: RiskFacts = {}): Risk[] {
  const risks = subjects.flatMap((subject) => [
    ...refusalRisks(subject, facts),
    ...rolloutRisks(subject),
    ...dataRisks(subject, facts),
    ...addressRisks(subject),
    ...scopeRisks(subject, facts),
    ...useRisks(subject, subjects, facts),
    ...autoscalerRisks(subject, facts),
    ...otherRisks(subject),
    ...silentRisks(subject, subjects),
  ]);
  return inOrder(risks);
}

const LEVELS: readonly RiskLevel[] = ["danger", "warn", "note"];

/** Returns risks with the worst first; risks of one level keep their order. */
export function inOrder(risks: readonly Risk[]): Risk[] {
  return risks.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function risk(subject: RiskSubject, code: string, level: RiskLevel, text: string): Risk {
  const { kind, name } = subject.change.id;
  return { code, level, object: `${kind}/${name}`, text };
}

const goes = ({ change }: RiskSubject): boolean => change.action === "delete" || change.action === "recreate";

function refusalRisks(subject: RiskSubject, { revision }: RiskFacts): Risk[] {
  const { refusal, live, change } = subject;
  const { action } = change;
  if (action === "recreate") {
    return [risk(subject, "recreate", "danger", "--force deletes it and creates it again; its pods and addresses go")];
  }
  if (refusal === undefined) return [];
  const code = /immutable|updates to .* are forbidden|may not (be )?change|field can not be changed/i.test(refusal)
    ? "immutable"
    : "refused";
  const after = live === undefined
    ? "As it stands: the operation ends at this creation"
    : `As it stands: this patch fails, nothing is deleted, and revision ${revision ?? "new"} is FAILED. ` +
      "--force would recreate it";
  // The risk names the object already.
  const reason = refusal.replace(/^\S+ "[^"]*" is invalid: /, "").replace(/[.\s]+$/, "");
  return [risk(subject, code, "danger", `${reason}. ${after}`)];
}

function rolloutRisks(subject: RiskSubject): Risk[] {
  const { change, live, result } = subject;
  const risks: Risk[] = [];
  const { restarts } = change;
  const [before, after] = [spec(live), spec(result)];
  const strategy = map(after.strategy ?? after.updateStrategy);
  if (restarts !== undefined) {
    const rolling = map(strategy.rollingUpdate);
    const missing = rolling.maxUnavailable;
    const share = missing === undefined ? "" : `, at most ${missing} missing at a time`;
    risks.push(
      risk(subject, "restart", "note", `${restarts} ${restarts === 1 ? "pod is" : "pods are"} replaced${share}`),
    );
    const one = (after.replicas ?? 1) === 1;
    if (strategy.type === "Recreate") {
      risks.push(risk(subject, "downtime", "warn", "strategy Recreate: all pods end before new ones start"));
    } else if (change.id.kind === "StatefulSet" && one) {
      risks.push(risk(subject, "downtime", "warn", "its one pod ends before the new one starts"));
    } else if (one && mayMissOne(missing) && isNone(rolling.maxSurge)) {
      risks.push(risk(subject, "downtime", "warn", "its one pod may be missing, and no extra one is started"));
    } else if (hasHostPort(after)) {
      risks.push(risk(subject, "downtime", "warn", "a pod uses a port of its node, so the old one must end first"));
    }
  }
  if (after.replicas === 0 && typeof before.replicas === "number" && before.replicas > 0) {
    risks.push(risk(subject, "downtime", "warn", `it is scaled from ${before.replicas} to 0`));
  }
  return risks;
}

const isNone = (value: unknown): boolean => value === 0 || value === "0%" || value === "0";
const mayMissOne = (value: unknown): boolean => value !== undefined && !isNone(value) && value !== "25%";

function hasHostPort(after: JsonObject): boolean {
  const pod = map(map(after.template).spec);
  return list(pod.containers).some(({ ports }) => list(ports).some(({ hostPort }) => Number(hostPort) > 0));
}

function dataRisks(subject: RiskSubject, { reclaimPolicies = {} }: RiskFacts): Risk[] {
  if (!goes(subject)) return [];
  const { live, change } = subject;
  const { kind, name } = change.id;
  if (kind === "PersistentVolumeClaim") {
    const volume = String(spec(live).volumeName ?? "");
    if (volume === "") return [risk(subject, "data", "note", "it is bound to no volume")];
    const policy = reclaimPolicies[volume] ?? "unknown";
    const size = map(map(live?.status).capacity).storage ?? map(map(spec(live).resources).requests).storage;
    const what = policy === "Retain"
      ? "the volume stays, and no claim uses it"
      : policy === "Delete"
      ? `${size ?? "its data"} would be destroyed`
      : "its data may be destroyed";
    return [risk(subject, "data", "danger", `bound to ${volume}, reclaim policy ${policy}: ${what}`)];
  }
  if (kind === "PersistentVolume") {
    const policy = String(spec(live).persistentVolumeReclaimPolicy ?? "unknown");
    return [risk(subject, "data", "danger", `the volume goes, reclaim policy ${policy}`)];
  }
  if (kind !== "StatefulSet") return [];
  const claims = list(spec(live).volumeClaimTemplates).map(({ metadata }) => String(map(metadata).name));
  const replicas = Number(spec(live).replicas ?? 1);
  const names = claims.flatMap((claim) => Array.from({ length: replicas }, (_, at) => `${claim}-${name}-${at}`));
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
  return [risk(subject, "data", "warn", `its claims stay and belong to nothing: ${shown}`)];
}

function addressRisks(subject: RiskSubject): Risk[] {
  const { live, result, change } = subject;
  if (change.id.kind !== "Service" || live === undefined) return [];
  const wasPublic = spec(live).type === "LoadBalancer";
  const leaves = goes(subject) || spec(result).type !== "LoadBalancer";
  if (wasPublic && leaves) {
    const given = list(map(map(live.status).loadBalancer).ingress).map(({ ip, hostname }) => ip ?? hostname);
    const which = given.length === 0 ? "its address" : given.join(", ");
    return [risk(subject, "address", "danger", `${which} would be given back`)];
  }
  if (result === undefined) return [];
  const moved = change.changes.some(({ path, before }) =>
    before !== undefined && /\/(clusterIPs?|nodePort)(\/|$)/.test(path)
  );
  return moved ? [risk(subject, "address", "warn", "its cluster address or node port changes")] : [];
}

function scopeRisks(subject: RiskSubject, { counts = {} }: RiskFacts): Risk[] {
  const { kind, name } = subject.change.id;
  if (!goes(subject)) return [];
  const count = counts[name];
  const number = count === undefined || count < 0 ? "an unknown number of" : String(count);
  if (kind === "Namespace") return [risk(subject, "namespace", "danger", `it goes with ${number} objects inside`)];
  if (kind !== "CustomResourceDefinition") return [];
  return [risk(subject, "crd", "danger", `it goes with ${number} objects of its kind`)];
}

/** Kinds that pods use, and how a pod names them. */
const USED: Readonly<Record<string, (pod: JsonObject) => unknown[]>> = {
  ConfigMap: (pod) => [
    ...list(pod.volumes).flatMap((volume) => [map(volume.configMap).name, ...projected(volume, "configMap")]),
    ...containers(pod).flatMap((one) => referred(one, "configMapRef", "configMapKeyRef")),
  ],
  Secret: (pod) => [
    ...list(pod.volumes).flatMap((volume) => [map(volume.secret).secretName, ...projected(volume, "secret")]),
    ...list(pod.imagePullSecrets).map(({ name }) => name),
    ...containers(pod).flatMap((one) => referred(one, "secretRef", "secretKeyRef")),
  ],
  ServiceAccount: (pod) => [pod.serviceAccountName],
  PersistentVolumeClaim: (pod) => list(pod.volumes).map((volume) => map(volume.persistentVolumeClaim).claimName),
};

const containers = (pod: JsonObject): JsonObject[] => [...list(pod.initContainers), ...list(pod.containers)];
const projected = (volume: JsonObject, kind: string): unknown[] =>
  list(map(volume.projected).sources).map((source) => map(source[kind]).name);
const referred = (container: JsonObject, from: string, key: string): unknown[] => [
  ...list(container.envFrom).map((source) => map(source[from]).name),
  ...list(container.env).map(({ valueFrom }) => map(map(valueFrom)[key]).name),
];

/** True if a pod's spec uses the object. */
function uses(pod: JsonObject, { change }: RiskSubject): boolean {
  return USED[change.id.kind]?.(pod).includes(change.id.name) === true;
}

function useRisks(
  subject: RiskSubject,
  subjects: readonly RiskSubject[],
  { pods = [], owners = [] }: RiskFacts,
): Risk[] {
  if (subject.change.action !== "delete" || !Object.hasOwn(USED, subject.change.id.kind)) return [];
  const going = new Set(subjects.filter(({ change }) => change.action === "delete").map(({ live }) => uidOf(live)));
  const users = pods.filter((pod) =>
    pod.metadata?.namespace === subject.change.id.namespace && uses(spec(pod), subject) && !goesWith(pod, going, owners)
  );
  const [first] = users;
  if (first === undefined) return [];
  const use = users.length === 1 ? "still uses it" : `and ${users.length - 1} more still use it`;
  return [risk(subject, "in-use", "warn", `Pod/${first.metadata?.name} ${use}`)];
}

const uidOf = (object: KubeObject | undefined): unknown => map(object?.metadata).uid;

/** The longest chain of owners, such as Pod, Job, CronJob; a circle ends here. */
const OWNERS_MAX = 5;

/** True if an object or one of its owners, over all levels, has one of the UIDs: the garbage collector takes it along. */
function goesWith(
  object: KubeObject,
  uids: ReadonlySet<unknown>,
  owners: readonly KubeObject[],
  levels = OWNERS_MAX,
): boolean {
  const uid = uidOf(object);
  if (uid !== undefined && uids.has(uid)) return true;
  if (levels === 0) return false;
  return list(map(object.metadata).ownerReferences).some((reference) => {
    if (uids.has(reference.uid)) return true;
    const owner = owners.find((one) => uidOf(one) === reference.uid);
    return owner !== undefined && goesWith(owner, uids, owners, levels - 1);
  });
}

function autoscalerRisks(subject: RiskSubject, { autoscalers = [] }: RiskFacts): Risk[] {
  const { change, live, target, result } = subject;
  const { kind, name, namespace } = change.id;
  const wanted = spec(target).replicas;
  if (wanted === undefined || live === undefined || spec(live).replicas === spec(result).replicas) return [];
  const scaler = autoscalers.find((one) => {
    const ref = map(spec(one).scaleTargetRef);
    return one.metadata?.namespace === namespace && ref.kind === kind && ref.name === name;
  });
  if (scaler === undefined) return [];
  const text = `spec.replicas ${spec(live).replicas} -> ${spec(result).replicas} undoes ` +
    `HorizontalPodAutoscaler/${scaler.metadata?.name}; --respect-autoscalers leaves the field out`;
  return [risk(subject, "hpa-reset", "warn", text)];
}

function otherRisks(subject: RiskSubject): Risk[] {
  const { change } = subject;
  const risks: Risk[] = [];
  if (change.action === "keep") {
    risks.push(risk(subject, "kept", "note", "its resource policy keeps it; it will belong to no release"));
  }
  const random = change.changes.filter(({ cause }) => cause.includes("render"));
  if (random.length > 0) {
    risks.push(risk(subject, "random", "warn", `each render gives another value, so every upgrade changes it`));
  }
  return risks;
}

/** A ConfigMap or Secret that changes without any pod noticing. */
function silentRisks(subject: RiskSubject, subjects: readonly RiskSubject[]): Risk[] {
  const { kind } = subject.change.id;
  if (kind !== "ConfigMap" && kind !== "Secret" || subject.change.action !== "update") return [];
  const users = subjects.filter(({ change, target }) =>
    change.restarts === undefined && change.action !== "create" && uses(map(map(spec(target).template).spec), subject)
  );
  const [first] = users;
  if (first === undefined) return [];
  const { id } = first.change;
  return [risk(subject, "no-restart", "note", `${id.kind}/${id.name} uses it, and its pods are not restarted`)];
}
