import { deepEqual } from "node:assert/strict";
import type { KubeObject } from "../../../model/mod.ts";
import { judgeOf } from "./judge.ts";
import { referenceFindings } from "./references.ts";

const findings = (kubeVersion: string, object: KubeObject) => referenceFindings(object, judgeOf({ kubeVersion }));
const autoscaler = (scaleTargetRef: unknown, metrics: unknown[] = []): KubeObject => ({
  apiVersion: "autoscaling/v1",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "web" },
  spec: { scaleTargetRef, metrics },
});

Deno.test("referenceFindings() notes an autoscaler's target whose group no longer has the kind", () => {
  const object = autoscaler({ apiVersion: "extensions/v1beta1", kind: "Deployment", name: "web" });
  deepEqual(findings("1.15", object), []);
  deepEqual(findings("1.16", object), [
    "spec.scaleTargetRef names a Deployment of extensions/v1beta1, which is not served since Kubernetes 1.16; use apps/v1",
  ]);
  const described = { object: { describedObject: { apiVersion: "extensions/v1beta1", kind: "Ingress", name: "web" } } };
  deepEqual(findings("1.22", autoscaler({ apiVersion: "apps/v1", kind: "Deployment" }, [described])), [
    "spec.metrics[0].object.describedObject names a Ingress of extensions/v1beta1, which is not served since " +
    "Kubernetes 1.22; use networking.k8s.io/v1",
  ]);
});

Deno.test("referenceFindings() lets an autoscaler name any version of a group: its controller does not look at it", () => {
  deepEqual(findings("1.34", autoscaler({ apiVersion: "apps/v1beta2", kind: "StatefulSet", name: "web" })), []);
  deepEqual(findings("1.34", autoscaler({ apiVersion: "example.com/v1", kind: "Web", name: "web" })), []);
});

// A real Kubernetes 1.34.4 refuses it: "apiVersion must specify API group".
Deno.test("referenceFindings() notes an autoscaler's target without an API version", () => {
  deepEqual(findings("1.34", autoscaler({ kind: "Deployment", name: "web" })), [
    "spec.scaleTargetRef names no apiVersion, so no Deployment is found; write apps/v1",
  ]);
  deepEqual(findings("1.34", autoscaler({ kind: "ReplicationController", name: "web" })), []);
  deepEqual(findings("1.34", autoscaler(undefined)), []);
});

Deno.test("referenceFindings() finds owners, targets of custom resources and objects inside objects", () => {
  const reference = { apiVersion: "apps/v1beta2", kind: "Deployment", name: "web" };
  const text = "names a Deployment of apps/v1beta2, which is not served since Kubernetes 1.16; use apps/v1";
  deepEqual(
    findings("1.25", {
      apiVersion: "autoscaling.k8s.io/v1",
      kind: "VerticalPodAutoscaler",
      metadata: { ownerReferences: [{ ...reference, uid: "1" }] },
      spec: { targetRef: reference, steps: [{ manifest: reference }] },
    }),
    ["metadata.ownerReferences[0]", "spec.targetRef", "spec.steps[0].manifest"].map((place) => `${place} ${text}`),
  );
});

Deno.test("referenceFindings() passes over served versions, unknown kinds and the object itself", () => {
  deepEqual(findings("1.25", { apiVersion: "apps/v1beta2", kind: "Deployment" }), []);
  deepEqual(
    findings("1.25", {
      apiVersion: "v1",
      kind: "ConfigMap",
      spec: {
        a: { apiVersion: "apps/v1", kind: "Deployment" },
        b: { apiVersion: "x/v1", kind: "Y" },
        c: { apiVersion: 1 },
      },
    }),
    [],
  );
});
