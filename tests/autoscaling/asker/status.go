package main

import (
	"context"
	"encoding/json"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// status answers a patch as the real client does: it reads the answer into the object as it stands. The in-memory
// client empties the object first, and KEDA reads its spec without a lock while another trigger's failure is being
// written: a spec without a formula then loses that trigger, and KEDA asks for the fallback's replicas.
type status struct{ client.SubResourceWriter }

func (c *cluster) Status() client.SubResourceWriter { return status{c.Client.Status()} }

func (s status) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	answer := object.DeepCopyObject().(client.Object)
	if err := s.SubResourceWriter.Patch(ctx, answer, patch, options...); err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, object)
}
