package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

const namespace = "default"

// cluster holds the rendered objects in memory, as the Kubernetes API would.
type cluster struct {
	client.Client
	scheme *runtime.Scheme
	key    client.ObjectKey
	target client.ObjectKey
}

// admission is what KEDA's webhook says of the ScaledObject.
type admission struct {
	Warnings []string `json:"warnings"`
	Refused  string   `json:"refused"`
}

func readCluster(file, name string) (*cluster, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientscheme.AddToScheme(scheme), kedav1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	objects, err := readObjects(file, scheme)
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		if scaled, is := object.(*kedav1alpha1.ScaledObject); is && scaled.Name == name {
			return newCluster(scheme, scaled, objects), nil
		}
	}
	return nil, fmt.Errorf("%s has no ScaledObject %s", file, name)
}

func newCluster(scheme *runtime.Scheme, scaled *kedav1alpha1.ScaledObject, objects []client.Object) *cluster {
	// KEDA's reconciler would look this up in the API.
	scaled.Status.ScaleTargetGVKR = &kedav1alpha1.GroupVersionKindResource{
		Group: "apps", Version: "v1", Kind: "Deployment", Resource: "deployments",
	}
	target := client.ObjectKey{Namespace: namespace, Name: scaled.Spec.ScaleTargetRef.Name}
	made := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(scaled).WithObjects(objects...).Build()
	return &cluster{made, scheme, client.ObjectKeyFromObject(scaled), target}
}

func readObjects(file string, scheme *runtime.Scheme) ([]client.Object, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	decoder := serializer.NewCodecFactory(scheme).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	var objects []client.Object
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		decoded, _, err := decoder.Decode(document, nil, nil)
		// What KEDA does not read, such as a ServiceMonitor, is left out; a ScaledObject that does not fit is an error.
		if runtime.IsNotRegisteredError(err) || runtime.IsMissingKind(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		object := decoded.(client.Object)
		object.SetNamespace(namespace)
		objects = append(objects, object)
	}
}

func (c *cluster) admit() admission {
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(appsv1.SchemeGroupVersion.WithKind("Deployment"), meta.RESTScopeNamespace)
	warnings, err := kedav1alpha1.Admit(c.scaledObject(context.Background()), c, mapper)
	if err != nil {
		return admission{Refused: err.Error()}
	}
	return admission{Warnings: warnings}
}

func (c *cluster) scaledObject(ctx context.Context) *kedav1alpha1.ScaledObject {
	scaled := &kedav1alpha1.ScaledObject{}
	must(c.Get(ctx, c.key, scaled))
	return scaled
}

func (c *cluster) deployment(ctx context.Context) *appsv1.Deployment {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: c.target.Namespace, Name: c.target.Name}}
	must(c.Get(ctx, c.target, deployment))
	return deployment
}

// replicas is the Deployment's count: 1 where a chart leaves it to the autoscaler.
func (c *cluster) replicas(ctx context.Context) int32 {
	if count := c.deployment(ctx).Spec.Replicas; count != nil {
		return *count
	}
	return 1
}

func (c *cluster) scale(ctx context.Context, replicas int32) {
	deployment := c.deployment(ctx)
	deployment.Spec.Replicas = &replicas
	must(c.Update(ctx, deployment))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
