# Every command of the project; each sets up what it needs, once, and the next run starts at once.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
BIN := .venv/bin
CODE := $(wildcard stream tests bench examples) scripts/pin-bases
# Where a machine forbids bytecode, each of a thousand short processes would compile all of Sluice anew.
unexport PYTHONDONTWRITEBYTECODE
RIVALS := $(foreach name,aiokafka quixstreams faust,.venv-bench-$(name)/.ready)

.PHONY: help demo check test chart bench chaos images pin-bases schemas metrics lock clean lint java helm keda promtool

help: ## list these commands
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

demo: .venv/.demo ## the main job on this machine; ARGS="--minutes 1" passes options on
	$(BIN)/sluice demo $(ARGS)

check: lint ## the fast loop: lint, types, layers, unit tests
	$(BIN)/pytest -q -n auto -m "not broker and not vllm and not slow and not chaos" $(wildcard tests/unit tests/contract tests/metrics)

test: lint java helm keda promtool .venv-vllm/.ready ## everything but the long chaos test and the images: real Kafka, KEDA, Prometheus, vLLM
	$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not vllm and not chaos and not images"
	.venv-vllm/bin/pytest -q -m vllm tests/vllm

chart: .venv/.dev helm ## the Helm chart's tests alone: lint, schemas, suites, complaints
	$(BIN)/pytest -q tests/chart

bench: .venv/.dev .venv-vllm/.ready $(RIVALS) java ## the measurements: tables, and bench/out/NAME.json
	$(BIN)/python -m bench $(ARGS)

chaos: .venv/.dev java ## the long chaos test: at least 200 faults
	$(BIN)/pytest -q -m chaos

images: .venv/.dev java ## build the small images, start them on a real Kafka; install the judge's packages
	scripts/images core ledger judge-exemplar
	$(BIN)/pytest -q -m images $(ARGS)

pin-bases: ## write the digests of the Dockerfile's bases, where their registry can be reached
	scripts/pin-bases

schemas: .venv/.dev ## write schemas/ anew from the event types, and the chart's from the settings
	$(BIN)/python -m stream.ops.schemas $(ARGS)
	$(BIN)/python -m tests.chart.settings_schema

metrics: .venv/.dev ## write docs/metrics.md anew from the registries
	$(BIN)/python -m stream.ops.metrics

lock: .venv/.demo ## resolve requirements/*.in anew; ARGS=--upgrade takes newer versions
	scripts/lock $(ARGS)

clean: ## remove the virtual environments and caches
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile

java:
	@scripts/java

helm: .venv/.demo
	@scripts/helm

promtool:
	@scripts/promtool

keda: .venv/.demo
	@scripts/keda >/dev/null

.venv/.demo: requirements/ledger.txt requirements/uv.txt pyproject.toml
	scripts/environment .venv ledger && touch $@

.venv/.dev: requirements/dev.txt .venv/.demo
	scripts/environment .venv dev && touch $@

.venv-vllm/.ready: requirements/vllm.txt .venv/.demo
	scripts/environment .venv-vllm vllm && touch $@

.venv-bench-%/.ready: requirements/bench-%.txt .venv/.demo
	scripts/environment .venv-bench-$* bench-$* && touch $@
