import { equal, match } from "node:assert/strict";
import { FAMILIES } from "../table.ts";
import { judgeOf } from "./judge.ts";
import { lifecycleFinding } from "./lifecycle.ts";

const at = (kubeVersion: string, apiVersion: string, kind: string) =>
  lifecycleFinding(apiVersion, kind, judgeOf({ kubeVersion }));
const textAt = (kubeVersion: string, apiVersion: string, kind: string) => at(kubeVersion, apiVersion, kind)?.text;

/** The release before one, such as `1.15` for `1.16`. */
const before = (release: string): string => `1.${Number(release.split(".")[1]) - 1}`;

Deno.test("lifecycleFinding() warns of every version of the table from its removal on, and not before", () => {
  for (const { kind, members } of FAMILIES) {
    for (const { apiVersion, introduced, removed } of members) {
      const name = `${apiVersion} ${kind}`;
      equal(at(before(introduced), apiVersion, kind)?.level, "warning", name);
      if (removed === undefined) {
        equal(at(introduced, apiVersion, kind), undefined, name);
        continue;
      }
      const finding = at(removed, apiVersion, kind);
      equal(finding?.level, "warning", name);
      match(
        finding?.text ?? "",
        new RegExp(`^${apiVersion} is not served since Kubernetes ${removed}( or near it)?(; |$)`),
      );
      if (introduced !== removed) equal(at(before(removed), apiVersion, kind)?.level !== "warning", true, name);
    }
  }
});

Deno.test("lifecycleFinding() names what the same release has", () => {
  const DEPLOYMENT = ["extensions/v1beta1", "Deployment"] as const;
  equal(textAt("1.16", ...DEPLOYMENT), "extensions/v1beta1 is not served since Kubernetes 1.16; use apps/v1");
  equal(textAt("v1.34.4", ...DEPLOYMENT), "extensions/v1beta1 is not served since Kubernetes 1.16; use apps/v1");
  equal(
    textAt("1.18", "networking.k8s.io/v1", "Ingress"),
    "networking.k8s.io/v1 is not served before Kubernetes 1.19; use networking.k8s.io/v1beta1",
  );
  equal(
    textAt("1.27", "flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema"),
    "flowcontrol.apiserver.k8s.io/v1beta1 is not served since Kubernetes 1.26; use flowcontrol.apiserver.k8s.io/v1beta3",
  );
  equal(
    textAt("1.25", "batch/v2alpha1", "ScheduledJob"),
    "batch/v2alpha1 is not served since Kubernetes 1.8; use batch/v1 CronJob",
  );
  equal(
    textAt("1.8", "batch/v2alpha1", "ScheduledJob"),
    "batch/v2alpha1 is not served since Kubernetes 1.8; use batch/v1beta1 CronJob",
  );
  equal(
    textAt("1.31", "resource.k8s.io/v1alpha2", "ResourceClass"),
    "resource.k8s.io/v1alpha2 is not served since Kubernetes 1.31; Kubernetes has no ResourceClass any more",
  );
});

Deno.test("lifecycleFinding() tells a kind that is gone from one that lives on without a conversion", () => {
  equal(
    textAt("1.16", "extensions/v1beta1", "PodSecurityPolicy"),
    "extensions/v1beta1 is not served since Kubernetes 1.16; use policy/v1beta1",
  );
  equal(
    textAt("1.25", "extensions/v1beta1", "PodSecurityPolicy"),
    "extensions/v1beta1 is not served since Kubernetes 1.16; Kubernetes has no PodSecurityPolicy since 1.25",
  );
  equal(
    textAt("1.25", "policy/v1beta1", "PodSecurityPolicy"),
    "policy/v1beta1 is not served since Kubernetes 1.25; Kubernetes has no PodSecurityPolicy any more",
  );
  equal(
    textAt("1.25", "policy/v1alpha1", "PodDisruptionBudget"),
    "policy/v1alpha1 is not served since Kubernetes 1.5; use policy/v1",
  );
});

Deno.test("lifecycleFinding() notes what stops working later, once it is deprecated", () => {
  const INGRESS = ["extensions/v1beta1", "Ingress"] as const;
  equal(at("1.13", ...INGRESS), undefined);
  equal(at("1.16", ...INGRESS)?.level, "note");
  equal(
    textAt("1.16", ...INGRESS),
    "extensions/v1beta1 is deprecated since Kubernetes 1.14 and stops working in 1.22; " +
      "use networking.k8s.io/v1beta1, and networking.k8s.io/v1 from 1.19 on",
  );
  equal(
    textAt("1.19", ...INGRESS),
    "extensions/v1beta1 is deprecated since Kubernetes 1.14 and stops working in 1.22; use networking.k8s.io/v1",
  );
  equal(
    textAt("1.21", "policy/v1beta1", "PodSecurityPolicy"),
    "policy/v1beta1 is deprecated since Kubernetes 1.21 and stops working in 1.25; it has no successor",
  );
});

Deno.test("lifecycleFinding() goes by what a server has, not by its release", () => {
  const text = (served: string[], apiVersion: string, kubeVersion?: string) =>
    lifecycleFinding(
      apiVersion,
      "Ingress",
      judgeOf({ isServed: (version) => served.includes(version), kubeVersion }),
    )?.text;
  // A vendor kept it longer, or removed it earlier.
  equal(text(["networking.k8s.io/v1", "networking.k8s.io/v1beta1"], "networking.k8s.io/v1", "1.25"), undefined);
  equal(
    text(["networking.k8s.io/v1"], "extensions/v1beta1", "1.20"),
    "extensions/v1beta1 is not served by this server; use networking.k8s.io/v1",
  );
  equal(
    text(["networking.k8s.io/v1"], "extensions/v1beta1"),
    "extensions/v1beta1 is not served since Kubernetes 1.22; use networking.k8s.io/v1",
  );
  equal(
    text(["extensions/v1beta1"], "networking.k8s.io/v1"),
    "networking.k8s.io/v1 is not served before Kubernetes 1.19; use extensions/v1beta1",
  );
  equal(text([], "networking.k8s.io/v1"), "networking.k8s.io/v1 is not served before Kubernetes 1.19");
});

Deno.test("lifecycleFinding() says nothing of kinds that Kubernetes never had", () => {
  equal(at("1.25", "extensions/v1beta1", "Web"), undefined);
  equal(at("1.25", "example.com/v1beta1", "Deployment"), undefined);
});
