import { deepEqual, equal } from "node:assert/strict";
import { isServed, object } from "./_objects.ts";
import { describeRemoved, isKnownKind, isOneObject, mapIdentity, removedIn, successorOf } from "./successor.ts";

const only = (...served: string[]) => (apiVersion: string, kind: string) => served.includes(`${apiVersion} ${kind}`);

Deno.test("successorOf() gives the version itself when it is served", () => {
  const served = only("extensions/v1beta1 Ingress");
  deepEqual(successorOf("extensions/v1beta1", "Ingress", served), {
    apiVersion: "extensions/v1beta1",
    kind: "Ingress",
  });
});

Deno.test("successorOf() looks at the kind, not at the group version alone", () => {
  // From 1.16 to 1.21 the group version was served for Ingress only.
  const served = only("extensions/v1beta1 Ingress", "apps/v1 Deployment");
  deepEqual(successorOf("extensions/v1beta1", "Deployment", served), { apiVersion: "apps/v1", kind: "Deployment" });
  // Since 1.31 it is served again, for other kinds.
  const reborn = only("networking.k8s.io/v1beta1 IPAddress", "networking.k8s.io/v1 Ingress");
  deepEqual(successorOf("networking.k8s.io/v1beta1", "Ingress", reborn), {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
  });
});

Deno.test("successorOf() goes on until a version is served, or there is none", () => {
  const between = only("policy/v1beta1 PodSecurityPolicy");
  deepEqual(successorOf("extensions/v1beta1", "PodSecurityPolicy", between), {
    apiVersion: "policy/v1beta1",
    kind: "PodSecurityPolicy",
  });
  equal(successorOf("extensions/v1beta1", "PodSecurityPolicy", isServed), "none");
  equal(successorOf("apps/v1alpha1", "PetSet", isServed), "none");
});

Deno.test("successorOf() names the served version when the server is older than the successor", () => {
  const old = only("flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema");
  deepEqual(successorOf("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", old), {
    notServedYet: "flowcontrol.apiserver.k8s.io/v1beta3",
  });
  deepEqual(successorOf("apps/v1", "Deployment", only("apps/v1beta2 Deployment", "apps/v1beta1 Deployment")), {
    notServedYet: "apps/v1beta2",
  });
  const scaling = only("autoscaling/v1 HorizontalPodAutoscaler", "autoscaling/v2beta2 HorizontalPodAutoscaler");
  deepEqual(successorOf("autoscaling/v2alpha1", "HorizontalPodAutoscaler", scaling), {
    notServedYet: "autoscaling/v1",
  });
});

Deno.test("successorOf() knows kinds that are not converted, renamed or unknown", () => {
  deepEqual(successorOf("resource.k8s.io/v1beta1", "DeviceClass", isServed), { notConverted: "resource.k8s.io/v1" });
  deepEqual(successorOf("batch/v2alpha1", "ScheduledJob", isServed), { apiVersion: "batch/v1", kind: "CronJob" });
  equal(successorOf("example.com/v1beta1", "Foo", isServed), "unknown");
  equal(successorOf("policy/v1beta1", "PodDisruptionBudget", () => false), "unknown");
  equal(successorOf("__proto__", "constructor", () => false), "unknown");
});

Deno.test("isKnownKind() knows versions that were removed and those that were not", () => {
  equal(isKnownKind("extensions/v1beta1", "Deployment"), true);
  equal(isKnownKind("apps/v1", "Deployment"), true);
  equal(isKnownKind("extensions/v1beta1", "Service"), false);
});

Deno.test("mapIdentity() changes the version and nothing else", () => {
  const old = object("extensions/v1beta1", "Ingress", { spec: { backend: {} } });
  deepEqual(mapIdentity(old, isServed), { ...old, apiVersion: "networking.k8s.io/v1" });
  equal(mapIdentity(old, () => true), old);
  const job = object("batch/v2alpha1", "ScheduledJob");
  deepEqual(mapIdentity(job, isServed), { ...job, apiVersion: "batch/v1", kind: "CronJob" });
});

