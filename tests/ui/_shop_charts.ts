/** Charts of the small fleet that the pages are tested with. */
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";

/** Text that only Secrets hold: it must never reach the browser unmasked. */
export const CANARY = "canary-7f3a91c2d4";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {app: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app: {{ .Release.Name }}
      {{- with .Values.tier }}
      tier: {{ . }}
      {{- end }}
  template:
    metadata:
      labels:
        app: {{ .Release.Name }}
        {{- with .Values.tier }}
        tier: {{ . }}
        {{- end }}
      annotations:
        skeg.dev/log: {{ .Values.log | quote }}
        {{- if .Values.fault }}
        skeg.dev/fail: {{ .Values.fault }}
        {{- end }}
    spec:
      containers:
      - name: main
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        env:
        - name: GREETING
          value: {{ .Values.greeting | quote }}
        - name: PASSWORD
          valueFrom: {secretKeyRef: {name: {{ .Release.Name }}, key: password}}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {app: {{ .Release.Name }}}
  ports:
  - {name: http, port: {{ .Values.service.port }}}
`;

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data:
  greeting: {{ .Values.greeting | quote }}
  replicas: {{ .Values.replicas | quote }}
`;

const SECRET = `apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
data:
  password: {{ .Values.password | b64enc }}
`;

const HOOK = `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations: { {{- if .Values.failMigration }}skeg.dev/fail: "true"{{ end -}} }
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]
`;

const NOTES = `{{ .Chart.Name }} {{ .Chart.Version }} runs as {{ .Release.Name }}.
Open http://{{ .Release.Name }}.{{ .Release.Namespace }}:{{ .Values.service.port }}/
`;

const VALUES = `# Number of pods.
replicas: 1
image:
  repository: example.invalid/site
  tag: "1.0"
greeting: hello
service:
  port: 80
password: ${CANARY}
log: |
  listening on 8080
# Not read by any template.
unused:
  colour: blue
fault: ""
# A change of it changes a selector, which is immutable.
tier: ""
failMigration: false
`;

/** Returns a chart with a Deployment, a Service, a ConfigMap, a Secret, a hook and notes. */
export function shopChart(name: string, version: string, appVersion = "1.0"): Chart {
  return chartFromFiles({
    "Chart.yaml":
      `name: ${name}\nversion: ${version}\nappVersion: "${appVersion}"\ndescription: A ${name} for tests.\n`,
    "values.yaml": VALUES,
    "README.md": `# ${name}\n\nA chart for tests.\n`,
    "templates/config.yaml": CONFIG,
    "templates/deployment.yaml": DEPLOYMENT,
    "templates/hook.yaml": HOOK,
    "templates/secret.yaml": SECRET,
    "templates/service.yaml": SERVICE,
    "templates/NOTES.txt": NOTES,
  });
}

/** Files of {@linkcode shopChart} on disk, for commands that take a path. */
export function writeShopChart(folder: string, name: string, version: string): void {
  const chart = shopChart(name, version);
  const { metadata, templates, files, values } = chart;
  Deno.mkdirSync(`${folder}/templates`, { recursive: true });
  const appVersion = metadata.appVersion ?? "";
  Deno.writeTextFileSync(`${folder}/Chart.yaml`, `name: ${name}\nversion: ${version}\nappVersion: "${appVersion}"\n`);
  Deno.writeTextFileSync(`${folder}/values.yaml`, (values?.raw ?? "").replace(CANARY, "changeme"));
  for (const { path, data } of [...templates, ...files]) Deno.writeFileSync(`${folder}/${path}`, data);
}
