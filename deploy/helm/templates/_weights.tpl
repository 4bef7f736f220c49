{{/* Where the judge's weights come from; all but `hf` are on the machine before the engine starts. */}}

{{- define "sluice.weights.folder" -}}
{{- printf "/weights/%s" (.Values.judge.weights.path | trimPrefix "/") | trimSuffix "/" -}}
{{- end -}}

{{- define "sluice.weights.volumes" -}}
{{- $weights := .Values.judge.weights -}}
{{- if eq $weights.from "pvc" -}}
- name: weights
  persistentVolumeClaim: {claimName: {{ $weights.pvc.claim }}, readOnly: true}
{{- else if eq $weights.from "image" -}}
- name: weights
  image: {reference: {{ $weights.image.reference | quote }}, pullPolicy: {{ $weights.image.pullPolicy }}}
{{- else if eq $weights.from "initContainer" -}}
- name: weights
  emptyDir: {sizeLimit: {{ $weights.initContainer.size }}}
{{- else if $weights.hf.claim -}}
- name: weights
  persistentVolumeClaim: {claimName: {{ $weights.hf.claim }}}
{{- else -}}
- name: weights
  emptyDir: {sizeLimit: {{ $weights.hf.size }}}
{{- end -}}
{{- end -}}

{{- define "sluice.weights.mounts" -}}
- {name: weights, mountPath: /weights, readOnly: {{ ne .Values.judge.weights.from "hf" }}}
{{- end -}}

{{- define "sluice.weights.env" -}}
{{- $weights := .Values.judge.weights -}}
{{- if eq $weights.from "hf" -}}
- {name: HF_HOME, value: /weights}
{{- with $weights.hf.endpoint }}
- {name: HF_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- with $weights.hf.tokenSecret }}
- name: HF_TOKEN
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: {{ $weights.hf.tokenKey }}}
{{- end }}
{{- else -}}
- {name: HF_HUB_OFFLINE, value: "1"}
- {name: TRANSFORMERS_OFFLINE, value: "1"}
{{- end -}}
{{- end -}}

{{- define "sluice.weights.initContainers" -}}
{{- $fetch := .root.Values.judge.weights.initContainer -}}
{{- if eq .root.Values.judge.weights.from "initContainer" -}}
initContainers:
  - name: weights
    image: {{ $fetch.image | quote }}
    {{- with $fetch.command }}
    command: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $fetch.args }}
    args: {{- toYaml . | nindent 6 }}
    {{- end }}
    env:
      - {name: HOME, value: /tmp}
      {{- with $fetch.env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    securityContext:
      {{- include "sluice.judge.security" . | nindent 6 }}
    resources:
      {{- toYaml $fetch.resources | nindent 6 }}
    volumeMounts:
      - {name: weights, mountPath: /weights}
      - {name: tmp, mountPath: /tmp}
      {{- with (include "sluice.pod.values" . | fromJson).extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
{{- end -}}
{{- end -}}
