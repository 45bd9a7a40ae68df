/**
 * Objects without the fields that belong to one server.
 *
 * @module
 */
import { asObject, isObject, type JsonObject } from "../../base/mod.ts";
import type { KubeObject } from "../../model/mod.ts";

/** Fields of metadata that the server sets, and that mean nothing to another one. */
const SERVER_METADATA = ["uid", "resourceVersion", "managedFields", "generation", "selfLink"] as const;
/** Further ones that would make the server refuse or soon delete a new object: owners are named by UID. */
const OF_ONE_LIFE = [
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "ownerReferences",
  "finalizers",
] as const;

/** Returns an object without UID, versions and status; its time of creation stays, for people. */
export function withoutServerFields(object: KubeObject): KubeObject {
  const { status: _, metadata, ...rest } = object;
  return { ...rest, metadata: without(asObject(metadata), SERVER_METADATA) } as KubeObject;
}

/** An object that can be created, and what the original had besides. */
export interface CreatableObject {
  /** Without the fields that the server chooses. */
  readonly object: KubeObject;
  /** Parts that cannot be brought back, in words: `its address 10.0.0.7`. */
  readonly lost: readonly string[];
}

/** Returns a saved object in the form in which it can be created again. Pure. */
export function creatableForm(saved: KubeObject): CreatableObject {
  const clean = withoutServerFields(saved);
  const metadata = without(asObject(clean.metadata), OF_ONE_LIFE);
  const lost: string[] = [];
  const object = { ...clean, metadata } as KubeObject & { spec?: unknown };
  const ofKind = ADJUSTMENTS[String(saved.kind)];
  const isOfKubernetes = /^(v1|batch\/v1|batch\/v1beta1)$/.test(String(saved.apiVersion));
  return ofKind === undefined || !isOfKubernetes ? { object, lost } : { object: ofKind(object, lost), lost };
}

type Adjust = (object: KubeObject, lost: string[]) => KubeObject;

/** Removes the fields that the server fills in for one object, by kind. */
const ADJUSTMENTS: Readonly<Record<string, Adjust>> = {
  Service(object, lost) {
    const spec = asObject(object["spec"]);
    const address = spec["clusterIP"];
    if (typeof address !== "string" || address === "" || address === "None") return object;
    lost.push(`its address ${address}`);
    return { ...object, spec: without(spec, ["clusterIP", "clusterIPs", "healthCheckNodePort"]) };
  },
  PersistentVolumeClaim(object, lost) {
    const spec = asObject(object["spec"]);
    if (typeof spec["volumeName"] !== "string") return object;
    lost.push(`the data of its volume ${spec["volumeName"]}`);
    const annotations = asObject(object.metadata?.annotations);
    const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => !/^(pv|volume)\./.test(key)));
    return {
      ...object,
      metadata: { ...object.metadata, annotations: kept as Record<string, string> },
      spec: without(spec, ["volumeName"]),
    };
  },
  Pod(object) {
    return { ...object, spec: without(asObject(object["spec"]), ["nodeName"]) };
  },
  Job(object, lost) {
    const spec = asObject(object["spec"]);
    lost.push("its pods and their logs: it runs again");
    if (spec["manualSelector"] === true) return object;
    const template = asObject(spec["template"]);
    const inner = asObject(template["metadata"]);
    const labels = without(asObject(inner["labels"]), JOB_LABELS);
    const metadata = { ...object.metadata, labels: without(asObject(object.metadata?.labels), JOB_LABELS) };
    return {
      ...object,
      metadata,
      spec: { ...without(spec, ["selector"]), template: { ...template, metadata: { ...inner, labels } } },
    } as KubeObject;
  },
  ServiceAccount(object) {
    return without(object, ["secrets"]) as KubeObject;
  },
};

/** Labels by which the server ties pods to one Job. */
const JOB_LABELS = [
  "controller-uid",
  "job-name",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-name",
] as const;

function without(object: Readonly<Record<string, unknown>>, fields: readonly string[]): JsonObject {
  if (!isObject(object)) return {};
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}
