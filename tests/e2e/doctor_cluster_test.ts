/**
 * Unhealthy states of a cluster, made on one: `doctor` finds each.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { createKubeClient, type Transport } from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { type DoctorOptions, examine, type Finding, install } from "../../engine/release/mod.ts";
import { BASIC } from "./_charts.ts";
import { type Stage, story } from "./_cluster.ts";

async function found({ env, records }: Stage, options: DoctorOptions = {}): Promise<readonly Finding[]> {
  return (await examine(env, { recordsNamespace: records, ...options })).findings;
}

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id, severity }) => `${id} ${severity}`);
const told = (findings: readonly Finding[]): string =>
  findings.flatMap(({ evidence }) => evidence.map(({ source, text }) => `${source}: ${text}`)).join("\n");

/** Waits until a condition holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error("waited for 30 seconds");
}

const labels = { app: "helm", name: "tiller" };

function tiller(args: readonly string[], replicas = 1): KubeObject {
  const container = {
    name: "tiller",
    image: "gcr.io/kubernetes-helm/tiller:v2.16.1",
    args,
    env: [{ name: "TILLER_HISTORY_MAX", value: "20" }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "tiller-deploy", labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], serviceAccountName: "tiller" } },
    },
  };
}

story("C1: a Tiller that runs, and what it was started with", async (stage) => {
  const { records, send, read } = stage;
  await send("POST", `/apis/apps/v1/namespaces/${records}/deployments`, tiller(["--storage=secret"]));
  await send("POST", `/api/v1/namespaces/${records}/serviceaccounts`, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "tiller" },
  });
  await until(async () =>
    JSON.stringify(await read(`/apis/apps/v1/namespaces/${records}/deployments/tiller-deploy`)).includes(
      '"readyReplicas":1',
    )
  );
  const findings = await found(stage);
  deepEqual(ids(findings), ["C1 note"]);
  match(
    told(findings),
    /tiller-deploy: version v2\.16\.1, storage secret, at most 20 revisions, without TLS: every pod.*\npod .*: started \d+s ago/,
  );
  equal(findings[0]?.repairs[0]?.command, `skeg reset --tiller-namespace ${records}`);
});

story("C2: what a Tiller has left, with the rights of its account", async (stage) => {
  const { records, send } = stage;
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "tiller" } };
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "tiller-secret", labels },
    data: { "ca.crt": btoa("hidden") },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "tiller-deploy", labels },
    spec: { ports: [{ port: 44134 }] },
  };
  const binding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: `tiller-${records}` },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "tiller", namespace: records }],
  };
  const inside = `/api/v1/namespaces/${records}`;
  await send("POST", `/apis/apps/v1/namespaces/${records}/deployments`, tiller([], 0));
  await send("POST", `${inside}/serviceaccounts`, account);
  await send("POST", `${inside}/secrets`, secret);
  await send("POST", `${inside}/services`, service);
  const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  await send("POST", bindings, binding);
  try {
    const findings = await found(stage);
    deepEqual(ids(findings), ["C2 warning"]);
    const lines = told(findings).replaceAll(records, "HERE").split("\n");
    deepEqual(lines, [
      'live objects: Deployment "tiller-deploy" in namespace "HERE": wants no pods',
      'live objects: Service "tiller-deploy" in namespace "HERE"',
      'live objects: Secret "tiller-secret" in namespace "HERE"',
      'live objects: ServiceAccount "tiller" in namespace "HERE": no other pod uses it',
      'live objects: ClusterRoleBinding "tiller-HERE": binds ClusterRole cluster-admin',
    ]);
    ok(!JSON.stringify(findings).includes("hidden"));
  } finally {
    await send("DELETE", `${bindings}/tiller-${records}`);
  }
});

story("C5: the namespace of records is missing", async (stage) => {
  const { another, records } = stage;
  const { env } = stage;
  const place = env.driver.place;
  ok(place);
  const missing = `${records}-none`;
  const driver = { ...env.driver, place: { ...place, namespace: missing } };
  const findings = await found({ ...stage, env: another({ driver }), records: missing });
  deepEqual(ids(findings), ["C5 warning"]);
});

story("C6: a webhook that must answer, and has no server, on objects of a release", async (stage) => {
  const { env, namespace, records, send } = stage;
  await install(env, { chart: BASIC, name: "other", namespace });
  const labelled =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: asked, labels: {doctor.example.com/asked: 'yes'}}\n";
  const chart = chartFromFiles({ "Chart.yaml": "name: asked\nversion: 0.1.0\n", "templates/a.yaml": labelled });
  await install(env, { chart, name: "web", namespace });
  const at = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
  const name = `doctor-${records}`;
  const webhook = (resource: string, failurePolicy: string) => ({
    name: `${resource}.example.com`,
    failurePolicy,
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    clientConfig: { service: { namespace, name: "nobody" } },
    // A real server would ask it about objects of other clients, too.
    objectSelector: { matchLabels: { "doctor.example.com/asked": "yes" } },
    rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: [resource], operations: ["CREATE"] }],
  });
  await send("POST", at, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [webhook("configmaps", "Fail"), webhook("pods", "Fail"), webhook("services", "Ignore")],
  });
  try {
    const findings = await found(stage);
    deepEqual(ids(findings), ["C6 broken"]);
    equal(
      told(findings).replaceAll(namespace, "HERE").replaceAll(records, "RECORDS"),
      "webhook configmaps.example.com of ValidatingWebhookConfiguration doctor-HERE-records: Service HERE/nobody does not " +
        'exist; it is asked about objects of "web"',
    );
  } finally {
    await send("DELETE", `${at}/${name}`);
  }
});

story("C4: rights that the user of a release lacks, as a Role; the answers of the server decide", async (stage) => {
  const { env, namespace, another } = stage;
  await install(env, { chart: BASIC, name: "web", namespace });
  deepEqual(ids(await found(stage, { release: "web" })), []);
  const { cluster } = env.kube;
  const reviews = "/apis/authorization.k8s.io/v1/selfsubject";
  let asked = 0;
  /** A server whose user may not change Services. */
  const transport: Transport = async (request) => {
    if (!request.path.startsWith(reviews)) return await cluster.transport(request);
    asked++;
    const { kind, spec } = JSON.parse(request.body ?? "{}");
    const may = ["get", "list", "create"];
    const { resource = "", verb = "" } = spec.resourceAttributes ?? {};
    const status = kind === "SelfSubjectRulesReview"
      ? { resourceRules: [{ apiGroups: [""], resources: ["configmaps", "namespaces"], verbs: ["*"] }] }
      : { allowed: resource !== "*" && (resource !== "services" || may.includes(verb)) };
    return Response.json({ kind, apiVersion: "authorization.k8s.io/v1", status });
  };
  const limited = another({ kube: createKubeClient({ ...cluster, transport }) });
  const findings = await found({ ...stage, env: limited }, { release: "web" });
  deepEqual(ids(findings), ["C4 warning"]);
  const lines = told(findings).replaceAll(namespace, "HERE").split("\n");
  equal(lines[0], 'access reviews: may not patch, delete services "web" in namespace "HERE"');
  const { rules, metadata } = JSON.parse(lines[1]?.replace(/^Role to apply: /, "") ?? "");
  deepEqual(metadata, { name: "skeg-web", namespace: "HERE" });
  deepEqual(rules, [{ apiGroups: [""], resources: ["services"], resourceNames: ["web"], verbs: ["patch", "delete"] }]);
  // One review for each namespace, and one for each right that its rules do not cover.
  ok(asked < 10, `${asked} reviews`);
});

story("a user who may not look at something is told what was left out", async (stage) => {
  const { env, namespace, another } = stage;
  await install(env, { chart: BASIC, name: "web", namespace });
  const { cluster } = env.kube;
  const transport: Transport = async (request) => {
    const isRefused = /\/services(\/|\?|$)|resourcequotas|apiservices|webhookconfigurations|^\/api\/v1\/namespaces\?/
      .test(request.path);
    if (!isRefused) return await cluster.transport(request);
    const status = {
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      reason: "Forbidden",
      message: "no",
      code: 403,
    };
    return Response.json(status, { status: 403 });
  };
  const limited = another({ kube: createKubeClient({ ...cluster, transport }) });
  const report = await examine(limited, { recordsNamespace: stage.records });
  deepEqual(ids(report.findings), []);
  equal(report.result, "incomplete");
  const unseen = report.unseen.map(({ what }) => what.replaceAll(namespace, "HERE")).sort();
  deepEqual(unseen, [
    "apiservices.apiregistration.k8s.io",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "quotas of namespace HERE-records",
    "services in namespace HERE",
    "services of Tillers in all namespaces",
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
  ]);
});
