{{- define "ollama.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ if not (contains "dagaudit-ollama" .Release.Name) }}-ollama{{ end }}
{{- end }}

{{- define "ollama.selector" -}}
app.kubernetes.io/name: dagaudit-ollama
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ollama.labels" -}}
{{ include "ollama.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: dagaudit
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "ollama.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "ollama.name" .) }}
{{- end }}

{{/* An image's full name: digest beats tag, the global registry beats the image's own. */}}
{{- define "ollama.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "ollama.claim" -}}
{{ .Values.persistence.existingClaim | default (include "ollama.name" .) }}
{{- end }}

{{/* Reports no home, keeps no requests, asks nobody outside: what leaves this pod is an answer. */}}
{{- define "ollama.env" -}}
- {name: HOME, value: /tmp}
- {name: OLLAMA_MODELS, value: /models}
- {name: OLLAMA_NO_CLOUD, value: "1"}
{{- end }}

{{- define "ollama.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 4Gi}
- name: models
  {{- if .Values.persistence.enabled }}
  persistentVolumeClaim: {claimName: {{ include "ollama.claim" . }}}
  {{- else }}
  emptyDir: {sizeLimit: {{ .Values.persistence.size }}}
  {{- end }}
{{- end }}

{{- define "ollama.place" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
