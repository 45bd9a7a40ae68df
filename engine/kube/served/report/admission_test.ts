import { deepEqual } from "node:assert/strict";
import { admissionFindings } from "./admission.ts";
import { judgeOf } from "./judge.ts";

const rule = (group: string, version: string, ...resources: string[]) => ({
  apiGroups: [group],
  apiVersions: [version],
  resources,
  operations: ["CREATE"],
});
const findings = (kubeVersion: string, ...rules: unknown[]) =>
  admissionFindings(
    { apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration", webhooks: [{ rules }] },
    judgeOf({ kubeVersion }),
  );

// On a real Kubernetes 1.34.4, rules of extensions/v1beta1 and apps/v1beta1 let Deployments and StatefulSets through
// unasked, with matchPolicy Equivalent; one of autoscaling/v1 caught an autoscaler of autoscaling/v2.
Deno.test("admissionFindings() notes rules that match nothing, as none of their versions is served", () => {
  const rules = [rule("extensions", "v1beta1", "deployments"), rule("apps", "v1beta1", "statefulsets/scale")];
  deepEqual(findings("1.15", ...rules), []);
  deepEqual(findings("1.16", ...rules), [
    "webhooks[0].rules[0] matches no deployments: extensions/v1beta1 is not served since Kubernetes 1.16; name apps/v1",
    "webhooks[0].rules[1] matches no statefulsets: apps/v1beta1 is not served since Kubernetes 1.16; name apps/v1",
  ]);
  deepEqual(findings("1.34", rule("autoscaling", "v1", "horizontalpodautoscalers")), []);
});

Deno.test("admissionFindings() counts every version that a rule names", () => {
  deepEqual(findings("1.25", rule("apps", "*", "deployments"), rule("*", "*", "*")), []);
  deepEqual(findings("1.25", rule("extensions", "*", "ingresses")), [
    "webhooks[0].rules[0] matches no ingresses: extensions/v1beta1 is not served since Kubernetes 1.22; " +
    "name networking.k8s.io/v1",
  ]);
  deepEqual(findings("1.25", { ...rule("batch", "v1beta1", "cronjobs"), apiVersions: ["v1beta1", "v2alpha1"] }), [
    "webhooks[0].rules[0] matches no cronjobs: batch/v1beta1, batch/v2alpha1 are not served since Kubernetes 1.25; " +
    "name batch/v1",
  ]);
});

Deno.test("admissionFindings() is content when another rule of the webhook names what is served", () => {
  const old = rule("extensions", "v1beta1", "deployments");
  deepEqual(findings("1.25", old, rule("apps", "v1", "deployments", "daemonsets")), []);
  deepEqual(findings("1.25", old, rule("apps", "v1", "*/*")), []);
  deepEqual(findings("1.25", old, rule("apps", "v1", "daemonsets")).length, 1);
});

Deno.test("admissionFindings() reads policies, and passes over what has no rules", () => {
  const judge = judgeOf({ kubeVersion: "1.34" });
  const apiVersion = "admissionregistration.k8s.io/v1";
  const resourceRules = [rule("batch", "v1beta1", "cronjobs")];
  deepEqual(
    admissionFindings(
      { apiVersion, kind: "ValidatingAdmissionPolicy", spec: { matchConstraints: { resourceRules } } },
      judge,
    ),
    [
      "spec.matchConstraints.resourceRules[0] matches no cronjobs: batch/v1beta1 is not served since Kubernetes 1.25; " +
      "name batch/v1",
    ],
  );
  deepEqual(
    admissionFindings({ apiVersion, kind: "MutatingWebhookConfiguration", webhooks: [null, {}, 1] }, judge),
    [],
  );
  deepEqual(
    admissionFindings({ apiVersion: "example.com/v1", kind: "Hook", webhooks: [{ rules: resourceRules }] }, judge),
    [],
  );
});
