// Package gcp stands where KEDA finds credentials of a cloud: here are none.
package gcp

import (
	"errors"
	"net/http"

	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
)

// GcpScopeMonitoringRead is not used.
const GcpScopeMonitoringRead = ""

// ErrGoogleApplicationCrendentialsNotFound is what a machine without credentials gets.
var ErrGoogleApplicationCrendentialsNotFound = errors.New("no cloud in this build")

// GetGCPOAuth2HTTPTransport finds no credentials.
func GetGCPOAuth2HTTPTransport(*scalersconfig.ScalerConfig, http.RoundTripper, string) (http.RoundTripper, error) {
	return nil, ErrGoogleApplicationCrendentialsNotFound
}
