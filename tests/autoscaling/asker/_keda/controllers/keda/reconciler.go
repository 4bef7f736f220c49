package keda

import (
	"context"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	logf "sigs.k8s.io/controller-runtime/pkg/log"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kedacore/keda/v2/pkg/scaling"
)

// ScaledObjectReconciler has what hpa.go needs of KEDA's reconciler.
type ScaledObjectReconciler struct {
	Client       client.Client
	Scheme       *runtime.Scheme
	ScaleHandler scaling.ScaleHandler
}

// HPA is the HorizontalPodAutoscaler that KEDA makes of a ScaledObject.
func (r *ScaledObjectReconciler) HPA(ctx context.Context, so *kedav1alpha1.ScaledObject) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	return r.newHPAForScaledObject(ctx, logf.Log, so, so.Status.ScaleTargetGVKR)
}
