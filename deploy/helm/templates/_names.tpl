{{/* Names and labels. A pod's name is the gate's instance, at most 60 of A-Z a-z 0-9 _ -. */}}

{{- define "sluice.name" -}}
{{- .Values.nameOverride | default .Chart.Name | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "sluice.fullname" -}}
{{- $name := include "sluice.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $both | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* (dict "root" $ "part" "gate"): the selector must never change, so it holds nothing that does. */}}
{{- define "sluice.selector" -}}
app.kubernetes.io/name: {{ include "sluice.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .part }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/part-of: sluice
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Every object begins with it; always with a namespace. */}}
{{- define "sluice.metadata" -}}
name: {{ .name | default (printf "%s-%s" (include "sluice.fullname" .root) .part) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "sluice.labels" . | nindent 2 }}
{{- end -}}

{{/* (dict "root" $ "name" "core") */}}
{{- define "sluice.image" -}}
{{- $image := index .root.Values.image .name -}}
{{- $at := printf ":%s" ($image.tag | default .root.Chart.AppVersion) -}}
{{- if $image.digest }}{{ $at = printf "@%s" $image.digest }}{{ end -}}
{{- printf "%s/%s%s" (.root.Values.image.registry | trimSuffix "/") $image.repository $at -}}
{{- end -}}

{{- define "sluice.judgeImage" -}}
{{- get (dict "vllm-gpu" "judgeGpu" "vllm-cpu" "judgeCpu" "openai" "core" "exemplar" "judgeExemplar") .Values.judge.engine -}}
{{- end -}}

{{/* The processes of this release, as a list in JSON. */}}
{{- define "sluice.parts" -}}
{{- $parts := list "gate" "triage" "judge" -}}
{{- if .Values.ledger.enabled }}{{ $parts = append $parts "ledger" }}{{ end -}}
{{- if .Values.shadow.enabled }}{{ $parts = append $parts "shadow" }}{{ end -}}
{{- toJson $parts -}}
{{- end -}}

{{/* Those, and what runs to its end: the topics job and the canaries, where they are on. */}}
{{- define "sluice.allParts" -}}
{{- $parts := include "sluice.parts" . | fromJsonArray -}}
{{- if .Values.topics.create }}{{ $parts = append $parts "topics" }}{{ end -}}
{{- if .Values.canaries.enabled }}{{ $parts = append $parts "canaries" }}{{ end -}}
{{- toJson $parts -}}
{{- end -}}

{{/* Seconds after SIGTERM that a process takes at most, by (dict "root" $ "part" "judge"). */}}
{{- define "sluice.drain" -}}
{{- $v := .root.Values -}}
{{- $drain := dict "gate" 10 "triage" $v.settings.triage.drain_s "judge" $v.settings.judge.drain_s "ledger" 10 -}}
{{- $_ := set $drain "shadow" $v.settings.judge.drain_s -}}
{{- get $drain .part | ceil | int -}}
{{- end -}}

{{- define "sluice.leastGrace" -}}
{{- add (index .root.Values .part).preStopSeconds (include "sluice.drain" .) 10 -}}
{{- end -}}

{{- define "sluice.grace" -}}
{{- (index .root.Values .part).terminationGracePeriodSeconds | default (include "sluice.leastGrace" .) -}}
{{- end -}}
