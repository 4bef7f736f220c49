{{/* sluice.toml of one process: the sections that it reads, so that a change rolls it and no other. */}}

{{/* (dict "root" $ "part" "judge") */}}
{{- define "sluice.settings" -}}
{{- $v := .root.Values -}}
{{- $s := deepCopy $v.settings -}}
{{- $tree := dict "kafka" (include "sluice.settings.kafka" .root | fromJson) "topics" $s.topics -}}
{{- if ne .part "topics" -}}
{{- $_ := set $tree "policies" (dict "dir" (include "sluice.policies.dir" .root) "set" $v.policies.set) -}}
{{- end -}}
{{- if not (has .part (list "topics" "canaries")) -}}
{{- $_ := set $tree "gate" $s.gate -}}
{{- $_ := set $tree "metrics" (dict "enabled" true "host" "0.0.0.0" "port" 9464) -}}
{{- $_ := set $tree "logging" (merge (dict) $s.logging (dict "format" "json")) -}}
{{- end -}}
{{- if eq .part "triage" -}}
{{- $_ := set $tree "triage" $s.triage -}}
{{- $_ := set $tree "rules" (dict "dir" "/etc/sluice/rules") -}}
{{- end -}}
{{- if has .part (list "judge" "shadow") -}}
{{- $_ := set $tree "judge" (include "sluice.settings.judge" .root | fromJson) -}}
{{- end -}}
{{- if eq .part "shadow" }}{{ $_ := set $tree "shadow" $s.shadow }}{{ end -}}
{{- if and $v.ledger.enabled (not (has .part (list "topics" "canaries"))) -}}
{{- $url := printf "http://%s-ledger.%s:6066" (include "sluice.fullname" .root) .root.Release.Namespace -}}
{{- $_ := set $tree "ledger" (dict "url" $url) -}}
{{- if eq .part "ledger" -}}
{{- $_ := set $tree "ledger" (merge (dict "url" $url "host" "0.0.0.0" "port" 6066) $s.ledger) -}}
{{- end -}}
{{- end -}}
{{- include "sluice.toml" (dict "section" $tree) -}}
{{- end -}}

{{- define "sluice.settings.kafka" -}}
{{- $kafka := .Values.kafka -}}
{{- $tree := dict "bootstrap_servers" $kafka.bootstrapServers -}}
{{- if $kafka.tls.enabled -}}
{{- $tls := dict "enabled" true -}}
{{- if $kafka.tls.ca.secret }}{{ $_ := set $tls "ca_file" "/etc/sluice/kafka/ca.crt" }}{{ end -}}
{{- if $kafka.tls.client.secret -}}
{{- $_ := merge $tls (dict "certificate_file" "/etc/sluice/kafka/tls.crt" "key_file" "/etc/sluice/kafka/tls.key") -}}
{{- if $kafka.tls.client.passwordKey }}{{ $_ := set $tls "key_password_file" "/etc/sluice/kafka/key-password" }}{{ end -}}
{{- end -}}
{{- $_ := set $tree "tls" $tls -}}
{{- end -}}
{{- if $kafka.sasl.mechanism -}}
{{- $sasl := dict "mechanism" $kafka.sasl.mechanism "password_file" "/etc/sluice/kafka/password" -}}
{{- $_ := set $tree "sasl" $sasl -}}
{{- end -}}
{{- toJson $tree -}}
{{- end -}}

{{- define "sluice.settings.judge" -}}
{{- $judge := .Values.judge -}}
{{- $tree := omit (deepCopy .Values.settings.judge) "openai" "openai_high" -}}
{{- range $name, $server := include "sluice.servers" . | fromJson -}}
{{- $_ := set $tree $name (include "sluice.servers.settings" (dict "root" $ "name" $name "server" $server) | fromJson) -}}
{{- end -}}
{{- if not (include "sluice.judge.vllm" .) -}}
{{- $_ := set $tree "engine" $judge.engine -}}
{{- $_ := unset $tree "vllm" -}}
{{- else -}}
{{- $hub := eq $judge.weights.from "hf" -}}
{{- $vllm := merge (dict "name" (lower $judge.model)) (get $tree "vllm" | default dict) -}}
{{- $_ := set $vllm "model" ($hub | ternary $judge.model (include "sluice.weights.folder" .)) -}}
{{- if $hub }}{{ $_ := set $vllm "revision" $judge.weights.hf.revision }}{{ end -}}
{{- if eq $judge.engine "vllm-gpu" }}{{ $_ := set $vllm "tensor_parallel_size" $judge.gpus }}{{ end -}}
{{- $_ := set $tree "engine" "vllm" -}}
{{- $_ := set $tree "vllm" $vllm -}}
{{- end -}}
{{- toJson $tree -}}
{{- end -}}

{{/* A tree as TOML. A scalar's JSON is its TOML too; Helm's own toToml makes 64 a 64.0. */}}
{{- define "sluice.toml" -}}
{{- $path := .path | default "" -}}
{{- $lines := list -}}
{{- range $key, $value := .section -}}
{{- if not (or (kindIs "map" $value) (kindIs "invalid" $value)) -}}
{{- $lines = append $lines (printf "%s = %s" $key (toRawJson $value)) -}}
{{- end -}}
{{- end -}}
{{- if $lines -}}
{{- if $path }}[{{ $path }}]
{{ end -}}
{{- join "\n" $lines }}
{{ end -}}
{{- range $key, $value := .section -}}
{{- if kindIs "map" $value -}}
{{- include "sluice.toml" (dict "section" $value "path" (ternary (printf "%s.%s" $path $key) $key (ne $path ""))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
