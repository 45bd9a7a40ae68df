import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  applyPlan,
  diffLive,
  history,
  install,
  planOperation,
  readPlan,
  savePlan,
  upgrade,
} from "../../engine/release/mod.ts";
import type { PredictMode, SavedPlan } from "../../engine/release/mod.ts";
import type { ApplyMode } from "../../engine/kube/mod.ts";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { type Stage, story } from "./_cluster.ts";

const WEB = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 0.1.0\n",
  "values.yaml": "tag: '1'\nextra: false\n",
  "templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 2
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: web, image: "nginx:{{ .Values.tag }}", resources: {limits: {cpu: 0.5}}}]
---
apiVersion: v1
kind: {{ if eq .Values.extra true }}ConfigMap{{ else }}Secret{{ end }}
metadata: {name: {{ .Release.Name }}-more}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
`,
});
const NEXT = "tag: '2'\nextra: true\n";

/** Makes a plan and saves it as a file does. */
async function planned({ another }: Stage, config = NEXT): Promise<SavedPlan> {
  const env = another();
  const plan = await planOperation(env, { operation: "upgrade", options: { name: "web", chart: WEB, config } });
  return await readPlan(JSON.stringify(await savePlan(env, plan)), "plan.json");
}

story("a saved plan comes true while controllers update statuses, and then there is nothing to do", async (stage) => {
  const { env, another, namespace, read } = stage;
  await install(env, { chart: WEB, name: "web", namespace, wait: true, timeoutSeconds: 60 });
  const plan = await planned(stage);
  deepEqual(plan.public.objects.map(({ id, action, predicted }) => `${action} ${id.kind} ${predicted}`).sort(), [
    "create ConfigMap server",
    "delete Secret server",
    "update Deployment server",
  ]);
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  await stage.send("PUT", `${path}/status`, await withStatus(stage, path));
  await applyPlan(another(), plan);
  const found = await read(path) as { spec: { template: { spec: { containers: { image: string }[] } } } } | undefined;
  equal(found?.spec.template.spec.containers[0]?.image, "nginx:2");
  ok(await read(`/api/v1/namespaces/${namespace}/configmaps/web-more`));
  equal(await read(`/api/v1/namespaces/${namespace}/secrets/web-more`), undefined);
  const again = await planned(stage);
  deepEqual(again.public.objects.filter(({ action }) => action !== "none"), []);
});

story(
  "a plan names the managers of fields that stay, and none for defaults and for the upgrade itself",
  async (stage) => {
    const { env, another, namespace, read, send } = stage;
    await install(env, { chart: WEB, name: "web", namespace });
    await upgrade(another(), { chart: WEB, name: "web", config: NEXT });
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    const held = async (): Promise<unknown[]> => {
      const { report } = await planOperation(another(), {
        operation: "upgrade",
        options: { name: "web", chart: WEB, config: NEXT },
      });
      return report.objects.flatMap(({ id, changes }) =>
        changes.map(({ path, cause, manager }) => [id.kind, path, ...cause, manager])
      );
    };
    deepEqual(await held(), []);
    deepEqual((await diffLive(another(), { name: "web" })).objects, []);
    // Without a version, as a controller may write the status in between.
    const anyVersion = { resourceVersion: undefined };
    const live = await read(path) as { spec: { minReadySeconds?: number }; metadata: object };
    const metadata = { ...live.metadata, ...anyVersion, labels: { team: "a" } };
    await send("PUT", `${path}?fieldManager=kubectl-edit`, {
      ...live,
      metadata,
      spec: { ...live.spec, minReadySeconds: 5 },
    });
    const scale = await read(`${path}/scale`) as { metadata: object };
    await send("PUT", `${path}/scale?fieldManager=kube-controller-manager`, {
      ...scale,
      metadata: { ...scale.metadata, ...anyVersion },
      spec: { replicas: 7 },
    });
    deepEqual((await held()).sort(), [
      ["Deployment", "/metadata/labels/team", "manager", "kubectl-edit"],
      ["Deployment", "/spec/minReadySeconds", "manager", "kubectl-edit"],
      ["Deployment", "/spec/replicas", "manager", "kube-controller-manager"],
    ]);
  },
);

/** A chart with a misspelled field, and one that asks for a default when `sticky` is true. */
const STICKY = chartFromFiles({
  "Chart.yaml": "name: sticky\nversion: 0.1.0\n",
  "values.yaml": "sticky: false\nmore: false\n",
  "templates/all.yaml": `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {app: web}
  sessionAffinitee: None
  sessionAffinity: {{ if eq .Values.sticky true }}ClientIP{{ else }}None{{ end }}
  ports:
  - port: 80
    apProtocol: http
    {{- if eq .Values.more true }}
    targetProt: 8080
    {{- end }}
