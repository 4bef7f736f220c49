{{/* Where the policies come from. */}}

{{- define "sluice.policies.dir" -}}
{{- $policies := .Values.policies -}}
{{- if eq $policies.from "shipped" -}}
/opt/sluice/policies
{{- else if and (eq $policies.from "image") $policies.image.path -}}
/etc/sluice/policies/{{ $policies.image.path | trimPrefix "/" }}
{{- else -}}
/etc/sluice/policies
{{- end -}}
{{- end -}}

{{/* A key of a ConfigMap holds no slash. */}}
{{- define "sluice.policies.key" -}}
{{- replace "/" "__" . -}}
{{- end -}}

{{- define "sluice.policies.volumes" -}}
{{- $policies := .Values.policies -}}
{{- if eq $policies.from "values" -}}
- name: policies
  configMap:
    name: {{ include "sluice.fullname" . }}-{{ $policies.part | default "policies" }}
    items:
      {{- range $path, $_ := $policies.values }}
      - {key: {{ include "sluice.policies.key" $path | quote }}, path: {{ $path | quote }}}
      {{- end }}
{{- else if eq $policies.from "configMap" -}}
- name: policies
  configMap:
    name: {{ $policies.configMap.name }}
    items:
      {{- toYaml $policies.configMap.items | nindent 6 }}
{{- else if eq $policies.from "image" -}}
- name: policies
  image: {reference: {{ $policies.image.reference | quote }}, pullPolicy: {{ .Values.image.pullPolicy }}}
{{- end -}}
{{- end -}}

{{- define "sluice.policies.mounts" -}}
{{- if ne .Values.policies.from "shipped" -}}
- {name: policies, mountPath: /etc/sluice/policies, readOnly: true}
{{- end -}}
{{- end -}}
