import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../../model/mod.ts";
import { judgeOf } from "./judge.ts";
import { withoutEffectFindings } from "./without_effect.ts";
import { VOLUMES } from "./without_effect_table.ts";

const findings = (kubeVersion: string, object: KubeObject) => withoutEffectFindings(object, judgeOf({ kubeVersion }));
const deployment = (annotations: Record<string, string>, spec: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  spec: { template: { metadata: { annotations }, spec } },
});
const CRITICAL = "scheduler.alpha.kubernetes.io/critical-pod";

Deno.test("withoutEffectFindings() notes annotations of pods from the release on that ignores them", () => {
  const object = deployment({ [CRITICAL]: "", "example.com/a": "" });
  deepEqual(findings("1.15", object), []);
  deepEqual(findings("1.16", object), [
    `spec.template.metadata.annotations ${CRITICAL} has no effect since Kubernetes 1.16; use spec.priorityClassName`,
  ]);
});

Deno.test("withoutEffectFindings() finds the pod of every built-in kind", () => {
  const metadata = { annotations: { "kubernetes.io/psp": "a" } };
  const place = (apiVersion: string, kind: string, more: Record<string, unknown>) =>
    findings("1.25", { apiVersion, kind, ...more } as KubeObject).map((text) => text.split(".annotations")[0]);
  deepEqual(place("v1", "Pod", { metadata }), ["metadata"]);
  deepEqual(place("v1", "PodTemplate", { template: { metadata } }), ["template.metadata"]);
  deepEqual(place("v1", "ReplicationController", { spec: { template: { metadata } } }), ["spec.template.metadata"]);
  deepEqual(place("extensions/v1beta1", "DaemonSet", { spec: { template: { metadata } } }), ["spec.template.metadata"]);
  deepEqual(
    place("batch/v1beta1", "CronJob", { spec: { jobTemplate: { spec: { template: { metadata } } } } }),
    ["spec.jobTemplate.spec.template.metadata"],
  );
  deepEqual(place("batch.volcano.sh/v1", "Job", { spec: { template: { metadata } } }), []);
  deepEqual(place("v1", "Service", { metadata }), []);
});

Deno.test("withoutEffectFindings() notes annotations of services, namespaces and claims", () => {
  const object = (kind: string, key: string): KubeObject => ({
    apiVersion: "v1",
    kind,
    metadata: { annotations: { [key]: "true" } },
  });
  const unready = "service.alpha.kubernetes.io/tolerate-unready-endpoints";
  equal(findings("1.23", object("Service", unready)).length, 0);
  deepEqual(findings("1.24", object("Service", unready)), [
    `metadata.annotations ${unready} has no effect since Kubernetes 1.24; use spec.publishNotReadyAddresses`,
  ]);
  equal(findings("1.24", object("Namespace", unready)).length, 0);
  equal(findings("1.24", object("Namespace", "net.beta.kubernetes.io/network-policy")).length, 1);
  const claim = object("PersistentVolumeClaim", "volume.alpha.kubernetes.io/storage-class");
  const text = "metadata.annotations volume.alpha.kubernetes.io/storage-class has no effect since Kubernetes 1.7; " +
    "use spec.storageClassName";
  deepEqual(findings("1.14", claim), [text]);
  deepEqual(findings("1.14", { apiVersion: "apps/v1", kind: "StatefulSet", spec: { volumeClaimTemplates: [claim] } }), [
    `spec.volumeClaimTemplates[0].${text}`,
  ]);
});

Deno.test("withoutEffectFindings() notes profiles in annotations unless a field says the same", () => {
  const seccomp = { "seccomp.security.alpha.kubernetes.io/pod": "runtime/default" };
  const container = { "container.seccomp.security.alpha.kubernetes.io/a": "runtime/default" };
  const armor = { "container.apparmor.security.beta.kubernetes.io/a": "runtime/default" };
  const context = (field: string) => ({ securityContext: { [field]: { type: "RuntimeDefault" } } });
  equal(findings("1.26", deployment({ ...seccomp, ...container })).length, 0);
  deepEqual(findings("1.27", deployment(seccomp)), [
    "spec.template.metadata.annotations seccomp.security.alpha.kubernetes.io/pod has no effect since Kubernetes 1.27; " +
    "use securityContext.seccompProfile",
  ]);
  equal(findings("1.27", deployment(seccomp, context("seccompProfile"))).length, 0);
  equal(findings("1.27", deployment(container, context("seccompProfile"))).length, 1);
  const inContainer = { containers: [{ name: "a", ...context("seccompProfile") }] };
  equal(findings("1.27", deployment(container, inContainer)).length, 0);
  equal(findings("1.29", deployment(armor)).length, 0);
  deepEqual(findings("1.30", deployment(armor)), [
    "spec.template.metadata.annotations container.apparmor.security.beta.kubernetes.io/a is deprecated since " +
    "Kubernetes 1.30; use securityContext.appArmorProfile",
  ]);
  equal(findings("1.30", deployment(armor, context("appArmorProfile"))).length, 0);
});

Deno.test("withoutEffectFindings() notes every volume whose driver left, where pods and persistent volumes name it", () => {
  for (const [field, { since, says, use }] of Object.entries(VOLUMES)) {
    const before = `1.${Number(since.split(".")[1]) - 1}`;
    const volume = { name: "data", [field]: {} };
    const text = `${field} ${says} since Kubernetes ${since}; use ${use}`;
    const pod = { apiVersion: "v1", kind: "Pod", spec: { volumes: [{ name: "x", emptyDir: {} }, volume] } };
    deepEqual(findings(before, pod), []);
    deepEqual(findings(since, pod), [`spec.volumes[1].${text}`]);
    deepEqual(findings(since, { apiVersion: "v1", kind: "PersistentVolume", spec: { [field]: {} } }), [`spec.${text}`]);
  }
});

Deno.test("withoutEffectFindings() notes storage classes of a driver that left", () => {
  const storage = (provisioner: string) =>
    findings("1.31", { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", provisioner });
  deepEqual(storage("kubernetes.io/rbd"), [
    "provisioner kubernetes.io/rbd has no driver since Kubernetes 1.31; use a CSI driver",
  ]);
  deepEqual(storage("kubernetes.io/aws-ebs"), []);
});

Deno.test("withoutEffectFindings() passes over wrong shapes", () => {
  deepEqual(
    findings("1.34", { apiVersion: "v1", kind: "Pod", metadata: 1, spec: { volumes: [1, null, []] } } as never),
    [],
  );
  deepEqual(findings("1.34", { apiVersion: "apps/v1", kind: "Deployment", spec: { template: [] } }), []);
});
