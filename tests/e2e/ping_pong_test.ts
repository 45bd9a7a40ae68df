/**
 * skeg and a real Tiller operate on one release in turns: a chart with hooks,
 * tests and a custom resource, and a failed revision in its history.
 */
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

const EVENTS = ["pre-install", "post-upgrade", "pre-rollback", "pre-delete", "post-delete"];

/** Returns the chart's files; `kind` is the name of its custom kind. */
function files(kind: string): Record<string, string> {
  const job = (event: string): string =>
    `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${event}
  annotations: {helm.sh/hook: ${event}, helm.sh/hook-delete-policy: before-hook-creation}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.invalid/main}]
`;
  return {
    "Chart.yaml": "{name: mixed, version: 0.1.0}\n",
    "values.yaml": "{colour: blue, broken: false}\n",
    "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
data: {colour: {{ .Values.colour }}, revision: "{{ .Release.Revision }}"{{ if .Values.broken }}, bad/key: x{{ end }}}
`,
    "templates/custom.yaml": `apiVersion: skeg.example/v1
kind: ${kind}
metadata: {name: {{ .Release.Name }}}
spec: {colour: {{ .Values.colour }}, list: [{{ .Values.colour }}, always]}
`,
    "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}, annotations: {colour: {{ .Values.colour }}}}
    spec: {containers: [{name: main, image: "example.invalid/main:{{ .Values.colour }}"}]}
`,
    "templates/test.yaml": `apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-test, annotations: {helm.sh/hook: test-success}}
spec: {restartPolicy: Never, containers: [{name: main, image: example.invalid/test}]}
`,
    "templates/NOTES.txt": "{{ .Release.Name }} is {{ .Values.colour }}.\n",
    ...Object.fromEntries(EVENTS.map((event) => [`templates/${event}.yaml`, job(event)])),
  };
}

async function setUp(arena: Arena): Promise<{ chart: string; plural: string; definition: string }> {
  const id = crypto.randomUUID().replace(/\W|\d/g, "").slice(0, 6) || "abc";
  const [kind, plural] = [`Box${id}`, `box${id}s`];
  const chart = join(arena.folder, "mixed");
  for (const [file, text] of Object.entries(files(kind))) {
    mkdirSync(dirname(join(chart, file)), { recursive: true });
    writeFileSync(join(chart, file), text);
  }
  const status = await arena.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.skeg.example` },
    spec: {
      group: "skeg.example",
      scope: "Namespaced",
      names: { plural, singular: `box${id}`, kind },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      }],
    },
  });
  equal(status, 201);
  const definition = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.skeg.example`;
  const path = `/apis/skeg.example/v1/namespaces/${arena.namespace}/${plural}`;
  for (let attempt = 0; attempt < 100 && await arena.read(path) === undefined; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { chart, plural, definition };
}

/** The story; `a` and `b` take turns. */
async function pingPong(arena: Arena, a: Arena["skeg"], b: Arena["skeg"]): Promise<void> {
  const { chart, plural, definition } = await setUp(arena);
  const { namespace, read, records } = arena;
  const statuses = async (): Promise<string> => (await records("web")).map(({ info }) => info.status.code).join(" ");
  const job = async (event: string): Promise<string | undefined> =>
    (await read(`/apis/batch/v1/namespaces/${namespace}/jobs/web-${event}`))?.metadata?.uid;
  /** Returns the colours of all live objects. */
  const colours = async (): Promise<(string | undefined)[]> => {
    const config = await read(`/api/v1/namespaces/${namespace}/configmaps/web-config`) as
      | { data: { colour: string } }
      | undefined;
    const custom = await read(`/apis/skeg.example/v1/namespaces/${namespace}/${plural}/web`) as
      | { spec: { colour: string; list: string[] } }
      | undefined;
    const workload = await read(`/apis/apps/v1/namespaces/${namespace}/deployments/web`) as
      | { spec: { template: { metadata: { annotations: { colour: string } } } } }
      | undefined;
    if (custom !== undefined) deepEqual(custom.spec.list, [custom.spec.colour, "always"]);
    return [config?.data.colour, custom?.spec.colour, workload?.spec.template.metadata.annotations.colour];
  };
  const all = (colour: string | undefined): (string | undefined)[] => [colour, colour, colour];
  try {
    match(good(await a("install", chart, "--name", "web", "--namespace", namespace)), /^web is blue\.$/m);
    deepEqual(await colours(), all("blue"));
    notEqual(await job("pre-install"), undefined);

    equal((await a("upgrade", "web", chart, "--set", "broken=true,colour=black")).code, 1);
    equal(await statuses(), "DEPLOYED FAILED");

    match(good(await b("upgrade", "web", chart, "--set", "colour=green")), /^Release "web" has been upgraded\.$/m);
    equal(await statuses(), "SUPERSEDED FAILED DEPLOYED");
    deepEqual(await colours(), all("green"));
    notEqual(await job("post-upgrade"), undefined);

    good(await a("rollback", "web", "1"));
    equal(await statuses(), "SUPERSEDED FAILED SUPERSEDED DEPLOYED");
    deepEqual(await colours(), all("blue"));
    const ran = await job("pre-rollback");

    match(good(await b("test", "web", "--cleanup")), /^PASSED: web-test$/m);
    match(good(await a("list", "--namespace", namespace)), /^web +\t4 .*\tDEPLOYED\tmixed-0\.1\.0/m);
    match(good(await a("status", "web")), /^web-test\tSUCCESS/m);

    good(await b("delete", "web"));
    equal(await statuses(), "SUPERSEDED FAILED SUPERSEDED DELETED");
    deepEqual(await colours(), all(undefined));
    notEqual(await job("pre-delete"), undefined);

    good(await a("rollback", "web", "3"));
    ok((await statuses()).endsWith(" DEPLOYED"));
    deepEqual(await colours(), all("green"));
    notEqual(await job("pre-rollback"), ran);
    equal(good(await b("get", "web")), good(await a("get", "web")));
    equal(good(await b("history", "web")), good(await a("history", "web")));

    equal(good(await b("delete", "--purge", "web")), 'release "web" deleted\n');
    equal(await statuses(), "");
    deepEqual(await colours(), all(undefined));
    equal(good(await a("list", "--all", "--namespace", namespace)), "");
  } finally {
    await arena.send("DELETE", definition);
  }
}

Deno.test({
  name: "Tiller and skeg take turns with a release: installed by Tiller, purged by skeg",
  ignore: LACKING,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () => together((arena) => pingPong(arena, arena.helm, arena.skeg)),
});

Deno.test({
  name: "skeg and Tiller take turns with a release: installed by skeg, purged by Tiller",
  ignore: LACKING,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () => together((arena) => pingPong(arena, arena.skeg, arena.helm)),
});
