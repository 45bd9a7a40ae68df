/** Charts of the stories. */
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";

function chart(name: string, version: string, templates: Record<string, string>, values = ""): Chart {
  const files = Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}`, text]));
  return chartFromFiles({ "Chart.yaml": `name: ${name}\nversion: ${version}\n`, "values.yaml": values, ...files });
}

/** Settings, a Service and notes. */
export const BASIC = chart("basic", "0.1.0", {
  "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
data:
  colour: {{ .Values.colour | quote }}
`,
  "service.yaml": `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  clusterIP: None
  ports:
  - {name: http, port: {{ .Values.port }}}
  selector: {app: {{ .Release.Name }}}
`,
  "NOTES.txt": "The colour of {{ .Release.Name }} is {{ .Values.colour }}.\n",
}, "colour: blue\nport: 80\n");

/** The next version of BASIC: without the Service, with another ConfigMap. */
export const BASIC_2 = chart("basic", "0.2.0", {
  "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
data:
  colour: {{ .Values.colour | quote }}
  size: "3"
`,
  "added.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-added
data:
  revision: {{ .Release.Revision | quote }}
`,
}, "colour: green\n");

/**
 * A ConfigMap, and a Job hook for the events in "events" that fails when "fail"
 * is set. No container runs here; an annotation decides how a pod ends.
 */
export const HOOKED = chart("hooked", "0.1.0", {
  "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-plain}
data: {text: {{ .Values.text }}}
`,
  "job.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-job
  annotations:
    helm.sh/hook: {{ .Values.events | quote }}
    helm.sh/hook-delete-policy: {{ .Values.policy }}
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations: { {{- if .Values.fail }}lab/fail: "true"{{ end -}} }
    spec:
      restartPolicy: Never
      containers: [{name: job, image: example.invalid/job}]
`,
}, "events: pre-install\ntext: first\nfail: false\npolicy: before-hook-creation\n");

/** A Deployment that becomes ready, or never does when "stuck" is set. */
export const WORKLOAD = chart("workload", "0.1.0", {
  "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-note}
data: {note: {{ .Values.note | quote }}}
`,
  "deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 2
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      {{- if .Values.stuck }}
      nodeSelector: {no: where}
      {{- end }}
      containers: [{name: main, image: "example.invalid/main:{{ .Values.note }}"}]
`,
}, "note: first\nstuck: false\n");

/** A CustomResourceDefinition as a hook, and an object of its kind. */
export const CUSTOM = chart("custom", "0.1.0", {
  "crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {{ .Values.plural }}.skeg.example
  annotations: {helm.sh/hook: crd-install}
spec:
  group: skeg.example
  scope: Namespaced
  names: {plural: {{ .Values.plural }}, singular: {{ .Values.plural }}y, kind: {{ .Values.kind }}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`,
  "object.yaml": `apiVersion: skeg.example/v1
kind: {{ .Values.kind }}
metadata: {name: {{ .Release.Name }}}
spec: {size: 3}
`,
});

/** Test pods: one that succeeds, one that fails, one that is meant to fail. */
export const TESTED = chart("tested", "0.1.0", {
  "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-c}\n",
  "tests.yaml": `{{- range $name, $event := dict "good" "test-success" "bad" "test-success" "sad" "test-failure" }}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ $.Release.Name }}-{{ $name }}
  annotations:
    helm.sh/hook: {{ $event }}
    {{- if ne $name "good" }}
    lab/fail: "true"
    {{- end }}
spec:
  restartPolicy: Never
  containers: [{name: main, image: example.invalid/test}]
{{- end }}
`,
});
