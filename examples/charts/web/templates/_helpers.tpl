{{/* The chart's name, or what nameOverride says. */}}
{{- define "web.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
The name of the release's objects. A label cannot be longer than 63 characters,
and a release that is called after the chart does not say it twice.
*/}}
{{- define "web.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "web.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "web.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels by which a Service and a Deployment find their pods. They must never change. */}}
{{- define "web.selector" -}}
app.kubernetes.io/name: {{ include "web.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "web.labels" -}}
{{ include "web.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "web.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "web.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* An image with the registry before it. Takes a list: the context, and a map with repository and tag. */}}
{{- define "web.image" -}}
{{- $context := index . 0 -}}
{{- $image := index . 1 -}}
{{- with $context.Values.global.imageRegistry }}{{ . }}/{{ end -}}
{{- $image.repository }}:{{ $image.tag -}}
{{- end -}}

{{/* Where the database is: ours or another. */}}
{{- define "web.databaseHost" -}}
{{- if .Values.database.enabled -}}
{{- printf "%s-database" .Release.Name -}}
{{- else -}}
{{- required "externalDatabase.host is needed when database.enabled is false" .Values.externalDatabase.host -}}
{{- end -}}
{{- end -}}

{{/* Variables that lead to the database; psql and most libraries know them. */}}
{{- define "web.databaseEnv" -}}
{{- $database := ternary .Values.database .Values.externalDatabase .Values.database.enabled -}}
- name: PGHOST
  value: {{ include "web.databaseHost" . | quote }}
- name: PGPORT
  value: {{ .Values.connection.port | int | quote }}
- name: PGDATABASE
  value: {{ $database.name | quote }}
- name: PGUSER
  value: {{ $database.user | quote }}
- name: PGPASSWORD
  valueFrom:
    secretKeyRef:
{{- if .Values.database.enabled }}
      name: {{ include "web.databaseHost" . }}
{{- else }}
      name: {{ required "externalDatabase.existingSecret is needed when database.enabled is false" .Values.externalDatabase.existingSecret }}
{{- end }}
      key: password
{{- end -}}
