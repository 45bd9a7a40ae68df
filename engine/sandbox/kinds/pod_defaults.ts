/**
 * Defaults of a pod's spec.
 *
 * Source: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`.
 *
 * @module
 */
import { at, fill, type Json, mapOf, mapsOf, textOf } from "../json.ts";

/** Fills in a probe (`SetDefaults_Probe`) and its handler. */
function probeDefaults(probe: Json | undefined): void {
  if (probe === undefined) return;
  fill(probe, "timeoutSeconds", 1);
  fill(probe, "periodSeconds", 10);
  fill(probe, "successThreshold", 1);
  fill(probe, "failureThreshold", 3);
  handlerDefaults(probe);
}

function handlerDefaults(handler: Json): void {
  const http = handler["httpGet"] as Json | undefined;
  if (http) {
    fill(http, "path", "/");
    fill(http, "scheme", "HTTP");
  }
  // The empty service means the health of the server as a whole.
  const grpc = handler["grpc"] as Json | undefined;
  if (grpc) fill(grpc, "service", "");
}

/**
 * Returns the default pull policy (`SetDefaults_Container`): `latest` and images without a tag are
 * pulled each time.
 */
function pullPolicy(image: string): string {
  // A digest always names the same image.
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([\w.-]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function containerDefaults(container: Json): void {
  for (const port of mapsOf(container["ports"])) {
    fill(port, "protocol", "TCP");
  }
  for (const variable of mapsOf(container["env"])) {
    // `apiVersion` is the version that the path of the field belongs to.
    const from = at(variable, "valueFrom", "fieldRef");
    if (from !== undefined) fill(mapOf(from), "apiVersion", "v1");
    const resource = at(variable, "valueFrom", "resourceFieldRef");
    if (resource !== undefined) fill(mapOf(resource), "divisor", "0");
  }
  probeDefaults(container["livenessProbe"] as Json | undefined);
  probeDefaults(container["readinessProbe"] as Json | undefined);
  probeDefaults(container["startupProbe"] as Json | undefined);
  for (const hook of ["postStart", "preStop"]) {
    const handler = at(container, "lifecycle", hook);
    if (handler !== undefined) handlerDefaults(mapOf(handler));
  }
  fill(container, "terminationMessagePath", "/dev/termination-log");
  fill(container, "terminationMessagePolicy", "File");
  fill(container, "imagePullPolicy", pullPolicy(textOf(container["image"])));
}

/** Defaults of volume sources: field, key, value. 420 is 0644: JSON has no octal numbers. */
const VOLUME_DEFAULTS: [string, string, unknown][] = [
  ["secret", "defaultMode", 420],
  ["configMap", "defaultMode", 420],
  ["downwardAPI", "defaultMode", 420],
  ["projected", "defaultMode", 420],
  ["hostPath", "type", ""],
  ["iscsi", "iscsiInterface", "default"],
  ["rbd", "pool", "rbd"],
  ["rbd", "user", "admin"],
  ["rbd", "keyring", "/etc/ceph/keyring"],
];

/**
 * The sources a volume can have, in the order in which the server looks at them: the first counts,
 * further ones are errors.
 */
export const VOLUME_SOURCES = [
  "hostPath",
  "emptyDir",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "gitRepo",
  "secret",
  "nfs",
  "iscsi",
  "glusterfs",
  "persistentVolumeClaim",
  "rbd",
  "flexVolume",
  "cinder",
  "cephfs",
  "flocker",
  "downwardAPI",
  "fc",
  "azureFile",
  "configMap",
  "vsphereVolume",
  "quobyte",
  "azureDisk",
  "photonPersistentDisk",
  "projected",
  "portworxVolume",
  "scaleIO",
  "storageos",
  "csi",
  "ephemeral",
  "image",
];

function fieldDefaults(items: unknown): void {
  for (const item of mapsOf(items)) {
    const field = item["fieldRef"];
    if (field !== undefined) fill(mapOf(field), "apiVersion", "v1");
  }
}

function volumeDefaults(volume: Json): void {
  // `SetDefaults_Volume`: a volume without source is an emptyDir.
  if (!VOLUME_SOURCES.some((source) => volume[source] !== undefined)) volume["emptyDir"] = {};
  for (const [source, key, value] of VOLUME_DEFAULTS) {
    if (volume[source] !== undefined) fill(mapOf(volume[source]), key, value);
  }
  fieldDefaults(at(volume, "downwardAPI", "items"));
  for (const source of mapsOf(at(volume, "projected", "sources"))) {
    if (source["serviceAccountToken"] !== undefined) {
      fill(mapOf(source["serviceAccountToken"]), "expirationSeconds", 3600);
    }
    fieldDefaults(at(source, "downwardAPI", "items"));
  }
  const claim = at(volume, "ephemeral", "volumeClaimTemplate", "spec");
  if (claim !== undefined) fill(mapOf(claim), "volumeMode", "Filesystem");
}

/** Fills in a pod's spec. */
export function podSpecDefaults(spec: Json): void {
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of mapsOf(spec[list])) containerDefaults(container);
  }
  for (const volume of mapsOf(spec["volumes"])) volumeDefaults(volume);
  fill(spec, "restartPolicy", "Always");
  fill(spec, "terminationGracePeriodSeconds", 30);
  fill(spec, "dnsPolicy", "ClusterFirst");
  // `serviceAccount` is the old name of the field. The server writes both, and the new one wins
  // (`pkg/apis/core/v1/conversion.go`).
  if (spec["serviceAccountName"] !== undefined) spec["serviceAccount"] = spec["serviceAccountName"];
  else if (spec["serviceAccount"] !== undefined) spec["serviceAccountName"] = spec["serviceAccount"];
  fill(spec, "securityContext", {});
  fill(spec, "schedulerName", "default-scheduler");
}

/**
 * Fills in the defaults that pods get and templates do not (`SetDefaults_Pod`): requests that
 * follow from limits, and ports of the node.
 */
export function podOnlyDefaults(spec: Json): void {
  for (const list of ["initContainers", "containers"]) {
    for (const container of mapsOf(spec[list])) {
      const resources = mapOf(container["resources"]);
      const limits = mapOf(resources["limits"]);
      if (Object.keys(limits).length > 0) resources["requests"] = { ...limits, ...mapOf(resources["requests"]) };
      if (spec["hostNetwork"] !== true) continue;
      for (const port of mapsOf(container["ports"])) fill(port, "hostPort", port["containerPort"]);
    }
  }
}

/** Fills in a pod template. */
export function templateDefaults(template: unknown): void {
  const spec = at(template, "spec");
  if (spec !== undefined) podSpecDefaults(mapOf(spec));
}
