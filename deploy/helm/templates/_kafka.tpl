{{/* What every process needs to reach Kafka: secrets as files, the user's name as a variable. */}}

{{- define "sluice.kafka.volumes" -}}
{{- $kafka := .Values.kafka -}}
{{- $sources := list -}}
{{- if and $kafka.tls.enabled $kafka.tls.ca.secret -}}
{{- $sources = append $sources (dict "secret" (dict "name" $kafka.tls.ca.secret "items" (list (dict "key" $kafka.tls.ca.key "path" "ca.crt")))) -}}
{{- end -}}
{{- with $kafka.tls.client -}}
{{- if and $kafka.tls.enabled .secret -}}
{{- $items := list (dict "key" .certificateKey "path" "tls.crt") (dict "key" .keyKey "path" "tls.key") -}}
{{- if .passwordKey }}{{ $items = append $items (dict "key" .passwordKey "path" "key-password") }}{{ end -}}
{{- $sources = append $sources (dict "secret" (dict "name" .secret "items" $items)) -}}
{{- end -}}
{{- end -}}
{{- if $kafka.sasl.mechanism -}}
{{- $sources = append $sources (dict "secret" (dict "name" $kafka.sasl.secret "items" (list (dict "key" $kafka.sasl.passwordKey "path" "password")))) -}}
{{- end -}}
{{- if $sources -}}
- name: kafka
  projected:
    defaultMode: 0440
    sources:
      {{- toYaml $sources | nindent 6 }}
{{- end -}}
{{- end -}}

{{- define "sluice.kafka.mounts" -}}
{{- if include "sluice.kafka.volumes" . -}}
- {name: kafka, mountPath: /etc/sluice/kafka, readOnly: true}
{{- end -}}
{{- end -}}

{{- define "sluice.kafka.env" -}}
{{- with .Values.kafka.sasl -}}
{{- if .mechanism -}}
- name: SLUICE_KAFKA__SASL__USERNAME
{{- if .username }}
  value: {{ .username | quote }}
{{- else }}
  valueFrom:
    secretKeyRef: {name: {{ .secret }}, key: {{ .usernameKey }}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Ports that brokers listen on: those of bootstrapServers and what is listed besides. */}}
{{- define "sluice.kafka.ports" -}}
{{- $ports := list -}}
{{- range splitList "," .Values.kafka.bootstrapServers -}}
{{- $ports = append $ports (splitList ":" . | last | int) -}}
{{- end -}}
{{- range .Values.networkPolicy.kafka.ports }}{{ $ports = append $ports (int .) }}{{ end -}}
{{- toJson (uniq $ports) -}}
{{- end -}}
