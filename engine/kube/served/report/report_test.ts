import { deepEqual, equal, throws } from "node:assert/strict";
import type { KubeObject } from "../../../model/mod.ts";
import { reportObjects, reportRemovedApis } from "./report.ts";

const DEPLOYMENT = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\n";
const TEXT = "extensions/v1beta1 is not served since Kubernetes 1.16; use apps/v1";
const sources = (files: Record<string, string>, kubeVersion = "1.25") =>
  reportRemovedApis(files, { kubeVersion }).map(({ source, object }) => `${source} ${object}`);

Deno.test("reportRemovedApis() names file and object of every document", () => {
  const files = {
    "web/templates/a.yaml": `# one\n${DEPLOYMENT}---\n---\n${
      DEPLOYMENT.replace("web", "db")
    }--- # three\nkind: Other\n`,
    "web/templates/b.yaml": "",
  };
  deepEqual(
    reportRemovedApis(files, { kubeVersion: "1.16" }),
    ["web", "db"].map((name) => ({
      level: "warning",
      object: `Deployment "${name}"`,
      source: "web/templates/a.yaml",
      text: TEXT,
    })),
  );
  deepEqual(reportRemovedApis(files, { kubeVersion: "1.7" }), []);
});

Deno.test("reportRemovedApis() passes over notes, partials, text and broken YAML", () => {
  deepEqual(
    sources({
      "web/templates/NOTES.txt": DEPLOYMENT,
      "web/templates/_helpers.tpl": DEPLOYMENT,
      "web/templates/a.yaml": `kind: [\n---\n- kind\n---\nkind: 1\napiVersion: {}\n---\n${DEPLOYMENT}`,
      "web/charts/db/templates/b.json": '{"kind": "PodPreset", "apiVersion": "settings.k8s.io/v1alpha1"}',
    }),
    ['web/templates/a.yaml Deployment "web"', 'web/charts/db/templates/b.json PodPreset ""'],
  );
});

Deno.test("reportRemovedApis() expands lists, lists in lists too", () => {
  const item = "{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: web}}";
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${item}\n- kind: DeploymentList\n  items: [${item}, 1]\n`;
  deepEqual(sources({ a: list }), ['a Deployment "web"', 'a Deployment "web"']);
});

Deno.test("reportObjects() gives all findings of an object, the one about its version first", () => {
  const object = {
    apiVersion: "rbac.authorization.k8s.io/v1beta1",
    kind: "Role",
    metadata: {
      name: "web",
      ownerReferences: [{ apiVersion: "apps/v1beta1", kind: "Deployment", name: "web", uid: "1" }],
    },
    rules: [{ apiGroups: ["extensions"], resources: ["deployments"], verbs: ["get"] }],
  };
  const findings = (server: Parameters<typeof reportObjects>[1]) =>
    reportObjects([{ object }], server).map(({ level, text }) => `${level} ${text.split(" ")[0]}`);
  deepEqual(findings({ kubeVersion: "1.22" }), [
    "warning rbac.authorization.k8s.io/v1beta1",
    "note rules[0]",
    "note metadata.ownerReferences[0]",
  ]);
  deepEqual(findings({ kubeVersion: "1.17" })[0], "note rbac.authorization.k8s.io/v1beta1");
  deepEqual(findings({ isServed: () => true }), ["note rbac.authorization.k8s.io/v1beta1"]);
});

Deno.test("reportRemovedApis() refuses what is not a version of Kubernetes", () => {
  for (const kubeVersion of ["", "1", "new", "v1", "1.x"]) {
    throws(() => reportRemovedApis({}, { kubeVersion }), { kind: "usage" });
  }
  equal(reportRemovedApis({}, { kubeVersion: "v1.25.3-gke.100+x" }).length, 0);
  throws(() => reportRemovedApis({}, { isServed: () => true, kubeVersion: "new" }), { kind: "usage" });
});

Deno.test("reportObjects() does not stumble over odd shapes", () => {
  for (const odd of [null, 1, "a", [], [null, 1], { a: null }]) {
    const given = { rules: odd, spec: odd, webhooks: odd, metadata: odd, items: odd, provisioner: odd };
    const kinds = [
      "rbac.authorization.k8s.io/v1 Role",
      "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration",
      "v1 Pod",
      "v1 List",
      "v1 ResourceQuota",
      "v1 PersistentVolume",
      "batch/v1beta1 CronJob",
      "autoscaling/v1 HorizontalPodAutoscaler",
      "storage.k8s.io/v1 StorageClass",
      "policy/v1 PodDisruptionBudget",
      "networking.k8s.io/v1 Ingress",
    ];
    for (const [apiVersion, kind] of kinds.map((each) => each.split(" "))) {
      reportObjects([{ object: { ...given, apiVersion, kind } as unknown as KubeObject }], { kubeVersion: "1.40" });
    }
  }
  deepEqual(
    reportObjects([{ object: { kind: 1, apiVersion: [] } as unknown as KubeObject }], { kubeVersion: "1.25" }),
    [],
  );
});
