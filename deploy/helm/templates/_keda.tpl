{{/* What scales on what. KEDA's Kafka scaler, 2.20. */}}

{{- define "sluice.keda.any" -}}
{{- if or .Values.triage.keda.enabled .Values.judge.keda.enabled }}true{{ end -}}
{{- end -}}

{{/* A pod that goes may hold cases, and one that comes back must load a model first: so go slowly, one at a time. */}}
{{- define "sluice.keda.behavior" -}}
{{- $window := add (get .root.Values .part).startupSeconds (include "sluice.drain" .) | int -}}
behavior:
  scaleUp:
    stabilizationWindowSeconds: 0
    policies:
      - {type: Percent, value: 100, periodSeconds: 60}
      - {type: Pods, value: 2, periodSeconds: 60}
  scaleDown:
    stabilizationWindowSeconds: {{ min $window 3600 }}
    policies:
      - {type: Pods, value: 1, periodSeconds: 300}
{{- end -}}

{{/* (dict "root" $ "name" "lag" "group" "judge" "topic" "cases.judge" "threshold" 500) */}}
{{- define "sluice.keda.kafka" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $prefix := .root.Values.settings.topics.prefix -}}
- type: kafka
  name: {{ .name }}
  {{- if include "sluice.keda.auth" .root }}
  authenticationRef: {name: {{ include "sluice.fullname" .root }}-kafka}
  {{- end }}
  metadata:
    bootstrapServers: {{ $kafka.bootstrapServers | quote }}
    consumerGroup: {{ print $prefix .group | quote }}
    topic: {{ print $prefix .topic | quote }}
    offsetResetPolicy: earliest
    lagThreshold: {{ .threshold | int | quote }}
    # Commit markers and an offset in hand on each partition count as lag and are no work.
    activationLagThreshold: {{ .root.Values.settings.topics.partitions | quote }}
    limitToPartitionsWithLag: "true"
    # true would read a long case as no work at all.
    excludePersistentLag: "false"
    scaleToZeroOnInvalidOffset: "false"
    {{- if $kafka.tls.enabled }}
    tls: enable
    {{- end }}
    {{- with $kafka.sasl.mechanism }}
    sasl: {{ get (dict "PLAIN" "plaintext" "SCRAM-SHA-256" "scram_sha256" "SCRAM-SHA-512" "scram_sha512") . }}
    {{- end }}
{{- end -}}

{{/* What a TriggerAuthentication must hold to reach Kafka; nothing without TLS files and SASL. */}}
{{- define "sluice.keda.auth" -}}
{{- $kafka := .Values.kafka -}}
{{- $secrets := list -}}
{{- if $kafka.tls.enabled -}}
{{- with $kafka.tls.ca -}}
{{- if .secret }}{{ $secrets = append $secrets (dict "parameter" "ca" "name" .secret "key" .key) }}{{ end -}}
{{- end -}}
{{- with $kafka.tls.client -}}
{{- if .secret -}}
{{- $secrets = append $secrets (dict "parameter" "cert" "name" .secret "key" .certificateKey) -}}
{{- $secrets = append $secrets (dict "parameter" "key" "name" .secret "key" .keyKey) -}}
{{- if .passwordKey }}{{ $secrets = append $secrets (dict "parameter" "keyPassword" "name" .secret "key" .passwordKey) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $env := list -}}
{{- with $kafka.sasl -}}
{{- if .mechanism -}}
{{- $secrets = append $secrets (dict "parameter" "password" "name" .secret "key" .passwordKey) -}}
{{- if .username -}}
{{- $env = append $env (dict "parameter" "username" "name" "SLUICE_KAFKA__SASL__USERNAME") -}}
{{- else -}}
{{- $secrets = append $secrets (dict "parameter" "username" "name" .secret "key" .usernameKey) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $secrets -}}
{{- if $env }}
env:
  {{- toYaml $env | nindent 2 }}
{{- end }}
secretTargetRef:
  {{- toYaml $secrets | nindent 2 }}
{{- end -}}
{{- end -}}

{{- define "sluice.keda.selector" -}}
{{- $metrics := printf "%s-metrics" (include "sluice.fullname" .) -}}
{{- .Values.judge.keda.prometheus.selector | default (printf "namespace=%q,service=%q" .Release.Namespace $metrics) -}}
{{- end -}}

{{/* Replicas needed. What has not been measured is stated: `or vector(…)`. No gate: no answer, and lag decides. */}}
{{- define "sluice.keda.replicasNeeded" -}}
{{- $keda := .Values.judge.keda -}}
{{- $of := printf "{%s}" (include "sluice.keda.selector" .) -}}
(
  (
    sum(sluice_gate_open_text_bytes{{ $of }}) / {{ $keda.drainTargetSeconds }}
    + sum(rate(sluice_gate_arrived_text_bytes_total{{ $of }}[5m]))
  )
  /
  (
    sum(increase(sluice_judge_text_bytes_total{{ $of }}[6h]))
    / (
      sum(increase(sluice_judge_prompt_tokens_total{{ $of }}[6h]))
      - sum(increase(sluice_judge_cached_tokens_total{{ $of }}[6h]))
      + sum(increase(sluice_judge_output_tokens_total{{ $of }}[6h]))
      > 0
    )
    > 0
    or vector({{ $keda.bytesPerToken }})
  )
)
/
(
  sum(increase(sluice_judge_busy_tokens_total{{ $of }}[30m]))
  / (sum(increase(sluice_judge_busy_seconds_total{{ $of }}[30m])) > 0)
  > 0
  or vector({{ $keda.tokensPerSecond }})
)
{{- end -}}
