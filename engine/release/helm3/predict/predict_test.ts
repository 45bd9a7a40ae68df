/** Predictions of the first Helm 3 upgrade, on the sandbox, rendered by our own engine. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { memoryDriver } from "../../../../storage/mod.ts";
import { chartFromFiles } from "../../../chart/load/mod.ts";
import { createKubeClient, type KubeObject, type KubeRequest, type Transport } from "../../../kube/mod.ts";
import type { Release } from "../../../model/mod.ts";
import { openSandbox } from "../../../sandbox/mod.ts";
import type { Environment } from "../../environment.ts";
import { install } from "../../operations.ts";
import type { ObjectPrediction, ReleasePrediction } from "../plan_types.ts";
import { immutableChanges } from "./immutable.ts";
import { predictHelm3Upgrade } from "./predict.ts";
import { postRendererScript } from "./post_renderer.ts";
import type { PredictHelm3Options } from "./types.ts";

const HEAD = "apiVersion: v1\nname: web\nversion: 1.0.0\n";

const WORKLOAD = (kind: string, more = ""): string =>
  `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${kind.toLowerCase()}
  labels: {app: web, heritage: {{ .Release.Service }}}
spec:
  replicas: 2
  ${kind === "StatefulSet" ? "serviceName: web" : "minReadySeconds: 1"}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web${more}}}
    spec: {containers: [{name: main, image: "nginx:1"}]}
`;

const CLAIMS = `  volumeClaimTemplates:
  - metadata:
      name: data
      labels:
        heritage: "{{ .Release.Service }}"
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

const MAP = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n${data}\n`;

interface Stage {
  readonly env: Environment;
  readonly release: Release;
  readonly writes: KubeRequest[];
  readonly send: Transport;
  predict(options?: PredictHelm3Options): Promise<ReleasePrediction>;
}

/** Installs a chart in a sandbox as Helm 2, and hands it to the test. */
async function staged(
  templates: Readonly<Record<string, string>>,
  test: (stage: Stage) => Promise<void>,
  { config = "", files = {} }: { config?: string; files?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const cluster = await openSandbox();
  const writes: KubeRequest[] = [];
  const transport: Transport = (request) => {
    if (request.method !== "GET" && !request.path.includes("dryRun=All")) writes.push(request);
    return cluster.transport(request);
  };
  const env: Environment = {
    kube: createKubeClient({ ...cluster, transport }, { waitIntervalMs: 1 }),
    driver: memoryDriver(),
    clock: () => ({ seconds: 1_600_000_000, nanos: 0 }),
    random: Math.random,
    report: () => {},
    historyMax: 0,
  };
  const named = Object.entries(templates).map(([name, text]) => [`templates/${name}`, text]);
  const chart = chartFromFiles({ "Chart.yaml": HEAD, ...files, ...Object.fromEntries(named) });
  try {
    const { release } = await install(env, { name: "web", namespace: "default", chart, config });
    writes.length = 0;
    const record = { name: "web", namespace: "default", version: 1, manifest: release.manifest };
    const predict = (options?: PredictHelm3Options) =>
      predictHelm3Upgrade(env, { release, newest: release, record, adopted: [] }, options);
    await test({ env, release, writes, send: cluster.transport, predict });
  } finally {
    await cluster.close();
  }
}

const classes = ({ objects }: ReleasePrediction): Record<string, string> =>
  Object.fromEntries(objects.map(({ object, class: name }) => [`${object.kind}/${object.name}`, name]));

const of = ({ objects }: ReleasePrediction, kind: string): ObjectPrediction =>
  objects.find(({ object }) => object.kind === kind) as ObjectPrediction;

async function edit(send: Transport, path: string, patch: unknown): Promise<KubeObject> {
  const contentType = "application/merge-patch+json";
  const answer = await send({ method: "PATCH", path, contentType, body: JSON.stringify(patch) });
  ok(answer.ok, `${answer.status}`);
  return await answer.json();
}

const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/deployment";

Deno.test("predictHelm3Upgrade() finds metadata alone, and sends no write", async () => {
  await staged({ "a.yaml": MAP("plain", "  a: b"), "d.yaml": WORKLOAD("Deployment") }, async ({ predict, writes }) => {
    const prediction = await predict();
    deepEqual(classes(prediction), { "ConfigMap/plain": "metadata", "Deployment/deployment": "metadata" });
    equal(prediction.class, "metadata");
    equal(prediction.estimated, true);
    deepEqual(prediction.reasons, []);
    ok(of(prediction, "Deployment").fields?.includes("metadata.labels.heritage"));
    deepEqual(writes, []);
  });
});

Deno.test("predictHelm3Upgrade() finds nothing where the objects carry Helm 3's marks already", async () => {
  await staged({ "a.yaml": MAP("plain", "  a: b") }, async ({ predict, send }) => {
    await edit(send, "/api/v1/namespaces/default/configmaps/plain", {
      metadata: {
        labels: { "app.kubernetes.io/managed-by": "Helm" },
        annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "default" },
      },
    });
    deepEqual(classes(await predict()), { "ConfigMap/plain": "nothing" });
  });
});

