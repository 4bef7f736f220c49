package resolver

import (
	"context"
	"errors"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	corev1listers "k8s.io/client-go/listers/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kedacore/keda/v2/pkg/scalers/authentication"
)

var errNone = errors.New("no vault in this build")

type vault struct{}

func (vault) Initialize(logr.Logger) error { return errNone }
func (vault) Stop()                        {}
func (vault) ResolveSecrets([]kedav1alpha1.VaultSecret) ([]kedav1alpha1.VaultSecret, error) {
	return nil, errNone
}

type keys struct{}

func (keys) Initialize(context.Context, client.Client, logr.Logger, string, corev1listers.SecretLister) error {
	return errNone
}
func (keys) Read(context.Context, string, string) (string, error) { return "", errNone }

type secrets struct{}

func (secrets) Initialize(context.Context, client.Client, logr.Logger, string, corev1listers.SecretLister, *corev1.PodSpec) error {
	return errNone
}
func (secrets) Read(context.Context, logr.Logger, string, string, string, string) (string, error) {
	return "", errNone
}
func (secrets) Stop() {}

// NewHashicorpVaultHandler refuses.
func NewHashicorpVaultHandler(*kedav1alpha1.HashiCorpVault, *authentication.AuthClientSet, string) vault {
	return vault{}
}

// NewAzureKeyVaultHandler refuses.
func NewAzureKeyVaultHandler(*kedav1alpha1.AzureKeyVault) keys { return keys{} }

// NewGCPSecretManagerHandler refuses.
func NewGCPSecretManagerHandler(*kedav1alpha1.GCPSecretManager) keys { return keys{} }

// NewAwsSecretManagerHandler refuses.
func NewAwsSecretManagerHandler(*kedav1alpha1.AwsSecretManager) secrets { return secrets{} }
