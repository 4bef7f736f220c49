package scaling

import (
	"context"
	"sync"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

// Poll is one turn of KEDA's own scale loop, which otherwise waits for its interval.
func Poll(ctx context.Context, handler ScaleHandler, object kedav1alpha1.ScalableObject) {
	handler.(*scaleHandler).checkScalers(ctx, object, &sync.Mutex{})
}
