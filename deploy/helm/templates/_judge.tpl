{{/* What the judge's pod and its shadow's have besides: a GPU, weights, shared memory, a home for caches; keys of
model servers. */}}

{{- define "sluice.judge.vllm" -}}
{{- if hasPrefix "vllm" .Values.judge.engine }}true{{ end -}}
{{- end -}}

{{- define "sluice.judge.resources" -}}
{{- $resources := deepCopy .Values.judge.resources -}}
{{- if eq .Values.judge.engine "vllm-gpu" -}}
{{- $gpus := dict .Values.judge.gpuResource .Values.judge.gpus -}}
{{- $_ := set $resources "limits" (merge $gpus ($resources.limits | default dict)) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{- define "sluice.judge.security" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
{{- $_ := set $pod.containerSecurityContext "readOnlyRootFilesystem" .root.Values.judge.readOnlyRootFilesystem -}}
{{- toYaml $pod.containerSecurityContext -}}
{{- end -}}

{{- define "sluice.judge.env" -}}
{{- if include "sluice.judge.vllm" . -}}
- {name: VLLM_NO_USAGE_STATS, value: "1"}
- {name: TORCHINDUCTOR_CACHE_DIR, value: /home/sluice/.cache/torchinductor}
{{ include "sluice.weights.env" . }}
{{- end -}}
{{- end -}}

{{- define "sluice.judge.mounts" -}}
{{- if include "sluice.judge.vllm" . -}}
- {name: home, mountPath: /home/sluice}
- {name: shm, mountPath: /dev/shm}
{{ include "sluice.weights.mounts" . }}
{{ end -}}
{{- if include "sluice.servers.volumes" . -}}
- {name: model-server, mountPath: /etc/sluice/model-server, readOnly: true}
{{- end -}}
{{- end -}}

{{- define "sluice.judge.volumes" -}}
{{- if include "sluice.judge.vllm" . -}}
- name: home
  emptyDir: {sizeLimit: {{ .Values.judge.cache }}}
- name: shm
  emptyDir: {medium: Memory, sizeLimit: {{ .Values.judge.shm }}}
{{ include "sluice.weights.volumes" . }}
{{ end -}}
{{- include "sluice.servers.volumes" . -}}
{{- end -}}

{{/* (dict "root" $ "part" "judge"), or the shadow's root and "shadow" */}}
{{- define "sluice.judge.pod" -}}
{{- $pod := dict "root" .root "part" .part "image" (include "sluice.judgeImage" .root) -}}
{{- $_ := set $pod "resources" (include "sluice.judge.resources" .root) -}}
{{- $_ := set $pod "security" (include "sluice.judge.security" .) -}}
{{- $_ := set $pod "mounts" (include "sluice.judge.mounts" .root | trim) -}}
{{- $_ := set $pod "volumes" (include "sluice.judge.volumes" .root | trim) -}}
{{- if include "sluice.judge.vllm" .root -}}
{{- $_ := set $pod "home" "/home/sluice" -}}
{{- $_ := set $pod "env" (include "sluice.judge.env" .root) -}}
{{- $_ := set $pod "initContainers" (include "sluice.weights.initContainers" .) -}}
{{- end -}}
{{- include "sluice.pod" $pod -}}
{{- end -}}
