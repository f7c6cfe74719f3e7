# Everything is built from source by Go: a fresh machine needs Go, make and git. Tools are pinned in hack/tools.

TOOL := go tool -modfile=hack/tools/go.mod
HELM := go tool -modfile=hack/tools/helm/go.mod helm
CONTROLLER_GEN := $(TOOL) controller-gen
TESTRUN := go run ./hack/testrun

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
IMAGE ?= kubemate:$(VERSION)
COUNT ?= 5
BENCH ?= .
EXECUTIONS ?= 1000000
GO_BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$(VERSION)"

LINKERD_API := ./internal/driver/linkerd/api/...
CERTMANAGER_API := ./internal/driver/certmanager/api/...
CERTMANAGER_CRDS := internal/driver/certmanager/testdata/crds
LINKERD_CRDS := internal/driver/linkerd/testdata/crds

.DEFAULT_GOAL := help
.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Generated files

.PHONY: generate
generate: ## Write deep copies of the API types
	$(CONTROLLER_GEN) object:headerFile=hack/boilerplate.go.txt paths=./api/... paths=$(LINKERD_API) paths=$(CERTMANAGER_API)

.PHONY: manifests
manifests: ## Write the CRDs, the roles and what the chart takes from them
	$(CONTROLLER_GEN) crd paths=./api/... output:crd:artifacts:config=config/crd/bases
	cp config/crd/bases/*.yaml charts/kubemate/files/crds/
	cp -R config/admission/actions config/admission/four-eyes charts/kubemate/files/admission/
	$(CONTROLLER_GEN) crd paths=$(LINKERD_API) output:crd:artifacts:config=$(LINKERD_CRDS)
	$(CONTROLLER_GEN) crd paths=$(CERTMANAGER_API) output:crd:artifacts:config=$(CERTMANAGER_CRDS)
	go run ./hack/rbac
	go run ./hack/gitops

.PHONY: golden
golden: ## Rewrite the golden files: read the diff before you commit it
	$(TESTRUN) -update golden

##@ Checks

.PHONY: fmt
fmt: ## Format the code
	$(TOOL) golangci-lint fmt

.PHONY: lint
lint: ## Check the code by .golangci.yml
	$(TOOL) golangci-lint run --allow-parallel-runners

.PHONY: verify
verify: ## Check that generated files, format, modules and lint are as they should be
	hack/verify.sh

##@ Tests

.PHONY: test
test: ## Run all tests; the first run builds the servers, about 20 minutes on 2 cores
	$(TESTRUN)

.PHONY: test-unit
test-unit: ## Run the tests that need no servers
	$(TESTRUN) unit

.PHONY: test-env
test-env: ## Run the suites on a real API server
	$(TESTRUN) servers

.PHONY: test-e2e
test-e2e: ## Run the whole operator with real Traefik and traffic
	$(TESTRUN) e2e

.PHONY: test-race
test-race: ## Run the unit and API-server tests with the race detector (needs a C compiler)
	$(TESTRUN) -race unit servers

.PHONY: fuzz
fuzz: ## Compare EXECUTIONS rules, headers and paths each with Traefik's own muxer
	go test -v -timeout=0 -run='^TestRulesMeanWhatTheyShould$$' ./internal/driver/traefik -executions=$(EXECUTIONS)

.PHONY: mutants
mutants: ## Make small faults in the code that decides and ask whether the tests notice (half an hour)
	go run ./hack/mutants internal/release internal/compose

.PHONY: bench
bench: ## Run the benchmarks COUNT times (BENCH selects); those on a real API server take 10 minutes each time
	go test -run='^$$' -bench='$(BENCH)' -benchmem -count=$(COUNT) ./internal/...
	go test -run='^$$' -bench='$(BENCH)' -benchtime=1x -count=$(COUNT) -timeout=2h ./test/bench

##@ Build and try

.PHONY: build
build: ## Build bin/manager, bin/credentials and bin/kubectl-kubemate
	$(GO_BUILD) -o bin/ ./cmd/manager ./cmd/credentials ./cmd/kubectl-kubemate

.PHONY: image
image: ## Build the container image IMAGE with docker, podman or buildah
	VERSION='$(VERSION)' IMAGE='$(IMAGE)' hack/image.sh

.PHONY: chart
chart: manifests ## Lint and package the Helm chart into bin
	$(HELM) lint --strict charts/kubemate
	$(HELM) package charts/kubemate --destination bin

.PHONY: testbed
testbed: ## Run a real control plane with Traefik on this machine, to try things by hand
	go run ./hack/testbed/cmd/testbed up

.PHONY: demo
demo: ## Show a release of a sample shop under traffic on this machine
	go run ./hack/demo
