import { deepEqual, equal, match } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { map, object, refused, workload } from "./_objects.ts";
import { at } from "./plain.ts";
import { isSameScalar } from "./immutable.ts";

const selector = { matchLabels: { app: "web" } };
const live = workload("apps/v1", "Deployment", { app: "web" }, { selector });

Deno.test("a selector that differs from the live one is refused, with both", () => {
  const other = workload("apps/v1beta2", "Deployment", { app: "api" }, { selector: { matchLabels: { app: "api" } } });
  const error = refused(other, { live });
  equal(
    error.message,
    'Deployment "web" cannot be changed: spec.selector is {matchLabels: {app: web}} in the cluster and ' +
      "{matchLabels: {app: api}} in the manifest",
  );
  deepEqual([error.situation, error.field, error.allowsLossy], ["immutable", "spec.selector", false]);
  equal(
    error.hint,
    "Delete it and leave its pods (kubectl delete deployment web --cascade=orphan) and run the same command again, or keep the labels.",
  );
  equal(refused(other, { live, allowLossy: true }).situation, "immutable");
});

Deno.test("pods that the live selector does not select are refused, with both", () => {
  const error = refused(workload("extensions/v1beta1", "Deployment", { app: "api" }), { live });
  equal(
    error.message,
    'Deployment "web" cannot be changed: its pods would be labelled {app: api}, which its selector in the cluster, ' +
      "{matchLabels: {app: web}}, does not select",
  );
});

Deno.test("expressions of the live selector are looked at", () => {
  const with_ = (matchExpressions: object[]): KubeObject =>
    workload("apps/v1", "Deployment", {}, { selector: { matchExpressions } });
  const old = workload("extensions/v1beta1", "Deployment", { app: "web" });
  for (
    const [expression, isMatch] of [
      [{ key: "app", operator: "In", values: ["web", "api"] }, true],
      [{ key: "app", operator: "In", values: ["api"] }, false],
      [{ key: "app", operator: "NotIn", values: ["web"] }, false],
      [{ key: "tier", operator: "NotIn", values: ["web"] }, true],
      [{ key: "app", operator: "Exists" }, true],
      [{ key: "tier", operator: "Exists" }, false],
      [{ key: "app", operator: "DoesNotExist" }, false],
    ] as const
  ) {
    if (isMatch) map(old, { live: with_([expression]) });
    else equal(refused(old, { live: with_([expression]) }).situation, "immutable", JSON.stringify(expression));
  }
});

Deno.test("nothing is refused when the caller deletes and re-creates, and the selector fits the pods", () => {
  const old = workload("extensions/v1beta1", "Deployment", { app: "api" });
  deepEqual(at(map(old, { live, force: true }), "spec", "selector"), { matchLabels: { app: "api" } });
  const fitting = workload("extensions/v1beta1", "Deployment", { app: "web", version: "2" });
  deepEqual(at(map(fitting, { live, force: true }), "spec", "selector"), selector);
});

const set = (apiVersion: string, spec: object): KubeObject => workload(apiVersion, "StatefulSet", { app: "web" }, spec);

Deno.test("fields of a StatefulSet that cannot change are refused, others are not", () => {
  const claims = (storage: string) => [{ metadata: { name: "data" }, spec: { resources: { requests: { storage } } } }];
  const liveSet = set("apps/v1", {
    selector,
    serviceName: "web",
    replicas: 1,
    volumeClaimTemplates: [{
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: { resources: { requests: { storage: "1Gi" } }, volumeMode: "Filesystem" },
      status: { phase: "Pending" },
    }],
  });
  for (const apiVersion of ["apps/v1beta1", "apps/v1beta2"]) {
    const error = refused(set(apiVersion, { serviceName: "api" }), { live: liveSet });
    equal(
      error.message,
      'StatefulSet "web" cannot be changed: spec.serviceName is web in the cluster and api in the manifest',
    );
    match(
      refused(set(apiVersion, { volumeClaimTemplates: claims("2Gi") }), { live: liveSet }).message,
      /spec\.volumeClaimTemplates\[0\]\.spec\.resources\.requests\.storage is 1Gi in the cluster and 2Gi in the manifest/,
    );
    map(set(apiVersion, { serviceName: "web", replicas: 3, volumeClaimTemplates: claims("1024Mi") }), {
      live: liveSet,
    });
  }
});

