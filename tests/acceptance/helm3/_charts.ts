/**
 * Charts of Helm 2 for checks of migrations: files by path.
 *
 * @module
 */

/** Files of a chart by path. */
export type ChartFiles = Readonly<Record<string, string>>;

const workload = (name: string): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {heritage: {{ .Release.Service }}, release: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: main, image: "example.invalid/main:{{ .Values.tag }}"}]
`;

const config = (name: string, text: string): string =>
  `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data: {text: ${text}}
`;

/** A chart with an autoscaler, notes and a value of every type; `version` 2 has autoscaling/v2 in place of v1. */
export function plainChart(version: 1 | 2): ChartFiles {
  const metric = version === 1
    ? "  targetCPUUtilizationPercentage: 80\n"
    : "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]\n";
  return {
    "Chart.yaml": `apiVersion: v1\nname: plain\nversion: ${version}.0.0\nappVersion: "7"\n`,
    "values.yaml": "replicas: 1\ntag: a\ntext: first\n",
    "templates/workload.yaml": workload("{{ .Release.Name }}"),
    "templates/config.yaml": config("{{ .Release.Name }}", '{{ printf "%s %s" .Values.text .Chart.Version | quote }}'),
    "templates/autoscaler.yaml": `apiVersion: autoscaling/v${version}
kind: HorizontalPodAutoscaler
metadata: {name: {{ .Release.Name }}}
spec:
  minReplicas: 1
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .Release.Name }}}
${metric}`,
    "templates/NOTES.txt": "{{ .Release.Name }} says {{ .Values.text }}.\n",
    "values.schema.json": '{"type": "object", "properties": {"replicas": {"type": "integer"}}}\n',
  };
}

/** A chart with two subcharts: one under another name, one that a condition switches off. */
export function umbrellaChart(version: 1 | 2): ChartFiles {
  const subchart = (name: string): ChartFiles => ({
    [`charts/${name}/Chart.yaml`]: `apiVersion: v1\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/values.yaml`]: "text: own\n",
    [`charts/${name}/templates/config.yaml`]: config(
      `{{ .Release.Name }}-{{ .Chart.Name }}`,
      "{{ .Values.text | quote }}",
    ),
  });
  return {
    "Chart.yaml": `apiVersion: v1\nname: umbrella\nversion: ${version}.0.0\n`,
    "values.yaml": "store: {text: from-parent}\ncache: {enabled: false}\n",
    "requirements.yaml": `dependencies:
- {name: db, version: 1.0.0, repository: "file://charts/db", alias: store}
- {name: cache, version: 1.0.0, repository: "file://charts/cache", condition: cache.enabled, tags: [back]}
`,
    "requirements.lock": `dependencies:
- {name: db, version: 1.0.0, repository: "file://charts/db"}
- {name: cache, version: 1.0.0, repository: "file://charts/cache"}
digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
generated: 2019-12-01T10:11:12Z
`,
    ...subchart("db"),
    ...subchart("cache"),
    "templates/config.yaml": config("{{ .Release.Name }}", `"version ${version}"`),
  };
}

/** A chart with hooks of several weights and policies, and tests: one passes, one must fail in Helm 2. */
export function hookedChart(version: 1 | 2): ChartFiles {
  const job = (name: string, event: string, weight: number, policy: string): string =>
    `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${name}
  annotations:
    helm.sh/hook: ${event}
    helm.sh/hook-weight: "${weight}"
${policy === "" ? "" : `    helm.sh/hook-delete-policy: ${policy}\n`}spec:
  backoffLimit: 0
  template:
    spec: {restartPolicy: Never, containers: [{name: main, image: example.invalid/job}]}
`;
  const pod = (name: string, event: string, fails: boolean): string =>
    `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-${name}
  annotations: {helm.sh/hook: ${event}${fails ? ', lab/fail: "true"' : ""}}
spec: {restartPolicy: Never, containers: [{name: main, image: example.invalid/test}]}
`;
  return {
    "Chart.yaml": `apiVersion: v1\nname: hooked\nversion: ${version}.0.0\n`,
    "values.yaml": "text: first\n",
    "templates/config.yaml": config("{{ .Release.Name }}", `"{{ .Values.text }} ${version}"`),
    "templates/first.yaml": job("first", "pre-install,pre-upgrade", -5, "before-hook-creation"),
    "templates/second.yaml": job("second", "pre-upgrade", 5, "hook-succeeded"),
    "templates/third.yaml": job("third", "post-upgrade,post-rollback", 0, "before-hook-creation,hook-failed"),
    "templates/last.yaml": job("last", "pre-delete", 0, "hook-succeeded"),
    "templates/good.yaml": pod("good", "test-success", false),
    "templates/sad.yaml": pod("sad", "test-failure", true),
  };
}

/** A chart whose file fills most of a record. Random text does not compress. */
export function largeChart(bytes: number): ChartFiles {
  const letters = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65536) crypto.getRandomValues(letters.subarray(at, at + 65536));
  const text = Array.from(
    letters,
    (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[byte & 63],
  );
  return {
    "Chart.yaml": "apiVersion: v1\nname: large\nversion: 1.0.0\n",
    "values.yaml": "text: first\n",
    "files/noise.txt": text.join(""),
    "templates/config.yaml": config("{{ .Release.Name }}", "{{ .Values.text | quote }}"),
  };
}
