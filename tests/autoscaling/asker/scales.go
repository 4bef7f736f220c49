package main

import (
	"context"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/scale"
)

// scales is the scale subresource of the one Deployment, by which KEDA itself goes to zero and back.
type scales struct{ cluster *cluster }

var _ scale.ScalesGetter = scales{}

func (s scales) Scales(string) scale.ScaleInterface { return s }

func (s scales) Get(ctx context.Context, _ schema.GroupResource, name string, _ metav1.GetOptions) (*autoscalingv1.Scale, error) {
	return &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       autoscalingv1.ScaleSpec{Replicas: s.cluster.replicas(ctx)},
	}, nil
}

func (s scales) Update(ctx context.Context, _ schema.GroupResource, wanted *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	s.cluster.scale(ctx, wanted.Spec.Replicas)
	return wanted, nil
}

func (s scales) Patch(context.Context, schema.GroupVersionResource, string, types.PatchType, []byte, metav1.PatchOptions) (*autoscalingv1.Scale, error) {
	panic("KEDA does not patch a scale")
}
