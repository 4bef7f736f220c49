{{/* The judge's shadow: the judge's container, under a candidate set and a Kafka user of its own. */}}

{{/* Values as the shadow sees them, as JSON: `set (omit $ "Values") "Values" …` makes them a root. */}}
{{- define "sluice.shadow.values" -}}
{{- $values := deepCopy .Values -}}
{{- $shadow := $values.shadow -}}
{{- range $key := list "resources" "startupSeconds" "preStopSeconds" "terminationGracePeriodSeconds" -}}
{{- if hasKey $values.judge $key }}{{ $_ := set $shadow $key (get $values.judge $key) }}{{ end -}}
{{- end -}}
{{- $pod := deepCopy $values.judge.pod -}}
{{- range $key, $value := $shadow.pod }}{{ $_ := set $pod $key $value }}{{ end -}}
{{- $_ := set $shadow "pod" $pod -}}
{{- $policies := $values.policies -}}
{{- if $shadow.policies.from }}{{ $policies = set $shadow.policies "part" "shadow-policies" }}{{ end -}}
{{- $_ := set $values "policies" (set $policies "set" $shadow.policies.set) -}}
{{- with $shadow.kafkaUser -}}
{{- if and .secret $values.kafka.sasl.mechanism -}}
{{- $_ := set (set $values.kafka.sasl "secret" .secret) "username" .username -}}
{{- else if .secret -}}
{{- $_ := set $values.kafka.tls.client "secret" .secret -}}
{{- end -}}
{{- end -}}
{{- toJson $values -}}
{{- end -}}
