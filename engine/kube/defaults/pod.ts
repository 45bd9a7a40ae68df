/**
 * Defaults of pods and of pod templates.
 *
 * Source: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`.
 *
 * @module
 */
import { asObject, asText, fieldAt, fillIn, type JsonObject, objectsOf } from "../../base/mod.ts";

/** Fills in a probe (`SetDefaults_Probe`) and its handler. */
function probeDefaults(probe: JsonObject | undefined): void {
  if (probe === undefined) return;
  fillIn(probe, "timeoutSeconds", 1);
  fillIn(probe, "periodSeconds", 10);
  fillIn(probe, "successThreshold", 1);
  fillIn(probe, "failureThreshold", 3);
  handlerDefaults(probe);
}

function handlerDefaults(handler: JsonObject): void {
  const http = handler["httpGet"] as JsonObject | undefined;
  if (http) {
    fillIn(http, "path", "/");
    fillIn(http, "scheme", "HTTP");
  }
  // The empty service means the health of the server as a whole.
  const grpc = handler["grpc"] as JsonObject | undefined;
  if (grpc) fillIn(grpc, "service", "");
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

function containerDefaults(container: JsonObject): void {
  for (const port of objectsOf(container["ports"])) {
    fillIn(port, "protocol", "TCP");
  }
  for (const variable of objectsOf(container["env"])) {
    // `apiVersion` is the version that the path of the field belongs to.
    const from = fieldAt(variable, "valueFrom", "fieldRef");
    if (from !== undefined) fillIn(asObject(from), "apiVersion", "v1");
    const resource = fieldAt(variable, "valueFrom", "resourceFieldRef");
    if (resource !== undefined) fillIn(asObject(resource), "divisor", "0");
  }
  probeDefaults(container["livenessProbe"] as JsonObject | undefined);
  probeDefaults(container["readinessProbe"] as JsonObject | undefined);
  probeDefaults(container["startupProbe"] as JsonObject | undefined);
  for (const hook of ["postStart", "preStop"]) {
    const handler = fieldAt(container, "lifecycle", hook);
    if (handler !== undefined) handlerDefaults(asObject(handler));
  }
  fillIn(container, "terminationMessagePath", "/dev/termination-log");
  fillIn(container, "terminationMessagePolicy", "File");
  fillIn(container, "imagePullPolicy", pullPolicy(asText(container["image"])));
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
  for (const item of objectsOf(items)) {
    const field = item["fieldRef"];
    if (field !== undefined) fillIn(asObject(field), "apiVersion", "v1");
  }
}

function volumeDefaults(volume: JsonObject): void {
  // `SetDefaults_Volume`: a volume without source is an emptyDir.
  if (!VOLUME_SOURCES.some((source) => volume[source] !== undefined)) volume["emptyDir"] = {};
  for (const [source, key, value] of VOLUME_DEFAULTS) {
    if (volume[source] !== undefined) fillIn(asObject(volume[source]), key, value);
  }
  fieldDefaults(fieldAt(volume, "downwardAPI", "items"));
  for (const source of objectsOf(fieldAt(volume, "projected", "sources"))) {
    if (source["serviceAccountToken"] !== undefined) {
      fillIn(asObject(source["serviceAccountToken"]), "expirationSeconds", 3600);
    }
    fieldDefaults(fieldAt(source, "downwardAPI", "items"));
  }
  const claim = fieldAt(volume, "ephemeral", "volumeClaimTemplate", "spec");
  if (claim !== undefined) fillIn(asObject(claim), "volumeMode", "Filesystem");
}

/** Fills in a pod's spec. */
export function podSpecDefaults(spec: JsonObject): void {
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of objectsOf(spec[list])) containerDefaults(container);
  }
  for (const volume of objectsOf(spec["volumes"])) volumeDefaults(volume);
  fillIn(spec, "restartPolicy", "Always");
  fillIn(spec, "terminationGracePeriodSeconds", 30);
  fillIn(spec, "dnsPolicy", "ClusterFirst");
  // `serviceAccount` is the old name of the field. The server writes both, and the new one wins
  // (`pkg/apis/core/v1/conversion.go`).
  const account = asText(spec["serviceAccountName"]) || asText(spec["serviceAccount"]);
  if (account !== "") spec["serviceAccountName"] = spec["serviceAccount"] = account;
  fillIn(spec, "securityContext", {});
  fillIn(spec, "schedulerName", "default-scheduler");
}

/**
 * Fills in the defaults that pods get and templates do not (`SetDefaults_Pod`): requests that
 * follow from limits, and ports of the node.
 */
export function podOnlyDefaults(spec: JsonObject): void {
  for (const list of ["initContainers", "containers"]) {
    for (const container of objectsOf(spec[list])) {
      const resources = asObject(container["resources"]);
      const limits = asObject(resources["limits"]);
      if (Object.keys(limits).length > 0) resources["requests"] = { ...limits, ...asObject(resources["requests"]) };
      if (spec["hostNetwork"] !== true) continue;
      for (const port of objectsOf(container["ports"])) fillIn(port, "hostPort", port["containerPort"]);
    }
  }
}

/** Fills in a pod template. */
export function templateDefaults(template: unknown): void {
  const spec = fieldAt(template, "spec");
  if (spec !== undefined) podSpecDefaults(asObject(spec));
}

/** Fills in a Pod. */
export function podDefaults(object: JsonObject): void {
  podSpecDefaults(asObject(object["spec"]));
  // After the defaults of the spec, because it completes them.
  podOnlyDefaults(asObject(object["spec"]));
  asObject(object["spec"])["enableServiceLinks"] ??= true;
}

/** Fills in a PodTemplate. */
export function podTemplateDefaults(object: JsonObject): void {
  templateDefaults(object["template"]);
}
