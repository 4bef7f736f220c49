{{/* What must hold between values. Each breach is one sentence that says what to set; all are told at once. */}}

{{- define "sluice.validate" -}}
{{- $told := list -}}
{{- range $rules := list "images" "kafka" "workloads" "scaling" "weights" "servers" "policies" "rules" "shadow" -}}
{{- $found := include (printf "sluice.validate.%s" $rules) $ | trim -}}
{{- if $found }}{{ $told = append $told $found }}{{ end -}}
{{- end -}}
{{- if $told }}{{ fail (print "\n" (join "\n" $told)) }}{{ end -}}
{{- end -}}

{{- define "sluice.validate.images" }}
{{- if not .Values.image.registry }}
image.registry is empty: set it to the registry that holds your images, because none of Sluice's are published.
{{- end }}
{{- end -}}

{{- define "sluice.validate.kafka" }}
{{- $kafka := .Values.kafka }}
{{- if not $kafka.bootstrapServers }}
kafka.bootstrapServers is empty: set it to host:port of your Kafka.
{{- end }}
{{- if and (or $kafka.tls.ca.secret $kafka.tls.client.secret) (not $kafka.tls.enabled) }}
kafka.tls names secrets but is not enabled: set kafka.tls.enabled=true too.
{{- end }}
{{- with $kafka.sasl }}
{{- if and .mechanism (not .secret) }}
kafka.sasl.mechanism is {{ .mechanism }} but no secret holds the password: set kafka.sasl.secret to one's name.
{{- end }}
{{- if and .secret (not .mechanism) }}
kafka.sasl.secret has no effect alone: set kafka.sasl.mechanism too, for example to SCRAM-SHA-512.
{{- end }}
{{- if and (eq .mechanism "PLAIN") (not $kafka.tls.enabled) }}
kafka.sasl.mechanism PLAIN shows the password to the network: set kafka.tls.enabled=true, or take SCRAM-SHA-512.
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.workloads" }}
{{- $partitions := int .Values.settings.topics.partitions }}
{{- range $part := include "sluice.parts" . | fromJsonArray }}
{{- $values := get $.Values $part }}
{{- if gt (int $values.replicas) $partitions }}
{{ $part }}.replicas is {{ $values.replicas }} but a topic has {{ $partitions }} partitions, and the rest would idle: set it to {{ $partitions }} at most.
{{- end }}
{{- if ne $part "shadow" }}
{{- $least := include "sluice.leastGrace" (dict "root" $ "part" $part) | int }}
{{- if and (hasKey $values "terminationGracePeriodSeconds") (lt (int $values.terminationGracePeriodSeconds) $least) }}
{{ $part }}.terminationGracePeriodSeconds is {{ $values.terminationGracePeriodSeconds }}, shorter than preStop + drain + 10: set it to {{ $least }} or more, or leave it out.
{{- end }}
{{- end }}
{{- if and (hasKey $values.podDisruptionBudget "minAvailable") (hasKey $values.podDisruptionBudget "maxUnavailable") }}
{{ $part }}.podDisruptionBudget has both minAvailable and maxUnavailable: set one of them.
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.scaling" }}
{{- $partitions := int .Values.settings.topics.partitions }}
{{- if and .Values.triage.keda.enabled .Values.triage.hpa.enabled }}
triage.keda and triage.hpa are both enabled and would fight over the replicas: set triage.hpa.enabled=false.
{{- end }}
{{- range $path, $scaler := dict "triage.keda" .Values.triage.keda "triage.hpa" .Values.triage.hpa "judge.keda" .Values.judge.keda }}
{{- if $scaler.enabled }}
{{- if gt (int $scaler.maxReplicas) $partitions }}
{{ $path }}.maxReplicas is {{ $scaler.maxReplicas }} but a topic has {{ $partitions }} partitions, and the rest would idle: set it to {{ $partitions }} at most.
{{- end }}
{{- if gt (int $scaler.minReplicas) (int $scaler.maxReplicas) }}
{{ $path }}.minReplicas is {{ $scaler.minReplicas }}, above maxReplicas ({{ $scaler.maxReplicas }}): set it to {{ $scaler.maxReplicas }} at most.
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.judge.keda.prometheus }}
{{- if and $.Values.judge.keda.enabled .url (not .selector) (not $.Values.metrics.serviceMonitor.enabled) }}
judge.keda.prometheus.url is set but nothing says which series are this installation's: set metrics.serviceMonitor.enabled=true, or judge.keda.prometheus.selector to the labels that your own scraping gives them, or no url, to scale on lag alone.
{{- end }}
{{- if and .authModes (not .triggerAuthentication) }}
judge.keda.prometheus.authModes is {{ .authModes }} but nothing holds the secret: set judge.keda.prometheus.triggerAuthentication to one's name.
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.weights" }}
{{- $weights := .Values.judge.weights }}
{{- if eq .Values.judge.engine "exemplar" }}
{{- if not (dig "exemplar" "serve" false .Values.settings.judge) }}
judge.engine is exemplar, which knows no language and sends most posts to people: set settings.judge.exemplar.serve=true if you mean it, or engine vllm-gpu.
{{- end }}
{{- else if not (include "sluice.judge.vllm" .) }}
{{- else if and (eq $weights.from "pvc") (not $weights.pvc.claim) }}
judge.weights.from is pvc: set judge.weights.pvc.claim to the claim that holds the model.
{{- else if and (eq $weights.from "image") (not $weights.image.reference) }}
judge.weights.from is image: set judge.weights.image.reference to the image that holds the model.
{{- else if and (eq $weights.from "initContainer") (not $weights.initContainer.image) }}
judge.weights.from is initContainer: set judge.weights.initContainer.image to one that fills /weights.
{{- else if and (eq $weights.from "hf") (not $weights.hf.revision) }}
judge.weights.from is hf: set judge.weights.hf.revision to the commit of {{ .Values.judge.model }}, 40 hex digits, so that every replica has the same model.
{{- end }}
{{- $from := list .Values.policies.from (.Values.shadow.enabled | ternary .Values.shadow.policies.from "") }}
{{- $volumes := or (has "image" $from) (and (include "sluice.judge.vllm" .) (eq $weights.from "image")) }}
{{- if and $volumes (semverCompare "<1.33.0-0" .Capabilities.KubeVersion.Version) }}
Volumes of OCI images need Kubernetes 1.33 and this is {{ .Capabilities.KubeVersion.Version }}: set judge.weights.from to pvc, and policies.from to configMap.
{{- end }}
{{- end -}}

