{{/* The name of all objects. */}}
{{- define "kubemate.name" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "kubemate.serviceAccount" -}}
{{- default (include "kubemate.name" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "kubemate.selector" -}}
app.kubernetes.io/name: kubemate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "kubemate.labels" -}}
{{ include "kubemate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "kubemate.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* The rules of the operator's ClusterRole: always those of files/rules/base.yaml, the others by configuration. */}}
{{- define "kubemate.rules" -}}
{{- $parts := list "base" -}}
{{- with .Values.config -}}
{{- if ne .mesh.driver "None" -}}
{{- $parts = append $parts "mesh" -}}
{{- if eq .mesh.linkerd.routeGroup "gateway.networking.k8s.io" -}}
{{- $parts = append $parts "gateway-routes" -}}
{{- end -}}
{{- end -}}
{{- if ne .edge.driver "None" -}}
{{- $parts = append $parts "edge" -}}
{{- end -}}
{{- if .actions.fourEyes.enabled -}}
{{- $parts = append $parts "four-eyes" -}}
{{- end -}}
{{- if .injection.enabled -}}
{{- $parts = append $parts "injection" -}}
{{- end -}}
{{- if .injection.restarts -}}
{{- $parts = append $parts "restarts" -}}
{{- end -}}
{{- end -}}
{{- $rules := list -}}
{{- range $parts -}}
{{- $rules = concat $rules ($.Files.Get (printf "files/rules/%s.yaml" .) | fromYamlArray) -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end -}}

{{/* The operator's configuration file. */}}
{{- define "kubemate.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := set $config "apiVersion" "config.kubemate.io/v1alpha1" -}}
{{- $_ := set $config "kind" "OperatorConfig" -}}
{{- $_ := set $config "metrics" (dict "bindAddress" ":8080") -}}
{{- $_ := set $config "health" (dict "bindAddress" ":8081") -}}
{{- toYaml $config -}}
{{- end -}}
