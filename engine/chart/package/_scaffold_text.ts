/**
 * The files of a new chart, as text; `<CHARTNAME>` is replaced by the chart's name.
 *
 * The files, the values that they read and the partials that they define are
 * those of Helm 2.17.0; the texts are skeg's.
 *
 * @module
 */

/** The placeholder for the chart's name. */
export const NAME_MARK = "<CHARTNAME>";

const IGNORE = `# What stays out of the packaged chart: one pattern a line, as the shell writes
# them. A pattern that ends in a slash means folders only.
# Desktops
.DS_Store
# Version control
.git/
.gitignore
.bzr/
.bzrignore
.hg/
.hgignore
.svn/
# Left over by editors
*.swp
*.bak
*.tmp
*~
# Development environments
.project
.idea/
*.tmproj
.vscode/
`;

const VALUES = `# What <CHARTNAME> is installed with when nobody says otherwise.
# Users change it with "--values FILE" and "--set key=value".

# Pods to run at a time.
replicaCount: 1

image:
  repository: nginx
  tag: stable
  pullPolicy: IfNotPresent

# Secrets for a private registry, such as [{name: registry-login}].
imagePullSecrets: []

# Stands in for the chart's name in the names of objects.
nameOverride: ""
# Stands in for the whole name, release included.
fullnameOverride: ""

serviceAccount:
  # Make an account for the pods; otherwise they use one that is there.
  create: true
  # Its name; empty: the full name of the release, or "default" when none is made.
  name: ""

# For all containers of a pod, such as {fsGroup: 2000}.
podSecurityContext: {}

# For the container, such as {runAsNonRoot: true, readOnlyRootFilesystem: true}.
securityContext: {}

service:
  # ClusterIP, NodePort or LoadBalancer.
  type: ClusterIP
  port: 80

ingress:
  enabled: false
  # Such as {kubernetes.io/ingress.class: nginx}.
  annotations: {}
  hosts:
    - host: chart-example.local
      # Such as ["/"]; a host without paths gets no traffic.
      paths: []
  # Such as [{secretName: web-tls, hosts: [chart-example.local]}].
  tls: []

# How much the container asks for and may use. Nothing is set, so that the chart
# also runs on a small cluster; in production, write for example
#   requests: {cpu: 100m, memory: 128Mi}
#   limits: {memory: 256Mi}
resources: {}

# Where pods may run.
nodeSelector: {}
tolerations: []
affinity: {}
`;

const HELPERS = `{{/*
Names and labels that several templates share.
Names are cut at 63 characters, which is all that a label or a Service may have.
*/}}

{{/* The name of the application: the chart's, or what the user put in its place. */}}
{{- define "<CHARTNAME>.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the release's objects. A release that is called after the chart is not called so twice. */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := printf "%s-%s" .Release.Name $name -}}
{{- if contains $name .Release.Name -}}
{{- $full = .Release.Name -}}
{{- end -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Chart and version as one label; "+" may not stand in labels. */}}
{{- define "<CHARTNAME>.chart" -}}
{{- printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "<CHARTNAME>.labels" -}}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ . | quote }}
{{- end }}
helm.sh/chart: {{ include "<CHARTNAME>.chart" . }}
{{- end -}}

{{/* The account that pods run as. */}}
{{- define "<CHARTNAME>.serviceAccountName" -}}
{{- $own := include "<CHARTNAME>.fullname" . -}}
{{- .Values.serviceAccount.name | default (ternary $own "default" .Values.serviceAccount.create) -}}
{{- end -}}
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicaCount }}
  # These two never change during a release's life: a Deployment refuses another selector.
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
      app.kubernetes.io/instance: {{ .Release.Name }}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
        app.kubernetes.io/instance: {{ .Release.Name }}
    spec:
      serviceAccountName: {{ include "<CHARTNAME>.serviceAccountName" . }}
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ printf "%s:%v" .Values.image.repository .Values.image.tag | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          {{- with .Values.securityContext }}
          securityContext: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - name: http
              protocol: TCP
              containerPort: 80
          readinessProbe:
            httpGet:
              port: http
              path: /
          livenessProbe:
            httpGet:
              port: http
              path: /
          {{- with .Values.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
      {{- with .Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  selector:
    app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
    app.kubernetes.io/instance: {{ .Release.Name }}
  ports:
    - name: http
      protocol: TCP
      port: {{ .Values.service.port }}
      targetPort: http
`;

