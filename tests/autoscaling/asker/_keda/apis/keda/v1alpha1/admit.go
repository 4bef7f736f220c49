package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Admit asks KEDA's own admission webhook about a new object; it answers with warnings or a refusal.
func Admit(so *ScaledObject, cluster client.Client, mapper meta.RESTMapper) ([]string, error) {
	kc, restMapper = cluster, mapper
	dryRun := false
	return so.ValidateCreate(&dryRun)
}
