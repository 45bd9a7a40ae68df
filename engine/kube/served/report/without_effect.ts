/**
 * Finds annotations and fields that Kubernetes ignores now.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { at, isMap, type JsonMap, listAt, mapAt, textAt } from "../plain.ts";
import { groupOf } from "../table.ts";
import { hasReached, type Judge } from "./judge.ts";
import { withAdvice } from "./lifecycle.ts";
import { type PodTemplate, podTemplateOf } from "./pod_templates.ts";
import {
  CLAIM_ANNOTATIONS,
  NAMESPACE_ANNOTATIONS,
  POD_ANNOTATIONS,
  PROVISIONERS,
  SERVICE_ANNOTATIONS,
  VOLUMES,
  type WithoutEffect,
} from "./without_effect_table.ts";

/** Prefixes of annotations with a container's profile; the container's name follows. */
const SECCOMP_PREFIX = "container.seccomp.security.alpha.kubernetes.io/";
const APPARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";

/** Returns findings about annotations and volumes of an object. */
export function withoutEffectFindings(object: KubeObject, judge: Judge): string[] {
  const template = podTemplateOf(object);
  return [
    ...objectAnnotations(object, judge),
    ...(template === undefined ? [] : podFindings(template, judge)),
    ...listAt(object, "spec", "volumeClaimTemplates").flatMap((claim, index) =>
      annotationFindings(
        `spec.volumeClaimTemplates[${index}].metadata`,
        mapAt(claim, "metadata"),
        CLAIM_ANNOTATIONS,
        judge,
      )
    ),
    ...storageFindings(object, judge),
  ];
}

function objectAnnotations(object: KubeObject, judge: Judge): string[] {
  if (object.apiVersion !== "v1") return [];
  const tables: Readonly<Record<string, Readonly<Record<string, WithoutEffect>>>> = {
    Namespace: NAMESPACE_ANNOTATIONS,
    PersistentVolumeClaim: CLAIM_ANNOTATIONS,
    Service: SERVICE_ANNOTATIONS,
  };
  const { kind = "" } = object;
  return Object.hasOwn(tables, kind)
    ? annotationFindings("metadata", mapAt(object, "metadata"), tables[kind] ?? {}, judge)
    : [];
}

function annotationFindings(
  path: string,
  metadata: JsonMap,
  table: Readonly<Record<string, WithoutEffect>>,
  judge: Judge,
): string[] {
  return Object.keys(mapAt(metadata, "annotations")).flatMap((key) =>
    Object.hasOwn(table, key) ? lost(`${path}.annotations ${key}`, table[key], judge) : []
  );
}

/** Returns a finding such as `metadata.annotations kubernetes.io/psp has no effect since Kubernetes 1.25`. */
function lost(place: string, found: WithoutEffect | undefined, judge: Judge): string[] {
  if (found === undefined || !hasReached(judge, found.since)) return [];
  const { since, says = "has no effect", use } = found;
  return [withAdvice(`${place} ${says} since Kubernetes ${since}`, use === undefined ? "" : `use ${use}`)];
}

function podFindings({ path, metadata, spec }: PodTemplate, judge: Judge): string[] {
  return [
    ...annotationFindings(`${path}metadata`, metadata, POD_ANNOTATIONS, judge),
    ...profileFindings(`${path}metadata`, metadata, spec, judge),
    ...listAt(spec, "volumes").flatMap((volume, index) =>
      volumeFindings(`${path}spec.volumes[${index}]`, volume, judge)
    ),
  ];
}

/** Reports profiles in annotations that have no equal field. */
function profileFindings(path: string, metadata: JsonMap, spec: JsonMap, judge: Judge): string[] {
  const containers = ["containers", "initContainers", "ephemeralContainers"].flatMap((key) => listAt(spec, key));
  const hasField = (container: string, field: string) =>
    at(spec, "securityContext", field) !== undefined && field === "appArmorProfile" ||
    containers.some((each) => textAt(each, "name") === container && at(each, "securityContext", field) !== undefined);
  return Object.keys(mapAt(metadata, "annotations")).flatMap((key) => {
    const place = `${path}.annotations ${key}`;
    const seccomp = { since: "1.27", use: "securityContext.seccompProfile" };
    if (key === SECCOMP_POD) {
      return at(spec, "securityContext", "seccompProfile") === undefined ? lost(place, seccomp, judge) : [];
    }
    if (key.startsWith(SECCOMP_PREFIX)) {
      return hasField(key.slice(SECCOMP_PREFIX.length), "seccompProfile") ? [] : lost(place, seccomp, judge);
    }
    if (!key.startsWith(APPARMOR_PREFIX) || !hasReached(judge, "1.30")) return [];
    if (hasField(key.slice(APPARMOR_PREFIX.length), "appArmorProfile")) return [];
    return [`${place} is deprecated since Kubernetes 1.30; use securityContext.appArmorProfile`];
  });
}

function storageFindings(object: KubeObject, judge: Judge): string[] {
  if (object.apiVersion === "v1" && object.kind === "PersistentVolume") {
    return volumeFindings("spec", mapAt(object, "spec"), judge);
  }
  if (object.kind !== "StorageClass" || groupOf(object.apiVersion ?? "") !== "storage.k8s.io") return [];
  const provisioner = textAt(object, "provisioner");
  return Object.hasOwn(PROVISIONERS, provisioner)
    ? lost(`provisioner ${provisioner}`, PROVISIONERS[provisioner], judge)
    : [];
}

function volumeFindings(path: string, volume: unknown, judge: Judge): string[] {
  if (!isMap(volume)) return [];
  return Object.keys(volume).flatMap((key) =>
    Object.hasOwn(VOLUMES, key) && at(volume, key) !== undefined ? lost(`${path}.${key}`, VOLUMES[key], judge) : []
  );
}