Deno.test("mapIdentity() takes any served version of the same object, also where nothing is converted", () => {
  const claim = object("resource.k8s.io/v1beta1", "ResourceClaim");
  equal(mapIdentity(claim, isServed)?.apiVersion, "resource.k8s.io/v1");
  const newer = object("apps/v1", "Deployment");
  equal(mapIdentity(newer, only("apps/v1beta2 Deployment"))?.apiVersion, "apps/v1beta2");
});

Deno.test("mapIdentity() finds nothing for kinds that are gone, unknown or never stored", () => {
  equal(mapIdentity(object("policy/v1beta1", "PodSecurityPolicy"), isServed), undefined);
  equal(mapIdentity(object("apps/v1alpha1", "PetSet"), isServed), undefined);
  equal(mapIdentity(object("authentication.k8s.io/v1beta1", "TokenReview"), isServed), undefined);
  equal(mapIdentity(object("example.com/v1beta1", "Foo"), isServed), undefined);
});

Deno.test("isOneObject() matches versions of one kind, and no others", () => {
  const one = (a: string, b: string): boolean => {
    const [x, y] = [a, b].map((text) => text.split(" ")).map(([apiVersion = "", kind = ""]) => ({ apiVersion, kind }));
    return x !== undefined && y !== undefined && isOneObject(x, y);
  };
  equal(one("extensions/v1beta1 Deployment", "apps/v1 Deployment"), true);
  equal(one("batch/v2alpha1 ScheduledJob", "batch/v1beta1 CronJob"), true);
  equal(one("extensions/v1beta1 Deployment", "apps/v1 DaemonSet"), false);
  equal(one("apps/v1alpha1 PetSet", "apps/v1 StatefulSet"), false);
  equal(one("example.com/v1 Deployment", "apps/v1 Deployment"), false);
  equal(one("example.com/v1 Foo", "example.com/v1 Foo"), true);
  equal(one("policy/v1beta1 PodSecurityPolicy", "extensions/v1beta1 PodSecurityPolicy"), true);
});

Deno.test("removedIn() gives releases, and the version to use", () => {
  deepEqual(removedIn("extensions/v1beta1", "Deployment"), {
    removed: "1.16",
    exact: true,
    use: "apps/v1",
    deprecated: "1.8",
  });
  deepEqual(removedIn("policy/v1beta1", "PodSecurityPolicy"), { removed: "1.25", exact: true, deprecated: "1.21" });
  deepEqual(removedIn("apps/v1", "Deployment"), { exact: true });
  equal(removedIn("rbac.authorization.k8s.io/v1alpha1", "Role")?.exact, false);
  equal(removedIn("example.com/v1", "Foo"), undefined);
});

Deno.test("describeRemoved() says since when, and what to use", () => {
  const says = (apiVersion: string, kind: string) => describeRemoved(apiVersion, kind, isServed);
  equal(says("extensions/v1beta1", "Deployment"), "extensions/v1beta1 is not served since Kubernetes 1.16; apps/v1 is");
  equal(
    says("extensions/v1beta1", "PodSecurityPolicy"),
    "extensions/v1beta1 is not served since Kubernetes 1.16; Kubernetes has no PodSecurityPolicy since 1.25",
  );
  equal(
    says("policy/v1beta1", "PodSecurityPolicy"),
    "policy/v1beta1 is not served since Kubernetes 1.25; there is no successor",
  );
  equal(
    says("rbac.authorization.k8s.io/v1alpha1", "Role"),
    "rbac.authorization.k8s.io/v1alpha1 is not served since Kubernetes 1.22 or near it; rbac.authorization.k8s.io/v1 is",
  );
  equal(
    says("batch/v2alpha1", "ScheduledJob"),
    "batch/v2alpha1 is not served since Kubernetes 1.8; batch/v1 CronJob is",
  );
  equal(
    says("resource.k8s.io/v1beta1", "DeviceClass"),
    "resource.k8s.io/v1beta1 is not served since Kubernetes 1.38; use resource.k8s.io/v1",
  );
  equal(
    describeRemoved("apps/v1", "Deployment", only("apps/v1beta2 Deployment")),
    "apps/v1 is not served before Kubernetes 1.9; apps/v1beta2 is",
  );
  equal(says("example.com/v1beta1", "Foo"), "example.com/v1beta1 is not served");
});
