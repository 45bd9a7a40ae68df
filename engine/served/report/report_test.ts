import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../../model/mod.ts";
import { isServed, object } from "../_objects.ts";
import { reportObjects } from "./report.ts";
import { reportTemplate } from "./templates.ts";

/** Texts about one object, without its name. */
function says(given: KubeObject, kubeVersion?: string): string[] {
  const server = kubeVersion === undefined ? { isServed } : { kubeVersion };
  return reportObjects([{ object: given }], server).map(({ text }) => text);
}

Deno.test("reportObjects() warns of versions that a server does not have, with object and source", () => {
  const old = object("extensions/v1beta1", "Deployment");
  deepEqual(
    reportObjects([{ object: old, source: "web/templates/web.yaml" }, { object: object("v1", "Service") }], {
      isServed,
    }),
    [{
      level: "warning",
      object: 'Deployment "web"',
      source: "web/templates/web.yaml",
      text: "extensions/v1beta1 is not served since Kubernetes 1.16; apps/v1 is",
    }],
  );
});

Deno.test("reportObjects() judges by a release of Kubernetes", () => {
  const budget = object("policy/v1beta1", "PodDisruptionBudget", { spec: { selector: { matchLabels: { a: "b" } } } });
  for (const release of ["1.25", "v1.25.3", "1.34.4+k3s1"]) {
    deepEqual(says(budget, release), ["policy/v1beta1 is not served since Kubernetes 1.25; policy/v1 is"]);
  }
  deepEqual(says(budget, "1.24"), ["policy/v1beta1 will not be served from Kubernetes 1.25 on; use policy/v1"]);
  deepEqual(says(budget, "v1.20.0"), ["policy/v1beta1 will not be served from Kubernetes 1.25 on; use policy/v1"]);
  deepEqual(says(object("apps/v1", "Deployment"), "1.8"), [
    "apps/v1 is not served before Kubernetes 1.9; apps/v1beta2 is",
  ]);
  deepEqual(says(object("example.com/v1beta1", "Foo"), "1.25"), []);
});

Deno.test("reportObjects() names references to versions that are gone", () => {
  const owners = [{ apiVersion: "extensions/v1beta1", kind: "Deployment", name: "web", uid: "1" }];
  const pod = { ...object("v1", "Pod"), metadata: { name: "web", ownerReferences: owners } };
  const gone = "extensions/v1beta1 is not served since Kubernetes 1.16; apps/v1 is";
  deepEqual(says(pod), [`metadata.ownerReferences[0] names Deployment by a version that is gone: ${gone}`]);
  const target = { apiVersion: "extensions/v1beta1", kind: "Deployment", name: "web" };
  deepEqual(says(object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", { spec: { targetRef: target } })), [
    `spec.targetRef names Deployment by a version that is gone: ${gone}`,
  ]);
  deepEqual(
    says(
      object("autoscaling/v1", "HorizontalPodAutoscaler", {
        spec: { scaleTargetRef: { kind: "Deployment", name: "a" } },
      }),
    ),
    ["spec.scaleTargetRef has no apiVersion; write it"],
  );
  deepEqual(
    says(object("autoscaling/v2", "HorizontalPodAutoscaler", {
      spec: {
        scaleTargetRef: { ...target, apiVersion: "apps/v1" },
        metrics: [{ object: { describedObject: { apiVersion: "extensions/v1beta1", kind: "Ingress", name: "a" } } }],
      },
    })),
    [
      "spec.metrics[0].object.describedObject names Ingress by a version that is gone: " +
      "extensions/v1beta1 is not served since Kubernetes 1.22; networking.k8s.io/v1 is",
    ],
  );
});

const role = (...rules: object[]): KubeObject => object("rbac.authorization.k8s.io/v1", "Role", { rules });

