{{/* Model servers that the judge asks: `openai`, the engine itself, and `openaiHigh`, beside any engine. */}}

{{/* Those in use, as a dict in JSON: the section of the settings → its values here. */}}
{{- define "sluice.servers" -}}
{{- $judge := .Values.judge -}}
{{- $servers := dict -}}
{{- if eq $judge.engine "openai" }}{{ $_ := set $servers "openai" $judge.openai }}{{ end -}}
{{- if $judge.openaiHigh.baseUrl }}{{ $_ := set $servers "openai_high" $judge.openaiHigh }}{{ end -}}
{{- toJson $servers -}}
{{- end -}}

{{/* The settings' section of one: (dict "root" $ "name" "openai" "server" …). As JSON. */}}
{{- define "sluice.servers.settings" -}}
{{- $given := get .root.Values.settings.judge .name | default dict -}}
{{- $own := dict "base_url" .server.baseUrl "model" .server.model -}}
{{- if .server.apiKey.secret }}{{ $_ := set $own "api_key_file" (printf "/etc/sluice/model-server/%s" .name) }}{{ end -}}
{{- merge $own $given | toJson -}}
{{- end -}}

{{- define "sluice.servers.volumes" -}}
{{- $sources := list -}}
{{- range $name, $server := include "sluice.servers" . | fromJson -}}
{{- with $server.apiKey -}}
{{- if .secret -}}
{{- $sources = append $sources (dict "secret" (dict "name" .secret "items" (list (dict "key" .key "path" $name)))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $sources -}}
- name: model-server
  projected:
    defaultMode: 0440
    sources:
      {{- toYaml $sources | nindent 6 }}
{{- end -}}
{{- end -}}

{{/* Ports that they listen on, as a list in JSON. */}}
{{- define "sluice.servers.ports" -}}
{{- $ports := list -}}
{{- range include "sluice.servers" . | fromJson -}}
{{- $url := urlParse .baseUrl -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) -}}
{{- $ports = append $ports (int ($port | default (eq $url.scheme "https" | ternary 443 80))) -}}
{{- end -}}
{{- toJson (uniq $ports) -}}
{{- end -}}