Deno.test("immutable fields of other kinds are refused", () => {
  const changes: [string, string, object, object, string][] = [
    ["storage.k8s.io/v1beta1", "StorageClass", { provisioner: "a" }, { provisioner: "b" }, "provisioner"],
    [
      "storage.k8s.io/v1beta1",
      "StorageClass",
      { parameters: { type: "a" } },
      { parameters: { type: "b" } },
      "parameters.type",
    ],
    ["scheduling.k8s.io/v1beta1", "PriorityClass", { value: 1 }, { value: 2 }, "value"],
    [
      "rbac.authorization.k8s.io/v1beta1",
      "RoleBinding",
      { roleRef: { name: "a" } },
      { roleRef: { name: "b" } },
      "roleRef.name",
    ],
    ["node.k8s.io/v1beta1", "RuntimeClass", { handler: "a" }, { handler: "b" }, "handler"],
    [
      "storage.k8s.io/v1beta1",
      "CSIDriver",
      { spec: { attachRequired: true } },
      { spec: { attachRequired: false } },
      "spec.attachRequired",
    ],
    [
      "storage.k8s.io/v1beta1",
      "VolumeAttachment",
      { spec: { attacher: "a" } },
      { spec: { attacher: "b" } },
      "spec.attacher",
    ],
  ];
  for (const [apiVersion, kind, before, after, field] of changes) {
    const error = refused(object(apiVersion, kind, { ...after }), { live: object("v1", kind, { ...before }) });
    deepEqual([error.situation, error.field], ["immutable", field]);
    match(error.hint ?? "", new RegExp(`kubectl delete ${kind.toLowerCase()} web\\) and run the same command again`));
  }
});

Deno.test("a CustomResourceDefinition is never advised to be deleted", () => {
  const crd = (apiVersion: string, scope: string, plural = "foos"): KubeObject =>
    object(apiVersion, "CustomResourceDefinition", { spec: { scope, group: "example.com", names: { plural } } });
  const error = refused(crd("apiextensions.k8s.io/v1beta1", "Cluster"), { live: crd("v1", "Namespaced") });
  match(
    error.hint ?? "",
    /^Keep the old value: deleting a CustomResourceDefinition would delete every object of its kind/,
  );
  const established = {
    ...crd("v1", "Namespaced"),
    status: { conditions: [{ type: "Established", status: "True" }] },
  };
  const renamed = crd("apiextensions.k8s.io/v1beta1", "Namespaced", "bars");
  equal(refused(renamed, { live: established }).field, "spec.names.plural");
  map(renamed, { live: crd("v1", "Namespaced") });
});

Deno.test("values that may be secrets are not shown", () => {
  const before = object("v1", "StorageClass", { parameters: { restuserkey: "first secret" } });
  const after = object("storage.k8s.io/v1beta1", "StorageClass", { parameters: { restuserkey: "second secret" } });
  const { message } = refused(after, { live: before });
  match(message, /parameters\.restuserkey/);
  equal(/first|second/.test(message), false);
});

Deno.test("isSameScalar() knows quantities", () => {
  for (const [a, b] of [["1Gi", "1024Mi"], ["0.5", "500m"], [1, "1"], ["1e3", "1k"], ["100m", 0.1]]) {
    equal(isSameScalar(a, b), true, `${a} ${b}`);
  }
  for (const [a, b] of [["1Gi", "1G"], ["a", "b"], ["", "0"], ["1", "2"], [true, "1"]]) {
    equal(isSameScalar(a, b), false, `${a} ${b}`);
  }
});
