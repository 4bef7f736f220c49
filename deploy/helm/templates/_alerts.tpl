{{/* files/alerts.yaml, in which `absent` asks for what this release always runs: another's would hide its absence. */}}

{{- define "sluice.alerts" -}}
{{- $alerts := .Files.Get "files/alerts.yaml" | fromYaml -}}
{{- range $group := $alerts.groups -}}
{{- $rules := list -}}
{{- range $rule := $group.rules -}}
{{- if contains "absent(" $rule.expr -}}
{{- $expr := include "sluice.alerts.absent" (dict "root" $ "expr" $rule.expr) -}}
{{- $_ := set $rule "expr" $expr -}}
{{- $_ := set $rule.labels "release" $.Release.Name -}}
{{- end -}}
{{- if $rule.expr }}{{ $rules = append $rules $rule }}{{ end -}}
{{- end -}}
{{- $_ := set $group "rules" $rules -}}
{{- end -}}
{{- toYaml $alerts -}}
{{- end -}}

{{/* Told by namespace and pod, the labels that ServiceMonitors and PodMonitors both give. */}}
{{- define "sluice.alerts.absent" -}}
{{- $terms := list -}}
{{- range $part := include "sluice.parts" .root | fromJsonArray -}}
{{- $asked := printf "absent(sluice_build_info{process=%q})" $part -}}
{{- $least := include "sluice.leastReplicas" (dict "root" $.root "part" $part) | int -}}
{{- if and $least (contains $asked $.expr) -}}
{{- $pods := printf "%s-%s-.+" (include "sluice.fullname" $.root) $part -}}
{{- $terms = append $terms (printf "absent(sluice_build_info{namespace=%q, pod=~%q, process=%q})" $.root.Release.Namespace $pods $part) -}}
{{- end -}}
{{- end -}}
{{- join " or " $terms -}}
{{- end -}}

{{/* How many of a process run at least, whatever scales it. */}}
{{- define "sluice.leastReplicas" -}}
{{- $values := get .root.Values .part -}}
{{- $least := $values.replicas -}}
{{- range $scaler := list $values.hpa $values.keda -}}
{{- if and $scaler $scaler.enabled }}{{ $least = $scaler.minReplicas }}{{ end -}}
{{- end -}}
{{- int $least -}}
{{- end -}}