Deno.test("reportObjects() names rights on groups that have lost the resource", () => {
  const rule = { apiGroups: ["extensions"], resources: ["deployments", "ingresses/status"], verbs: ["get"] };
  deepEqual(says(role(rule)), [
    "rules[0] gives rights on deployments of group extensions, where it is no more: add group apps",
    "rules[0] gives rights on ingresses of group extensions, where it is no more: add group networking.k8s.io",
  ]);
  deepEqual(says(role({ ...rule, apiGroups: ["extensions", "apps", "networking.k8s.io"] })), []);
  deepEqual(says(role(rule, { apiGroups: ["*"], resources: ["*"], verbs: ["*"] })), []);
  deepEqual(says(role({ ...rule, resources: ["*"] })), [
    "rules[0] gives rights on deployments, daemonsets, replicasets, jobs, ingresses, networkpolicies and " +
    "horizontalpodautoscalers of group extensions, where they are no more: add groups apps, batch, networking.k8s.io and autoscaling",
  ]);
  // While a version is served, the rights are there.
  deepEqual(
    says({ ...role({ ...rule, resources: ["ingresses"] }), apiVersion: "rbac.authorization.k8s.io/v1" }, "1.21"),
    [],
  );
});

Deno.test("reportObjects() names rights that nothing can use any more", () => {
  const rule = { apiGroups: ["policy"], resources: ["podsecuritypolicies"], resourceNames: ["web"], verbs: ["use"] };
  deepEqual(says(role(rule)), [
    "rules[0] gives rights on podsecuritypolicies of group policy, which Kubernetes has no more: the rule has no effect",
  ]);
});

Deno.test("reportObjects() names rules of webhooks that no request matches", () => {
  const webhook = (rule: object): KubeObject =>
    object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {
      webhooks: [{ name: "a.example.com", rules: [rule] }],
    });
  const rule = { apiGroups: ["extensions"], apiVersions: ["v1beta1"], resources: ["deployments"] };
  deepEqual(says(webhook(rule)), [
    "webhooks[0].rules[0] matches deployments of extensions/v1beta1, which no request has any more: add apps/v1",
  ]);
  deepEqual(says(webhook({ ...rule, apiGroups: ["networking.k8s.io"], resources: ["ingresses"] })), [
    "webhooks[0].rules[0] matches ingresses of networking.k8s.io/v1beta1, which no request has any more: add networking.k8s.io/v1",
  ]);
  deepEqual(says(webhook({ ...rule, apiGroups: ["*"], apiVersions: ["*"] })), []);
});

Deno.test("reportObjects() names annotations that have no effect, where the release is that new", () => {
  const annotated = (...keys: string[]): KubeObject =>
    object("apps/v1", "Deployment", {
      spec: { template: { metadata: { annotations: Object.fromEntries(keys.map((key) => [key, ""])) } } },
    });
  const path = "spec.template.metadata.annotations: ";
  const critical = annotated("scheduler.alpha.kubernetes.io/critical-pod");
  const text =
    `${path}scheduler.alpha.kubernetes.io/critical-pod has no effect since Kubernetes 1.16; use priorityClassName`;
  deepEqual(says(critical), [text]);
  deepEqual(says(critical, "1.16"), [text]);
  deepEqual(says(critical, "1.15"), []);
  deepEqual(
    says(annotated(
      "pod.beta.kubernetes.io/init-containers",
      "container.seccomp.security.alpha.kubernetes.io/web",
      "container.apparmor.security.beta.kubernetes.io/web",
    )),
    [
      `${path}pod.beta.kubernetes.io/init-containers has no effect since Kubernetes 1.8; use initContainers`,
      `${path}container.seccomp.security.alpha.kubernetes.io/web has no effect since Kubernetes 1.27; use securityContext.seccompProfile`,
      `${path}container.apparmor.security.beta.kubernetes.io/web is superseded since Kubernetes 1.30; use securityContext.appArmorProfile`,
    ],
  );
  const service = {
    ...object("v1", "Service"),
    metadata: { name: "web", annotations: { "service.alpha.kubernetes.io/tolerate-unready-endpoints": "true" } },
  };
  deepEqual(says(service), [
    "metadata.annotations: service.alpha.kubernetes.io/tolerate-unready-endpoints has no effect since Kubernetes 1.24; use spec.publishNotReadyAddresses",
  ]);
  const namespace = {
    ...object("v1", "Namespace"),
    metadata: { name: "a", annotations: { "net.beta.kubernetes.io/network-policy": "{}" } },
  };
  equal(says(namespace).length, 1);
});