Deno.test("predictHelm3Upgrade() finds nothing where the adoption will set the marks before", async () => {
  await staged({ "a.yaml": MAP("plain", "  a: b") }, async ({ env, release }) => {
    const record = { name: "web", namespace: "default", version: 1, manifest: release.manifest };
    const adopted = [{ apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "plain" }];
    const prediction = await predictHelm3Upgrade(env, { release, newest: release, record, adopted });
    deepEqual([prediction.class, classes(prediction)], ["nothing", { "ConfigMap/plain": "nothing" }]);
  });
});

Deno.test("predictHelm3Upgrade() finds an edit over a value that is the server's default, or null", async () => {
  for (const replicas of ["1", "null"]) {
    const template = WORKLOAD("Deployment").replace("replicas: 2", `replicas: ${replicas}`);
    await staged({ "d.yaml": template }, async ({ predict, send }) => {
      await edit(send, DEPLOYMENT, { spec: { replicas: 5 } });
      const prediction = await predict();
      deepEqual([replicas, prediction.class], [replicas, "drift"]);
    });
  }
});

Deno.test("immutableChanges() knows that a version in which custom resources are stored must stay", () => {
  const definition = (versions: unknown, stored = ["v1"]): KubeObject => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    spec: { group: "g", versions },
    status: { storedVersions: stored },
  } as KubeObject);
  const live = definition([{ name: "v1" }]);
  deepEqual(immutableChanges(live, definition([{ name: "v1" }, { name: "v2" }])), []);
  deepEqual(immutableChanges(live, definition([{ name: "v2" }])), ["spec.versions"]);
  deepEqual(immutableChanges(live, definition(undefined)), ["spec.versions"]);
});

Deno.test("predictHelm3Upgrade() finds a rollout by a label of pods, and a post-renderer that prevents it", async () => {
  const templates = { "d.yaml": WORKLOAD("Deployment", ", heritage: {{ .Release.Service | quote }}") };
  await staged(templates, async ({ predict }) => {
    const prediction = await predict();
    equal(prediction.class, "restarts");
    match(of(prediction, "Deployment").reasons.join(), /pods are replaced: spec\.template\.metadata\.labels\.heritage/);
    match(of(prediction, "Deployment").advice.join(), /heritage: Tiller with a post-renderer/);
    deepEqual(prediction.labels, [{ key: "heritage", from: "Tiller", to: "Helm" }]);
    equal((await predict({ keepLabels: true })).class, "metadata");
  });
});

Deno.test("predictHelm3Upgrade() finds the text of toYaml in a checksum, and values as spec", async () => {
  const templates = {
    "m.yaml": MAP("conf", "  a.yaml: |\n{{ toYaml .Values | indent 4 }}\n  z: end"),
    "d.yaml": WORKLOAD("Deployment").replace(
      "    metadata: {labels",
      '    metadata: {annotations: {sum: {{ include (print $.Template.BasePath "/m.yaml") . | sha256sum }}}, labels',
    ),
  };
  await staged(templates, async ({ predict }) => {
    deepEqual(classes(await predict()), { "ConfigMap/conf": "metadata", "Deployment/deployment": "restarts" });
  }, { files: { "values.yaml": "x: 1\n" } });
});

Deno.test("predictHelm3Upgrade() knows that pods of OnDelete stay", async () => {
  const template = WORKLOAD("StatefulSet", ", heritage: {{ .Release.Service }}")
    .replace("serviceName: web", "serviceName: web\n  updateStrategy: {type: OnDelete}");
  await staged({ "s.yaml": template }, async ({ predict }) => {
    const prediction = await predict();
    equal(prediction.class, "spec");
    match(of(prediction, "StatefulSet").reasons.join(), /its pods stay until they are deleted/);
  });
});

Deno.test("predictHelm3Upgrade() finds the volume claims of a StatefulSet, in the server's words", async () => {
  await staged({ "s.yaml": WORKLOAD("StatefulSet") + CLAIMS }, async ({ predict }) => {
    const prediction = await predict();
    equal(prediction.class, "blocked");
    const found = of(prediction, "StatefulSet");
    match(found.reasons[0] ?? "", /updates to statefulset spec for fields other than/);
    equal(found.advice.length, 3);
    match(found.advice[2] ?? "", /kubectl delete statefulset statefulset -n default --cascade=orphan/);
    match(prediction.reasons.join(), /records revision 2 as failed/);
    equal((await predict({ keepLabels: true })).class, "metadata");
  });
});

