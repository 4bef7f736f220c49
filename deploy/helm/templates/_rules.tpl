{{/* The operators' rules, which triage alone reads. There is always a ConfigMap, so that the first rule restarts nothing. */}}

{{- define "sluice.rules.volumes" -}}
- name: rules
  configMap:
    name: {{ .Values.rules.configMap | default (printf "%s-rules" (include "sluice.fullname" .)) }}
{{- end -}}

{{- define "sluice.rules.mounts" -}}
- {name: rules, mountPath: /etc/sluice/rules, readOnly: true}
{{- end -}}