const SERVICE_ACCOUNT = `{{- if .Values.serviceAccount.create -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "<CHARTNAME>.serviceAccountName" . }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
{{- end -}}
`;

const INGRESS = `{{- if .Values.ingress.enabled -}}
{{- $service := include "<CHARTNAME>.fullname" . -}}
{{- $port := .Values.service.port -}}
{{- $version := .Capabilities.KubeVersion.GitVersion -}}
{{- $isV1 := semverCompare ">=1.19-0" $version -}}
{{- if $isV1 -}}
apiVersion: networking.k8s.io/v1
{{- else if semverCompare ">=1.14-0" $version -}}
apiVersion: networking.k8s.io/v1beta1
{{- else -}}
apiVersion: extensions/v1beta1
{{- end }}
kind: Ingress
metadata:
  name: {{ $service }}
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.tls }}
  tls:
    {{- range . }}
    - secretName: {{ .secretName }}
      hosts: {{- toYaml .hosts | nindent 8 }}
    {{- end }}
  {{- end }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      {{- if .paths }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ . | quote }}
            {{- if $isV1 }}
            pathType: ImplementationSpecific
            backend:
              service:
                name: {{ $service }}
                port:
                  number: {{ $port }}
            {{- else }}
            backend:
              serviceName: {{ $service }}
              servicePort: {{ $port }}
            {{- end }}
          {{- end }}
      {{- end }}
    {{- end }}
{{- end }}
`;

const NOTES = `{{- $name := include "<CHARTNAME>.fullname" . -}}
{{- $space := .Release.Namespace -}}
{{ .Chart.Name }} is installed as {{ .Release.Name }}. This is how to reach it:
{{ if .Values.ingress.enabled }}
{{- range $rule := .Values.ingress.hosts }}
{{- range .paths }}
  {{ ternary "https" "http" (gt (len $.Values.ingress.tls) 0) }}://{{ $rule.host }}{{ . }}
{{- end }}
{{- end }}
{{- else if eq .Values.service.type "NodePort" }}
  PORT=$(kubectl --namespace {{ $space }} get service {{ $name }} --output jsonpath='{.spec.ports[0].nodePort}')
  NODE=$(kubectl get nodes --output jsonpath='{.items[0].status.addresses[0].address}')
  echo "http://$NODE:$PORT"
{{- else if eq .Values.service.type "LoadBalancer" }}
  The address can take some minutes to appear; to watch for it:
  kubectl --namespace {{ $space }} get service {{ $name }} --watch

  ADDRESS=$(kubectl --namespace {{ $space }} get service {{ $name }} --output jsonpath='{.status.loadBalancer.ingress[0].ip}')
  echo "http://$ADDRESS:{{ .Values.service.port }}"
{{- else }}
  kubectl --namespace {{ $space }} port-forward service/{{ $name }} 8080:{{ .Values.service.port }}

  and then open http://127.0.0.1:8080 in a browser.
{{- end }}
`;

const TEST_CONNECTION = `apiVersion: v1
kind: Pod
metadata:
  name: "{{ include "<CHARTNAME>.fullname" . }}-test-connection"
  labels: {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  annotations:
    # Run by the command "test": it passes when the Service answers.
    helm.sh/hook: test-success
spec:
  restartPolicy: Never
  containers:
    - name: wget
      image: busybox
      command: ["wget"]
      args: ["-O-", "{{ include "<CHARTNAME>.fullname" . }}:{{ .Values.service.port }}"]
`;

/** Folders of a new chart. */
export const SCAFFOLD_FOLDERS: readonly string[] = ["templates", "templates/tests", "charts"];

/** Path below the chart → text. */
export const SCAFFOLD_FILES: Readonly<Record<string, string>> = {
  "values.yaml": VALUES,
  ".helmignore": IGNORE,
  "templates/ingress.yaml": INGRESS,
  "templates/deployment.yaml": DEPLOYMENT,
  "templates/service.yaml": SERVICE,
  "templates/serviceaccount.yaml": SERVICE_ACCOUNT,
  "templates/NOTES.txt": NOTES,
  "templates/_helpers.tpl": HELPERS,
  "templates/tests/test-connection.yaml": TEST_CONNECTION,
};