Deno.test("predictHelm3Upgrade() finds edits that it overwrites, and leaves foreign fields alone", async () => {
  await staged({ "d.yaml": WORKLOAD("Deployment") }, async ({ predict, send }) => {
    await edit(send, DEPLOYMENT, { spec: { replicas: 5, revisionHistoryLimit: 3 } });
    const prediction = await predict();
    equal(prediction.class, "drift");
    match(of(prediction, "Deployment").reasons.join(), /overwrites what was edited in the cluster: spec\.replicas/);
    ok(!of(prediction, "Deployment").fields?.includes("spec.revisionHistoryLimit"));
  });
});

Deno.test("predictHelm3Upgrade() finds an edit of a value that is the default", async () => {
  await staged(
    { "d.yaml": WORKLOAD("Deployment").replace("replicas: 2", "replicas: 1") },
    async ({ predict, send }) => {
      await edit(send, DEPLOYMENT, { spec: { replicas: 5 } });
      equal((await predict()).class, "drift");
    },
  );
});

Deno.test("predictHelm3Upgrade() takes marks for granted that the migration sets", async () => {
  await staged({ "a.yaml": MAP("plain", "  a: b"), "d.yaml": WORKLOAD("Deployment") }, async ({ env, release }) => {
    const record = { name: "web", namespace: "default", version: 1, manifest: release.manifest };
    const adopted = [{ apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "plain" }];
    const prediction = await predictHelm3Upgrade(env, { release, newest: release, record, adopted });
    deepEqual(classes(prediction), { "ConfigMap/plain": "nothing", "Deployment/deployment": "metadata" });
  });
});

Deno.test("predictHelm3Upgrade() keeps two ports of one number apart", async () => {
  const ports = "[{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]";
  const service = `apiVersion: v1\nkind: Service\nmetadata: {name: dns}\nspec: {selector: {a: b}, ports: ${ports}}\n`;
  await staged({ "s.yaml": service }, async ({ predict }) => {
    deepEqual(classes(await predict()), { "Service/dns": "metadata" });
  });
});

Deno.test("predictHelm3Upgrade() finds objects that are gone, and objects of the new chart that exist already", async () => {
  await staged({ "a.yaml": MAP("plain", "  a: b"), "b.yaml": MAP("other", "  a: b") }, async ({ predict, send }) => {
    await send({ method: "DELETE", path: "/api/v1/namespaces/default/configmaps/plain" });
    const foreign = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "foreign" } });
    await send({ method: "POST", path: "/api/v1/namespaces/default/configmaps", body: foreign });
    deepEqual(classes(await predict()), { "ConfigMap/other": "metadata", "ConfigMap/plain": "creates-removes" });
    const chart = chartFromFiles({ "Chart.yaml": HEAD, "templates/f.yaml": MAP("foreign", "  a: b") });
    const prediction = await predict({ chart: { chart, path: "web" } });
    deepEqual(classes(prediction), {
      "ConfigMap/foreign": "blocked",
      "ConfigMap/other": "creates-removes",
      "ConfigMap/plain": "nothing",
    });
    match(of(prediction, "ConfigMap").reasons.join(), /label app\.kubernetes\.io\/managed-by is missing/);
    match(prediction.reasons.join(), /stops before it changes anything/);
  });
});

Deno.test("predictHelm3Upgrade() finds templates that Helm 3 cannot render, and says what to write", async () => {
  const templates = { "a.yaml": MAP("plain", "  a: t{{ .Release.Time.Seconds }}") };
  await staged(templates, async ({ predict }) => {
    const prediction = await predict();
    equal(prediction.class, "cannot-render");
    match(
      prediction.reasons[0] ?? "",
      /web\/templates\/a\.yaml:5:\d+: executing .* nil pointer evaluating interface \{\}\.Seconds/,
    );
    match(prediction.advice.join(), /in templates\/a\.yaml, line 5: write now in place of \.Release\.Time/);
  });
});

Deno.test("predictHelm3Upgrade() finds values that a schema refuses, and API versions that the server does not have", async () => {
  await staged({ "a.yaml": MAP("plain", "  a: b") }, async ({ predict }) => {
    const prediction = await predict();
    equal(prediction.class, "blocked");
    match(prediction.advice.join(), /--skip-schema-validation/);
    const gone = "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: old}\n";
    const chart = chartFromFiles({ "Chart.yaml": HEAD, "templates/g.yaml": gone });
    const other = await predict({ chart: { chart, path: "web" } });
    equal(other.class, "gone-api");
    match(of(other, "Ingress").reasons.join(), /the server does not have extensions\/v1beta1 Ingress/);
  }, { files: { "values.yaml": "size: x\n", "values.schema.json": '{"properties": {"size": {"type": "integer"}}}' } });
});

