// Nothing is built here: the modules' sources hold the custom resource definitions that the chart is checked against.
module sluice/tests/chart/crds

go 1.26

require (
	github.com/kedacore/keda/v2 v2.20.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