{{- define "sluice.validate.servers" }}
{{- if and (eq .Values.judge.engine "openai") (not .Values.judge.openai.baseUrl) }}
judge.engine is openai: set judge.openai.baseUrl to your model server's address, for example http://vllm.models:8000/v1.
{{- end }}
{{- range $path, $server := dict "openai" .Values.judge.openai "openaiHigh" .Values.judge.openaiHigh }}
{{- if and $server.baseUrl (not $server.model) }}
judge.{{ $path }}.baseUrl is set but not the model: set judge.{{ $path }}.model to its name on that server.
{{- end }}
{{- $local := dig (snakecase $path) "local" false $.Values.settings.judge }}
{{- if and $server.apiKey.secret (hasPrefix "http:" $server.baseUrl) (not $local) }}
judge.{{ $path }}.apiKey would be sent over plain http: take an https address, or set settings.judge.{{ snakecase $path }}.local=true where that network is yours.
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.policies" }}
{{- include "sluice.validate.policiesOf" (dict "policies" .Values.policies "at" "policies" "set" "policies.set") }}
{{- if .Values.shadow.enabled }}
{{- $at := empty .Values.shadow.policies.from | ternary "policies" "shadow.policies" }}
{{- $policies := (include "sluice.shadow.values" . | fromJson).policies }}
{{- include "sluice.validate.policiesOf" (dict "policies" $policies "at" $at "set" "shadow.policies.set") }}
{{- end }}
{{- end -}}

{{/* (dict "policies" … "at" "their place in the values" "set" "the place of their set's name") */}}
{{- define "sluice.validate.policiesOf" }}
{{- $policies := .policies }}
{{- if and (eq $policies.from "values") $policies.set (not (hasKey $policies.values (printf "sets/%s.toml" $policies.set))) }}
{{ .at }}.values has no set of the name in {{ .set }}: put the set's text at {{ .at }}.values."sets/{{ $policies.set }}.toml".
{{- end }}
{{- if and (eq $policies.from "configMap") (not (and $policies.configMap.name $policies.configMap.items)) }}
{{ .at }}.from is configMap: set {{ .at }}.configMap.name, and in {{ .at }}.configMap.items the path of each key.
{{- end }}
{{- if and (eq $policies.from "image") (not $policies.image.reference) }}
{{ .at }}.from is image: set {{ .at }}.image.reference to the image that holds the policies.
{{- end }}
{{- end -}}

{{- define "sluice.validate.shadow" }}
{{- if .Values.shadow.enabled }}
{{- if not .Values.shadow.policies.set }}
shadow.policies.set is empty: set it to the candidate, the NAME of a sets/NAME.toml.
{{- end }}
{{- if and (or .Values.kafka.sasl.mechanism .Values.kafka.tls.client.secret) (not .Values.shadow.kafkaUser.secret) }}
shadow.kafkaUser.secret is empty: set it to the Secret of a Kafka user that may write to audit alone, because the fleet's may write verdicts.
{{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.validate.rules" }}
{{- if and .Values.rules.configMap .Values.rules.values }}
rules.configMap and rules.values are both set: put the rules in one of them.
{{- end }}
{{- end -}}