`,
});

story(
  "a plan names fields that the server drops and defaults that it fills in, predicted there and here",
  async (stage) => {
    const { env, another, namespace } = stage;
    await install(env, { chart: STICKY, name: "sticky", namespace });
    const lines = async (config: string, predict: PredictMode, apply?: ApplyMode): Promise<unknown[]> => {
      const options = { name: "sticky", chart: STICKY, config, ...apply === undefined ? {} : { apply } };
      const { report } = await planOperation(another(), { operation: "upgrade", options }, { predict });
      return report.objects.flatMap(({ action, changes }) => changes.map(({ path, cause }) => [action, path, ...cause]))
        .sort();
    };
    const dropped = (action: string): unknown[] => [
      [action, "/spec/ports/[port=80]/apProtocol", "unknown"],
      [action, "/spec/sessionAffinitee", "unknown"],
    ];
    deepEqual(
      (await diffLive(another(), { name: "sticky" })).objects.flatMap(({ action, changes }) =>
        changes.map(({ path, cause }) => [action, path, ...cause])
      ).sort(),
      dropped("none"),
    );
    for (const predict of ["server", "local"] as const) {
      deepEqual(await lines("", predict), dropped("none"), predict);
      deepEqual(await lines("sticky: true", predict), [
        ...dropped("update"),
        ["update", "/spec/sessionAffinity", "values"],
        ["update", "/spec/sessionAffinityConfig", "default"],
      ], predict);
    }
    deepEqual(await lines("more: true", "server"), [
      ["none", "/spec/ports/[port=80]/apProtocol", "unknown"],
      ["none", "/spec/ports/[port=80]/targetProt", "values", "unknown"],
      ["none", "/spec/sessionAffinitee", "unknown"],
    ]);
    deepEqual(await lines("", "server", "three-way"), dropped("none"));
  },
);

/** Returns the object with another status: a controller may write one at any time. */
async function withStatus({ read }: Stage, path: string): Promise<unknown> {
  const object = await read(path) as Record<string, unknown>;
  return { ...object, status: { ...object.status as object, observedGeneration: 1 } };
}

story("of two that apply one plan at the same moment one wins, and an edit makes a plan unfit", async (stage) => {
  const { env, another, namespace, read, send } = stage;
  await install(env, { chart: WEB, name: "web", namespace });
  const plan = await planned(stage);
  const results = await Promise.allSettled([another(), another(), another()].map((one) => applyPlan(one, plan)));
  deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
  for (const result of results) {
    if (result.status === "rejected") equal(result.reason.exitCode, 3, result.reason.message);
  }
  deepEqual((await history(env, { name: "web" })).map((one) => one.info.status.code), ["DEPLOYED", "SUPERSEDED"]);
  const next = await planned(stage, "tag: '3'\nextra: true\n");
  const path = `/api/v1/namespaces/${namespace}/configmaps/web-more`;
  await send("PUT", path, { ...await read(path), data: { edited: "yes" } });
  const before = await read(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
  const error = await applyPlan(another(), next).then(() => undefined, (reason) => reason);
  equal(error?.exitCode, 3);
  match(error.details, /ConfigMap\/web-more {2}data\b.* since the plan was made/);
  const after = await read(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
  deepEqual([(after as { spec: unknown }).spec], [(before as { spec: unknown }).spec]);
  equal((await history(env, { name: "web" })).length, 2);
});
