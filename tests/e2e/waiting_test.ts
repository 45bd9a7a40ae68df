import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import type { SkegError } from "../../errors.ts";
import { install, runTests, waitForRelease } from "../../engine/release/mod.ts";
import { HOOKED, TESTED, WORKLOAD } from "./_charts.ts";
import { type Stage, story } from "./_cluster.ts";

/** A Deployment whose pods fail as "fail" says, a Job, and a claim. */
const FAILING = chartFromFiles({
  "Chart.yaml": "name: failing\nversion: 0.1.0\n",
  "values.yaml": 'fail: ""\nclaim: false\njob: ""\nreplicas: 2\n',
  "templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}, annotations: {skeg.dev/fail: {{ .Values.fail | quote }}}}
    spec: {containers: [{name: main, image: "example.invalid/main", resources: {requests: {cpu: 500m}}}]}
{{- if .Values.claim }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
{{- end }}
{{- if .Values.job }}
---
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}}
spec:
  backoffLimit: 0
  template:
    metadata: {annotations: { {{- if eq .Values.job "fail" }}lab/fail: "true"{{ end -}} }}
    spec: {restartPolicy: Never, containers: [{name: job, image: example.invalid/job}]}
{{- end }}
`,
});

async function failureOf(work: Promise<unknown>): Promise<SkegError> {
  let found: unknown;
  await rejects(work, (error) => {
    found = error;
    return true;
  });
  return found as SkegError;
}

const failing = ({ namespace }: Stage, config: string) => ({
  chart: FAILING,
  name: "web",
  namespace,
  config,
  wait: true,
  timeoutSeconds: 5,
});

story("a wait for pods that crash names a pod and its exit code", async (stage) => {
  const { message, details } = await failureOf(install(stage.env, failing(stage, "fail: crash\n")));
  equal(message, "release web failed: timed out waiting for the condition");
  match(details ?? "", /^ {2}Deployment\/web {3}0 of at least 2 pods of its new replica set are ready$/m);
  match(details ?? "", /^ {4}pod web-\S+ {3}CrashLoopBackOff, 4 restarts, exit code 1$/m);
});

story("failing fast ends the wait for an image that is not there", async (stage) => {
  const env = stage.another({ waiting: { failFastSeconds: 3 } });
  const start = Date.now();
  const { kind, message, details } = await failureOf(
    install(env, { ...failing(stage, "fail: image\n"), timeoutSeconds: 120 }),
  );
  equal(kind, "unready");
  equal(message, "release web failed: Deployment/web cannot become ready: image not found");
  match(details ?? "", /^ {4}pod web-\S+ {3}ImagePullBackOff: Back-off pulling image/m);
  ok(Date.now() - start < 60_000);
});

story("a wait for a claim that is not bound names it", async (stage) => {
  const { details } = await failureOf(install(stage.env, failing(stage, "claim: true\n")));
  match(details ?? "", /^ {2}PersistentVolumeClaim\/web {3}the claim is not bound \(Pending\)$/m);
  match(details ?? "", /^ {2}ready: Deployment\/web$/m);
});

story("a hook that fails names its pod and exit code below Helm's words", async ({ env, namespace }) => {
  const { message, details } = await failureOf(
    install(env, { chart: HOOKED, name: "web", namespace, timeoutSeconds: 30, config: "fail: true\n" }),
  );
  equal(message, "Job failed: BackoffLimitExceeded");
  match(details ?? "", /^ {2}hook pre-install Job\/web-job, weight 0, from hooked\/templates\/job.yaml$/m);
  match(details ?? "", /^ {4}pod web-job-\S+ {3}Error, exit code 1$/m);
});

story("a test that fails says why", async ({ env, namespace, events }) => {
  await install(env, { chart: TESTED, name: "web", namespace });
  await runTests(env, { name: "web", timeoutSeconds: 30 });
  const reasons = events.flatMap((event) => event.type === "reason" ? [event.text] : []);
  equal(reasons.length, 1);
  match(reasons[0] ?? "", /Pod\/web-bad/);
});

story("Jobs and all other objects are waited for on request", async (stage) => {
  const { env, another, namespace } = stage;
  const jobs = another({ waiting: { waitJobs: true } });
  await install(jobs, { ...failing(stage, "job: done\n"), timeoutSeconds: 60 });
  const failFast = another({ waiting: { waitJobs: true, failFastSeconds: 30 } });
  const { message } = await failureOf(
    install(failFast, { ...failing(stage, "job: fail\n"), name: "broken", timeoutSeconds: 120 }),
  );
  match(message, /^release broken failed: Job\/broken cannot become ready: BackoffLimitExceeded/);
  await install(env, { chart: WORKLOAD, name: "all", namespace, waitStrict: "all", timeoutSeconds: 60 });
  const { revision } = await waitForRelease(another({ waiting: { waitStrict: "all" } }), {
    name: "all",
    timeoutSeconds: 60,
  });
  equal(revision, 1);
  const ignoring = another({ waiting: { waitIgnore: ["Deployment"] } });
  await install(ignoring, { ...failing(stage, "fail: crash\n"), name: "other" });
});

story("a wait for a rollout of fifty Deployments sends a handful of requests", async (stage) => {
  const { env, another, namespace } = stage;
  const chart = chartFromFiles({
    "Chart.yaml": "name: many\nversion: 0.1.0\n",
    "values.yaml": "image: one\n",
    "templates/all.yaml": `{{- range until 50 }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: many-{{ . }}}
spec:
  replicas: 1
  selector: {matchLabels: {app: many-{{ . }}}}
  template:
    metadata: {labels: {app: many-{{ . }}}}
    spec: {containers: [{name: main, image: "example.invalid/{{ $.Values.image }}"}]}
{{- end }}
`,
  });
  await install(env, { chart, name: "many", namespace });
  const paths: string[] = [];
  const counting = another();
  const { transport } = counting.kube.cluster;
  Object.assign(counting.kube.cluster, {
    transport: (request: Parameters<typeof transport>[0]) => {
      paths.push(request.path);
      return transport(request);
    },
  });
  try {
    await waitForRelease(another({ waiting: { waitStrict: true } }), { name: "many", timeoutSeconds: 120 });
  } finally {
    Object.assign(counting.kube.cluster, { transport });
  }
  const waits = paths.filter((path) => !path.includes("/configmaps") && /\/namespaces\//.test(path));
  deepEqual(waits.length <= 16, true, waits.join("\n"));
});

story("a quota that refuses pods is named", async (stage) => {
  const { env, namespace, send } = stage;
  // Only a real API server counts quotas.
  if (Deno.env.get("SKEG_E2E_KUBECONFIG") === undefined) return;
  await send("POST", `/api/v1/namespaces/${namespace}/resourcequotas`, {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "team" },
    spec: { hard: { "requests.cpu": "600m" } },
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { details } = await failureOf(
    install(env, { ...failing(stage, "replicas: 4\n"), timeoutSeconds: 15 }),
  );
  match(details ?? "", /Deployment\/web {3}no pods: exceeded quota team \(requests\.cpu 500m of 600m, 500m asked\)/);
});
