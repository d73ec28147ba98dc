# Go is all you need for `make run`; `make test` also wants the real parts that
# tools/parts.sh names, `make check` the tools that `make tools` downloads.
TOOL     := go tool -modfile=tools/go.mod
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X github.com/prometheus/common/version.Version=$(VERSION)
DECODERS := $(shell grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u)

.DEFAULT_GOAL := help
.PHONY: help demo run build test check fast long bench fuzz golden shots release tools

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the program, into bin/
	@mkdir -p bin
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/headstart ./cmd/headstart

demo: build ## an invented organisation: outages, tickets, messages and a morning report, in this process
	bin/headstart demo

run: build ## the real service on this machine: board, status page, three probes
	bin/headstart serve --config configs/quickstart.yml

test: ## every suite on real parts; what the gate runs (.ci/run)
	@tools/parts.sh
	@go -C tools test ./suites ./mutants ./long
	@go -C tools run ./suites

check: ## before a push: tidy, fix, format, lint, dead code, race
	go mod tidy -diff
	go fix -diff ./...
	$(TOOL) golangci-lint fmt --diff
	$(TOOL) golangci-lint run ./...
	go vet ./...
	@dead=$$($(TOOL) deadcode -test ./...); test -z "$$dead" || { echo "$$dead"; echo "deadcode: neither program nor test reaches these; remove them"; exit 1; }
	GORACE=atexit_sleep_ms=0 go test -race -timeout 300s $$(go list ./... | grep -v -e /cmd/ -e /store -e /announce -e '/web$$')

fast: ## on every save: what needs no real part
	go test -timeout 60s $$(go list ./... | grep -v -e /cmd/ -e /store -e '/web$$')

long: ## before an issue is called resolved: what takes longer, well over an hour; what each part showed goes into docs/long.md
	go -C tools run ./long -write ../docs/long.md

# Minimising is kept short: a page touches so much that its coverage differs from run
# to run, and go test would make one input smaller for all of FUZZTIME.
# On a busy machine go test may end a target late and call that a failure. What a
# target really finds is kept in its testdata, so it fails again.
FUZZTIME ?= 10s
fuzz: ## each decoder of outside input, FUZZTIME each (10s)
	@set -e; for dir in $(DECODERS); do \
		for f in $$(go test -list '^Fuzz' $$dir | grep '^Fuzz'); do \
			echo "$$dir $$f"; \
			go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$dir || go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$dir; \
		done; done

bench: ## how right correlation is; ingest, storm, replay, commit and probe rows, beside redis-benchmark, Alertmanager and fping
	go test -count 1 -timeout 10m -run '^TestCompare$$' ./correlate -organisations 10 -table ../docs/correlation.md
	go -C tools run ./bench -write ../docs/benchmarks.md

golden: ## accept new output of golden tests and scenarios; read the diff before you commit it
	@set -e; for dir in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -r -n1 dirname | sort -u); do go test $$dir -update; done

shots: ## pictures of the pages, into shots/
	mkdir -p shots && go test -timeout 15m -run TestPagesInABrowser -count 1 ./web -shots $(CURDIR)/shots

release: ## what people install, into dist/: archives, Debian packages, images, list of parts, checksums
	go -C tools/release run .

tools: ## download what check and bench use, and build Alertmanager for comparison
	cd tools && go mod download
	tools/alertmanager.sh
