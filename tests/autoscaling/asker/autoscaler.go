package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/client-go/tools/events"

	kedacontrollers "github.com/kedacore/keda/v2/controllers/keda"
	"github.com/kedacore/keda/v2/pkg/scalers/authentication"
	"github.com/kedacore/keda/v2/pkg/scaling"
)

// KEDA's default for what it asks by HTTP, and the HPA's default tolerance.
const (
	httpTimeout = 3 * time.Second
	tolerance   = 0.1
)

// autoscaler is KEDA and the HPA side by side over one cluster.
type autoscaler struct {
	cluster *cluster
	handler scaling.ScaleHandler
	hpa     *autoscalingv2.HorizontalPodAutoscaler
}

// metric is one answer of KEDA to the HPA, and what the HPA wants it to be on average over the replicas.
type metric struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Target float64 `json:"target"`
}

// answer is what one round came to. Error says why the HPA held on to what it had.
type answer struct {
	Active   bool             `json:"active"`
	Metrics  []metric         `json:"metrics"`
	Failures map[string]int32 `json:"failures"`
	Error    string           `json:"error"`
	Replicas int32            `json:"replicas"`
}

func newAutoscaler(c *cluster) *autoscaler {
	handler := scaling.NewScaleHandler(
		c, scales{c}, c.scheme, httpTimeout, &events.FakeRecorder{}, &authentication.AuthClientSet{},
	)
	return &autoscaler{cluster: c, handler: handler}
}

// round lets KEDA poll, which turns a workload on and off, and then the HPA ask, which sizes one that is on.
func (a *autoscaler) round(ctx context.Context) answer {
	scaling.Poll(ctx, a.handler, a.cluster.scaledObject(ctx))
	result := answer{Replicas: a.cluster.replicas(ctx)}
	if result.Replicas > 0 {
		wanted, metrics, err := a.ask(ctx, result.Replicas)
		if err != nil {
			result.Error = err.Error()
		}
		a.cluster.scale(ctx, wanted)
		result.Replicas, result.Metrics = wanted, metrics
	}
	status := a.cluster.scaledObject(ctx).Status
	activity := status.Conditions.GetActiveCondition()
	result.Active = activity.IsTrue()
	result.Failures = map[string]int32{}
	for name, health := range status.Health {
		result.Failures[name] = *health.NumberOfFailures
	}
	return result
}

// ask is the rule of Kubernetes' HPA for external metrics with an average target: replica_calculator.go
// (GetExternalPerPodMetricReplicas) and horizontal.go (the largest wish wins; where a metric is missing nothing
// shrinks; then the bounds). How fast it may move, spec.behavior, is left out.
func (a *autoscaler) ask(ctx context.Context, current int32) (int32, []metric, error) {
	if a.hpa == nil {
		reconciler := kedacontrollers.ScaledObjectReconciler{Client: a.cluster, Scheme: a.cluster.scheme, ScaleHandler: a.handler}
		made, err := reconciler.HPA(ctx, a.cluster.scaledObject(ctx))
		if err != nil {
			return current, nil, err
		}
		a.hpa = made
	}
	var metrics []metric
	var missing error
	wanted := int32(0)
	for _, spec := range a.hpa.Spec.Metrics {
		found, err := a.measure(ctx, spec.External)
		if err != nil {
			missing = errors.Join(missing, err)
			continue
		}
		metrics = append(metrics, found)
		wanted = max(wanted, wish(current, found))
	}
	if missing != nil && wanted < current {
		return current, metrics, missing
	}
	return min(max(wanted, *a.hpa.Spec.MinReplicas), a.hpa.Spec.MaxReplicas), metrics, missing
}

func (a *autoscaler) measure(ctx context.Context, spec *autoscalingv2.ExternalMetricSource) (metric, error) {
	name := spec.Metric.Name
	if spec.Target.Type != autoscalingv2.AverageValueMetricType {
		return metric{}, fmt.Errorf("%s: a target of type %s", name, spec.Target.Type)
	}
	values, err := a.handler.GetScaledObjectMetrics(ctx, a.cluster.key.Name, a.cluster.key.Namespace, name)
	if err != nil {
		return metric{}, err
	}
	if len(values.Items) == 0 {
		return metric{}, fmt.Errorf("%s: no metrics returned from external metrics API", name)
	}
	milli := int64(0)
	for _, value := range values.Items {
		milli += value.Value.MilliValue()
	}
	return metric{name, float64(milli) / 1000, float64(spec.Target.AverageValue.MilliValue()) / 1000}, nil
}

func wish(current int32, m metric) int32 {
	if ratio := m.Value / (m.Target * float64(current)); math.Abs(1-ratio) <= tolerance {
		return current
	}
	return int32(math.Ceil(m.Value / m.Target))
}
