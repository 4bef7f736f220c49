"""docs/metrics.md, from the registries that the processes really serve."""
