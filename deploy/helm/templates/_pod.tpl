{{/* What all pods share. Arguments: (dict "root" $ "part" "gate" "image" "core"), and what a part adds. */}}

{{/* `pod`, with the keys that a workload's own `pod` has in their place. As JSON. */}}
{{- define "sluice.pod.values" -}}
{{- $pod := deepCopy .root.Values.pod -}}
{{- range $key, $value := (get .root.Values .part).pod }}{{ $_ := set $pod $key $value }}{{ end -}}
{{- toJson $pod -}}
{{- end -}}

{{/* Nothing of the chart's version: a pod rolls when what it does changes. */}}
{{- define "sluice.pod.metadata" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
labels:
  {{- include "sluice.selector" . | nindent 2 }}
  app.kubernetes.io/part-of: sluice
  {{- with $pod.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/settings: {{ include "sluice.settings" . | sha256sum }}
  {{- with $pod.annotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Who it runs as and where; used by the topics job and the canaries too. */}}
{{- define "sluice.pod.place" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
serviceAccountName: {{ include "sluice.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml $pod.securityContext | nindent 2 }}
{{- with $pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $pod.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with $pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if and $pod.topologySpreadConstraints (not (has .part (list "topics" "canaries"))) }}
topologySpreadConstraints:
  {{- range $pod.topologySpreadConstraints }}
  {{- $ours := dict "labelSelector" (dict "matchLabels" (include "sluice.selector" $ | fromYaml)) }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $ours) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "sluice.pod.env" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
- {name: SLUICE_CONFIG, value: /etc/sluice/settings/sluice.toml}
- {name: HOME, value: {{ .home | default "/tmp" }}}
{{- with include "sluice.kafka.env" .root }}
{{ . }}
{{- end }}
{{- with .env }}
{{ . }}
{{- end }}
{{- with $pod.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sluice.pod.mounts" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
- {name: settings, mountPath: /etc/sluice/settings, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- with include "sluice.kafka.mounts" .root }}
{{ . }}
{{- end }}
{{- if ne .part "topics" }}
{{- with include "sluice.policies.mounts" .root }}
{{ . }}
{{- end }}
{{- end }}
{{- with .mounts }}
{{ . }}
{{- end }}
{{- with $pod.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sluice.pod.volumes" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
- name: settings
  configMap: {name: {{ include "sluice.fullname" .root }}-{{ .part }}}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
{{- with include "sluice.kafka.volumes" .root }}
{{ . }}
{{- end }}
{{- if ne .part "topics" }}
{{- with include "sluice.policies.volumes" .root }}
{{ . }}
{{- end }}
{{- end }}
{{- with .volumes }}
{{ . }}
{{- end }}
{{- with $pod.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* On the process's own page: started is what takes long at start, live never rests on Kafka or lag. */}}
{{- define "sluice.pod.probes" -}}
startupProbe:
  httpGet: {path: /health/started, port: metrics}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ divf (get .root.Values .part).startupSeconds 5 | ceil }}
livenessProbe:
  httpGet: {path: /health/live, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /health/ready, port: metrics}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- with (get .root.Values .part).preStopSeconds }}
lifecycle:
  preStop:
    sleep: {seconds: {{ . }}}
{{- end }}
{{- end -}}

{{/* The whole pod of one process. */}}
{{- define "sluice.pod" -}}
{{- $pod := include "sluice.pod.values" . | fromJson -}}
metadata:
  {{- include "sluice.pod.metadata" . | nindent 2 }}
spec:
  {{- include "sluice.pod.place" . | nindent 2 }}
  terminationGracePeriodSeconds: {{ include "sluice.grace" . }}
  {{- with .initContainers }}
  {{- . | nindent 2 }}
  {{- end }}
  containers:
    - name: {{ .part }}
      image: {{ include "sluice.image" (dict "root" .root "name" .image) | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [run, {{ .part }}]
      env:
        {{- include "sluice.pod.env" . | nindent 8 }}
      ports:
        - {name: metrics, containerPort: 9464}
        {{- with .ports }}
        {{- . | nindent 8 }}
        {{- end }}
      {{- include "sluice.pod.probes" . | nindent 6 }}
      resources:
        {{- .resources | default (toYaml (get .root.Values .part).resources) | nindent 8 }}
      securityContext:
        {{- .security | default (toYaml $pod.containerSecurityContext) | nindent 8 }}
      volumeMounts:
        {{- include "sluice.pod.mounts" . | nindent 8 }}
  volumes:
    {{- include "sluice.pod.volumes" . | nindent 4 }}
{{- end -}}

{{- define "sluice.serviceAccount" -}}
{{- if eq .part "topics" -}}
{{- include "sluice.fullname" .root }}-topics
{{- else -}}
{{- (get .root.Values .part).serviceAccount.name | default (printf "%s-%s" (include "sluice.fullname" .root) .part) -}}
{{- end -}}
{{- end -}}
