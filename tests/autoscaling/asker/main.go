// Asker runs KEDA's own scale handler, and the HPA's rule, on a rendered ScaledObject: each line on standard
// input is one round (KEDA's poll, then the HPA's question), each line of output is what came of it, in JSON.
// A line that is a number first sets how many replicas run. What KEDA logs goes to standard error.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/go-logr/logr/funcr"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
)

func main() {
	file := flag.String("file", "", "manifests with the ScaledObject, as helm template writes them")
	name := flag.String("name", "", "which ScaledObject")
	flag.Parse()
	logf.SetLogger(funcr.New(func(prefix, args string) { fmt.Fprintln(os.Stderr, prefix, args) }, funcr.Options{}))
	if err := serve(context.Background(), *file, *name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, file, name string) error {
	cluster, err := readCluster(file, name)
	if err != nil {
		return err
	}
	admission := cluster.admit()
	if err := json.NewEncoder(os.Stdout).Encode(admission); err != nil || admission.Refused != "" {
		return err
	}
	autoscaler := newAutoscaler(cluster)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if replicas, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil {
			cluster.scale(ctx, int32(replicas))
		}
		if err := json.NewEncoder(os.Stdout).Encode(autoscaler.round(ctx)); err != nil {
			return err
		}
	}
	return lines.Err()
}
