// Package aws stands where KEDA finds credentials of a cloud: here are none.
package aws

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
)

var errNone = errors.New("no cloud in this build")

// AuthorizationMetadata is empty.
type AuthorizationMetadata struct{ TriggerUniqueKey string }

// GetAwsAuthorization refuses.
func GetAwsAuthorization(string, string, kedav1alpha1.AuthPodIdentity, map[string]string, map[string]string, map[string]string) (AuthorizationMetadata, error) {
	return AuthorizationMetadata{}, errNone
}

// ClearAwsConfig has nothing to clear.
func ClearAwsConfig(AuthorizationMetadata) {}

// GetAwsConfig refuses.
func GetAwsConfig(context.Context, AuthorizationMetadata) (*aws.Config, error) { return nil, errNone }

// NewSigV4RoundTripper finds no credentials, as on a machine that has none.
func NewSigV4RoundTripper(*scalersconfig.ScalerConfig, string) (http.RoundTripper, error) {
	return nil, nil
}