Deno.test("predictHelm3Upgrade() names what differs at every render, and hooks that Helm 3 drops", async () => {
  const hook = "apiVersion: v1\nkind: Pod\nmetadata: {name: bad, annotations: {helm.sh/hook: test-failure}}\n";
  const templates = { "a.yaml": MAP("random", "  a: {{ randAlphaNum 10 }}"), "h.yaml": hook };
  await staged(templates, async ({ predict }) => {
    const prediction = await predict();
    match(prediction.reasons.join("\n"), /differs at every render, by random functions or the time: ConfigMap\/random/);
    match(prediction.reasons.join("\n"), /Pod bad is dropped: Helm 3 has no hook test-failure/);
    match(of(prediction, "ConfigMap").reasons.join(), /differs at every render: data\.a/);
  });
});

Deno.test("predictHelm3Upgrade() shows no value of a Secret that a server's refusal quotes", async () => {
  const secret =
    `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {p: swordfish}\ntype: {{ .Values.type }}\n`;
  await staged({ "s.yaml": secret }, async ({ env, release }) => {
    const record = { name: "web", namespace: "default", version: 1, manifest: release.manifest };
    const changed = { ...release, config: { raw: "type: example.com/other\n" } };
    const send = env.kube.cluster.transport;
    const transport: Transport = (request) => {
      if (!request.path.includes("dryRun")) return send(request);
      const message = 'Secret "s" is invalid: patch: Invalid value: "{\\"p\\":\\"swordfish\\"}": wrong: swordfish';
      return Promise.resolve(Response.json({ kind: "Status", status: "Failure", code: 422, message }, { status: 422 }));
    };
    const kube = createKubeClient({ ...env.kube.cluster, transport });
    const prediction = await predictHelm3Upgrade({ ...env, kube }, {
      release: changed,
      newest: release,
      record,
      adopted: [],
    });
    equal(prediction.class, "blocked");
    match(of(prediction, "Secret").reasons.join(), /^Secret "s" is invalid: patch: wrong: /);
    ok(!JSON.stringify(prediction).includes("swordfish"));
  }, { files: { "values.yaml": "type: Opaque\n" } });
});

Deno.test("predictHelm3Upgrade() says that it stands on its own opinion where the server does not answer dry runs", async () => {
  await staged({ "s.yaml": WORKLOAD("StatefulSet") + CLAIMS }, async ({ env, release, send }) => {
    const transport: Transport = (request) => {
      if (!request.path.includes("dryRun")) return send(request);
      const message = 'statefulsets.apps "statefulset" is forbidden: User "ann" cannot patch resource "statefulsets"';
      const body = { kind: "Status", status: "Failure", reason: "Forbidden", code: 403, message };
      return Promise.resolve(Response.json(body, { status: 403 }));
    };
    const kube = createKubeClient({ ...env.kube.cluster, transport });
    const record = { name: "web", namespace: "default", version: 1, manifest: release.manifest };
    const prediction = await predictHelm3Upgrade({ ...env, kube }, { release, newest: release, record, adopted: [] });
    equal(prediction.class, "blocked");
    deepEqual(of(prediction, "StatefulSet").reasons, [
      "spec.volumeClaimTemplates cannot be changed, as far as we know",
      "estimated here: you may not change it",
    ]);
  });
});

Deno.test({
  name: "postRendererScript() keeps labels in every form that charts write",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const text = [
      "heritage: Helm",
      '    heritage: "Helm"',
      "  labels: {app: web, heritage: Helm, x: y}",
      "  labels: {app: web, heritage: Helm}",
      "  other: heritage Helm",
      "  app.kubernetes.io/managed-by: Helm",
      "  note: 'my-heritage: Helm'",
      "",
    ].join("\n");
    const moves = [
      { key: "heritage", from: "Tiller", to: "Helm" },
      { key: "app.kubernetes.io/managed-by", from: "Tiller", to: "Helm" },
    ];
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/keep`, postRendererScript("web", moves), { mode: 0o700 });
      const child = new Deno.Command(`${folder}/keep`, { stdin: "piped", stdout: "piped" }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
      const { stdout, success } = await child.output();
      ok(success);
      const { keepLabels } = await import("./post_renderer.ts");
      const kept = new TextDecoder().decode(stdout);
      equal(kept, keepLabels(text, moves));
      equal(kept.match(/Tiller/g)?.length, 5);
      match(kept, /other: heritage Helm\n/);
      match(kept, /'my-heritage: Helm'/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
