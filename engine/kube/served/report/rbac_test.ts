import { deepEqual } from "node:assert/strict";
import { judgeOf } from "./judge.ts";
import { rbacFindings } from "./rbac.ts";

type Rule = Readonly<Record<string, readonly string[]>>;
const findings = (kubeVersion: string, ...rules: Rule[]) =>
  rbacFindings({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", rules }, judgeOf({ kubeVersion }));
const rule = (apiGroups: string[], resources: string[], verbs = ["get", "list"]): Rule => ({
  apiGroups,
  resources,
  verbs,
});

Deno.test("rbacFindings() notes rules whose resources left the group, by where they went", () => {
  const rules = [rule(["extensions"], ["deployments", "deployments/scale", "ingresses", "pods"])];
  deepEqual(findings("1.15", ...rules), []);
  const moved = "rules[0] grants no rights on deployments, deployments/scale: " +
    "extensions does not have them since Kubernetes 1.16; name the group apps";
  deepEqual(findings("1.16", ...rules), [moved]);
  deepEqual(findings("1.22", ...rules), [
    moved,
    "rules[0] grants no rights on ingresses: extensions does not have them since Kubernetes 1.22; " +
    "name the group networking.k8s.io",
  ]);
});

Deno.test("rbacFindings() is content when the same role gives the right in the new group", () => {
  const old = rule(["extensions"], ["deployments"], ["get", "list"]);
  deepEqual(findings("1.25", rule(["extensions", "apps"], ["deployments"])), []);
  deepEqual(findings("1.25", old, rule(["apps"], ["deployments"], ["get"]), rule(["*"], ["*"], ["list"])), []);
  deepEqual(findings("1.25", old, rule(["apps"], ["*"], ["*"])), []);
  deepEqual(findings("1.25", old, rule(["apps"], ["deployments"], ["get"])).length, 1);
  deepEqual(findings("1.25", old, rule(["apps"], ["deployments/scale"], ["*"])).length, 1);
  deepEqual(findings("1.25", old, { ...rule(["apps"], ["deployments"]), resourceNames: ["web"] }).length, 1);
  const named = { resourceNames: ["web"] };
  deepEqual(findings("1.25", { ...old, ...named }, { ...rule(["apps"], ["deployments"]), ...named }), []);
});

Deno.test("rbacFindings() expands resources of `*` to what left the group for another", () => {
  deepEqual(
    findings("1.16", rule(["extensions"], ["*"])),
    [
      "rules[0] grants no rights on deployments, daemonsets, replicasets: " +
      "extensions does not have them since Kubernetes 1.16; name the group apps",
      "rules[0] grants no rights on networkpolicies: extensions does not have them since Kubernetes 1.16; " +
      "name the group networking.k8s.io",
    ],
  );
  deepEqual(findings("1.25", rule(["apps", "*"], ["*"])), []);
});

Deno.test("rbacFindings() notes rules about kinds that are gone, and knows that both groups counted for policies", () => {
  const rules = [rule(["extensions"], ["podsecuritypolicies"], ["use"]), rule(["policy"], ["podsecuritypolicies"])];
  deepEqual(findings("1.24", ...rules), []);
  deepEqual(findings("1.25", ...rules), [
    "rules[0] names podsecuritypolicies of extensions, which Kubernetes does not have since 1.25",
    "rules[1] names podsecuritypolicies of policy, which Kubernetes does not have since 1.25",
  ]);
});

Deno.test("rbacFindings() passes over other objects, groups still to come, and wrong shapes", () => {
  const judge = judgeOf({ kubeVersion: "1.25" });
  const rules = [rule(["extensions"], ["deployments"])];
  deepEqual(rbacFindings({ apiVersion: "example.com/v1", kind: "Role", rules }, judge), []);
  deepEqual(rbacFindings({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", rules: "none" }, judge), []);
  deepEqual(
    rbacFindings(
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [1, { apiGroups: {} }] },
      judge,
    ),
    [],
  );
  deepEqual(findings("1.13", rule(["networking.k8s.io"], ["ingresses"])), []);
});