Deno.test("reportObjects() names volumes whose driver left Kubernetes", () => {
  const job = object("batch/v1", "CronJob", {
    spec: {
      jobTemplate: {
        spec: { template: { spec: { volumes: [{ name: "a", emptyDir: {} }, { name: "b", glusterfs: {} }] } } },
      },
    },
  });
  const text =
    "spec.jobTemplate.spec.template.spec.volumes[1]: volumes of type glusterfs do not work since Kubernetes 1.26; use a CSI driver";
  deepEqual(says(job), [text]);
  deepEqual(says(job, "1.25"), []);
  deepEqual(says(object("v1", "PersistentVolume", { spec: { rbd: {} } })), [
    "spec: volumes of type rbd do not work since Kubernetes 1.31; use a CSI driver",
  ]);
  deepEqual(says(object("storage.k8s.io/v1", "StorageClass", { provisioner: "kubernetes.io/scaleio" })), [
    "provisioner kubernetes.io/scaleio does not work since Kubernetes 1.22; use a CSI driver",
  ]);
});

Deno.test("reportObjects() names budgets that protect nothing, and Ingresses with two classes", () => {
  const budget = (apiVersion: string, spec: object) =>
    says(object(apiVersion, "PodDisruptionBudget", { spec })).slice(-1);
  const nothing = ["spec.selector selects no pods: the budget protects nothing"];
  deepEqual(budget("policy/v1beta1", { selector: {} }), nothing);
  deepEqual(budget("policy/v1", {}), nothing);
  deepEqual(budget("policy/v1", { selector: {} }), []);
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web", annotations: { "kubernetes.io/ingress.class": "nginx" } },
    spec: { ingressClassName: "haproxy" },
  };
  deepEqual(says(ingress), [
    "spec.ingressClassName is haproxy and annotation kubernetes.io/ingress.class is nginx; new objects may have one of them",
  ]);
});

Deno.test("reportObjects() does not stumble over odd shapes", () => {
  for (const odd of [null, 1, "a", [], [null, 1], { a: null }]) {
    const given = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      rules: odd,
      spec: odd,
      webhooks: odd,
      metadata: odd,
    };
    for (const kind of ["Role", "ValidatingWebhookConfiguration", "Pod", "HorizontalPodAutoscaler", "StorageClass"]) {
      reportObjects([{ object: { ...given, kind } as unknown as KubeObject }], { isServed });
    }
  }
  deepEqual(
    reportObjects([{ object: { kind: 1, apiVersion: [] } as unknown as KubeObject }], { kubeVersion: "x" }),
    [],
  );
});

Deno.test("reportTemplate() names tests for group versions that came back for other kinds", () => {
  const text = [
    `{{- if .Capabilities.APIVersions.Has "networking.k8s.io/v1" -}}`,
    `{{- else if $.Capabilities.APIVersions.Has ("networking.k8s.io/v1beta1") -}}`,
    `{{- else if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1/Ingress" -}}`,
    "{{ end }}{{ if `policy/v1beta1` | .Capabilities.APIVersions.Has }}",
    "{{ if `storage.k8s.io/v1beta1` | $.Capabilities.APIVersions.Has }}",
  ].join("\n");
  deepEqual(reportTemplate(text), [
    {
      line: 2,
      text: "networking.k8s.io/v1beta1 is served again since Kubernetes 1.31, for IPAddress and ServiceCIDR, not for " +
        'Ingress, IngressClass: ask for the kind too, as in "networking.k8s.io/v1beta1/Ingress"',
    },
    {
      line: 5,
      text:
        "storage.k8s.io/v1beta1 is served again since Kubernetes 1.31, for VolumeAttributesClass, not for StorageClass, " +
        'CSIDriver, CSINode, VolumeAttachment, CSIStorageCapacity: ask for the kind too, as in "storage.k8s.io/v1beta1/StorageClass"',
    },
  ]);
});
