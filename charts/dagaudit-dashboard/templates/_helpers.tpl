{{- define "dashboard.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ if not (contains "dagaudit-dashboard" .Release.Name) }}-dashboard{{ end }}
{{- end }}

{{- define "dashboard.selector" -}}
app.kubernetes.io/name: dagaudit-dashboard
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "dashboard.labels" -}}
{{ include "dashboard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: dagaudit
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "dashboard.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "dashboard.name" .) }}
{{- end }}

{{/* An image's full name: digest beats tag, the global registry beats the image's own. */}}
{{- define "dashboard.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* What must not be installed: a page open to the world that asks nobody who they are. */}}
{{- define "dashboard.checks" -}}
{{- if not .Values.reports }}{{ fail "reports is not set: name the reports root, as s3://bucket/prefix/namespace/audit" }}{{ end }}
{{- with .Values.ingress }}
{{- if and .enabled (eq .className "alb") }}
{{- if not .alb.certificateArn }}{{ fail "ingress.alb.certificateArn is not set: the load balancer serves HTTPS only" }}{{ end }}
{{- if and (eq .alb.scheme "internet-facing") (eq .alb.auth "none") (not $.Values.oidcSecret) }}
{{- if or (not .alb.inboundCidrs) (has "0.0.0.0/0" .alb.inboundCidrs) (has "::/0" .alb.inboundCidrs) }}
{{ fail "an internet-facing dashboard needs ingress.alb.auth, oidcSecret or ingress.alb.inboundCidrs that is not the whole internet" }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "dashboard.health" -}}
{{ trimSuffix "/" (.Values.ingress.path | default "/") }}/_stcore/health
{{- end }}
