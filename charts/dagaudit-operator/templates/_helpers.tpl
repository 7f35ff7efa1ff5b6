{{- define "operator.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ if not (contains "dagaudit-operator" .Release.Name) }}-operator{{ end }}
{{- end }}

{{- define "operator.selector" -}}
app.kubernetes.io/name: dagaudit-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "operator.labels" -}}
{{ include "operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: dagaudit
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "operator.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "operator.name" .) }}
{{- end }}

{{/* An image's full name: digest beats tag, the global registry beats the image's own. */}}
{{- define "operator.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Whether a monitor's kind is to be rendered here. */}}
{{- define "operator.renders" -}}
{{- $known := .root.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind) -}}
{{- if eq .mode "alwaysRender" }}true
{{- else if $known }}true
{{- else if eq .mode "failIfMissing" }}{{ fail (printf "%s is not known to this cluster; install the Prometheus operator or set renderMode: skipIfMissing" .kind) }}
{{- end }}
{{- end }}

{{- define "operator.rules" -}}
- apiGroups: [dagaudit.io]
  resources: [dagaudits]
  verbs: [list, watch]
- apiGroups: [dagaudit.io]
  resources: [dagauditruns]
  verbs: [get, list, watch, create, delete]
- apiGroups: [dagaudit.io]
  resources: [dagaudits/status, dagauditruns/status]
  verbs: [patch]
- apiGroups: [batch]
  resources: [cronjobs]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}
