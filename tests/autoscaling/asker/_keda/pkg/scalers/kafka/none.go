package kafka

import (
	"github.com/IBM/sarama"
	"github.com/aws/aws-sdk-go-v2/aws"
)

// OAuthBearerTokenProvider is left out: no OAuth here.
func OAuthBearerTokenProvider(string, string, string, []string, map[string]string) sarama.AccessTokenProvider {
	return nil
}

// OAuthMSKTokenProvider is left out: no cloud here.
func OAuthMSKTokenProvider(*aws.Config) sarama.AccessTokenProvider { return nil }
