# Go is all you need for `make run`; `make test` also wants the real parts that
# tools/parts.sh names, `make check` the tools that `make tools` downloads.
TOOL     := go tool -modfile=tools/go.mod
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X github.com/prometheus/common/version.Version=$(VERSION)
OLDER    := 64049f0ff75072827886cd24e207fb21a8c4ace9 # the last commit whose rules have the version before ours
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
	@go -C tools test ./suites ./mutants
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

long: ## before an issue is called resolved: mutants, 500 kills in three set-ups, 12 failovers of Redis, its faults under load for 20 s each, 40 changes of the leader, a network in two for 90 s, half an hour at 1,000 alerts a second, an upgrade and the way back under load, a site cut off for five minutes, 10,000 pings, the race detector everywhere, fuzzing, the Debian package, a release made twice
	go test -count 1 -timeout 10m -run '^TestLives$$' -v ./correlate -lives 10000
	go test -count 1 -timeout 15m -run '^TestPagesInABrowser$$' ./web -shots "$$(mktemp -d)"
	go test -count 1 -timeout 20m -run '^TestSurgeFindsOutages$$' -v ./correlate -quietweeks 40 -surgeweeks 30
	go -C tools run ./mutants
	go test -count 1 -timeout 30m -run TestCrashLoop -v ./cmd/headstart -crashes 200
	go test -count 1 -timeout 15m -run '^TestUpgrade$$' -v ./cmd/headstart -older $(OLDER)
	go test -count 1 -timeout 20m -run '^TestFailoverLoop$$' -v ./cmd/headstart -failovers 12
	go test -count 1 -timeout 20m -run '^TestCoverInAnyOrder$$' ./incidents -rapid.checks 5000 -rapid.seed $$(date +%s)
	go test -count 1 -timeout 20m -run '^TestEngineUnderFaults$$' ./incidents -simulated 3000
	go test -count 1 -timeout 20m -run '^(TestFaultsUnderLoad|TestPartition|TestClusterUnderLoad)$$' -v ./store -faults 20s
	go test -count 1 -timeout 30m -run '^(TestTakeover|TestLeaseLostInCommit)$$' -v ./cmd/headstart -takeovers 40
	go test -count 1 -timeout 20m -run '^TestServiceInPartition$$' -v ./cmd/headstart -parted 90s
	go test -count 1 -timeout 45m -run '^TestSoak$$' -v ./cmd/headstart -soak 30m
	go test -count 1 -timeout 20m -run '^TestSiteCutOff$$' -v ./cmd/headstart -cut 5m
	go test -count 1 -timeout 20m -run '^TestPagesBesideAlertmanager$$' -v ./cmd/headstart -pairs 5000
	go test -count 1 -timeout 10m -run '^TestSweepHalfDead$$' -v ./probes/icmp -targets 10000
	GORACE=atexit_sleep_ms=0 go test -race -count 1 -timeout 20m $$(go list ./... | grep -v /cmd/)
	$(MAKE) fuzz FUZZTIME=20s
	CI=1 tools/parts.sh debootstrap:debootstrap
	go -C tools/release test . -count 1 -timeout 30m -v
	go -C tools/release run . -again -arch amd64 -out "$$(mktemp -d)"

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
