# Everything that this tree can be asked to do. "make help" lists it.
#
# Only Go, git and make are needed, except for the race detector (a C compiler)
# and "make clients" (which says what it misses). Plain POSIX shell; GNU make
# 3.81 is enough.

# The modules, lowest layer first; the test of layers compares this with the
# table that it holds.
PUBLISHED := reactor tls httpone httptwo websocket router server cli
MODULES   := $(PUBLISHED) bench docs/examples

VERSION   ?= v0.1.0
COMMIT    := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
STAMP     := reactor.example/cli/internal/command.build
FUZZTIME  ?= 10s
BENCHTIME ?= 1s
COUNT     ?= 1
GRPCTIME  ?= 3s

GOFUMPT     := go run mvdan.cc/gofumpt@v0.12.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Go programs that do what a line of shell cannot.
HOUSE := GOWORK=off go -C docs/examples run ./house/cmd

# The tests of the house look at the tree through other processes, which the
# cache of go test cannot see. So they run apart, uncached, and only once.
HOUSE_TESTS := ./docs/examples/house
PACKAGES     = $$(go list work | grep -v '/docs/examples/house$$')

# Many tests wait for deadlines of others, so more of them than there are
# processors run at once. The steps that share results must share the flag.
WAITING := -parallel 4

# Built and vetted, though tested only where you are.
PLATFORMS         := linux/amd64 linux/arm64 linux/386 darwin/amd64 darwin/arm64 \
                     freebsd/amd64 netbsd/amd64 openbsd/amd64
SANS_IO           := tls httpone httptwo websocket router
SANS_IO_PLATFORMS := windows/amd64 js/wasm

# What "make check" does, quick refusals first.
STEPS := lint layers cross alone test race conform grpc clients

.PHONY: all
all: server_runner ## build ./server_runner (the default)

# The go command knows best what is out of date.
.PHONY: server_runner
server_runner:
	@echo 'building ./server_runner $(VERSION)'
	@go build -trimpath -o $@ -ldflags '-X $(STAMP)Version=$(VERSION) -X $(STAMP)Commit=$(COMMIT)' ./cli/server_runner

.PHONY: run
run: server_runner ## build, then serve on 127.0.0.1:8080, or on port REACTOR_BIND_PORT
	@./server_runner start

# Tests.

.PHONY: test
test: ## all Go tests of all modules; needs Go, git and make only
	go test $(WAITING) $(PACKAGES)
	go test -count=1 $(HOUSE_TESTS)

test-%: ## the tests of one module, as in test-router
	go test ./$*/...

.PHONY: race
race: ## the same under the race detector, in random order, with less bulk
	go test -race -shuffle=on $(PACKAGES)

.PHONY: alone
alone: ## each module without the workspace: catches a missing require
	@set -e; for module in $(MODULES); do \
		echo "alone: $$module"; \
		(cd $$module && GOWORK=off go vet ./... && \
			GOWORK=off go test $(WAITING) $$(GOWORK=off go list ./... | grep -v '/docs/examples/house$$')); \
	done

.PHONY: layers
layers: ## who imports whom, and what each module requires
	go test -count=1 -run '^TestLayers' $(HOUSE_TESTS)

.PHONY: conform
conform: ## tables of requests, right and wrong, and h2spec, against the built binary
	HOUSE=conform go test -count=1 -run '^TestConform' $(HOUSE_TESTS)

.PHONY: grpc
grpc: ## the client of grpc-go, 1,000 streams at once for GRPCTIME, against a handler that speaks gRPC
	@GOWORK=off go -C bench/grpc run . -for $(GRPCTIME)

.PHONY: clients
clients: ## curl, browsers, load generators; every command in the documentation
	HOUSE=clients go test -count=1 -v -timeout 10m $(WAITING) -run '^TestClients|^TestCommands' $(HOUSE_TESTS)

suite-%: ## what answers to a suite of the original, as in suite-route (docs/testing.md)
	@$(HOUSE) suite $*

.PHONY: fuzz
fuzz: ## every fuzz target in turn, FUZZTIME each
	@set -e; grep -rn --include='*_test.go' '^func Fuzz' $(MODULES) | \
	sed 's/^\([^:]*\)\/[^/]*:[0-9]*:func \(Fuzz[A-Za-z0-9_]*\).*/\1 \2/' | \
	while read -r folder target; do \
		echo "fuzz: $$folder $$target for $(FUZZTIME)"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$folder </dev/null; \
	done

.PHONY: bench
bench: ## the benchmarks of all modules, BENCHTIME each, COUNT times
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -count $(COUNT) $(PACKAGES)

bench-%: ## the benchmarks of one module, as in bench-httpone
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -count $(COUNT) ./$*/...

# The gate.

.PHONY: check
check: ## all of it; prints the time of each step
	@report=; failed=; \
	for step in $(STEPS); do \
		echo "==> make $$step"; start=$$(date +%s); \
		$(MAKE) --no-print-directory $$step || failed=$$step; \
		report="$$report$$(printf '%5d s  %s' $$(($$(date +%s) - start)) $$step)\n"; \
		[ -z "$$failed" ] || break; \
	done; \
	printf '\nTime of each step:\n%b' "$$report"; \
	[ -z "$$failed" ] || { echo "make $$failed failed" >&2; exit 1; }

.PHONY: fmt
fmt: ## format all Go files
	$(GOFUMPT) -l -w $(MODULES)

.PHONY: lint
lint: vet ## format, vet, staticcheck and go fix, changing nothing
	@files=$$($(GOFUMPT) -l $(MODULES)) || exit 1; \
	[ -z "$$files" ] || { echo "not formatted, make fmt mends it:" >&2; echo "$$files" >&2; exit 1; }
	$(STATICCHECK) work
	go fix -diff work

.PHONY: vet
vet: ## go vet
	go vet work

.PHONY: cross
cross: ## build for the other platforms, and vet what differs there: files, or the size of an int
	@set -e; for platform in $(PLATFORMS); do \
		echo "cross: $$platform"; \
		export GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		case $$platform in \
			*/386) go vet work ;; \
			*) go vet $$(go list -f '{{if .IgnoredGoFiles}}{{.ImportPath}}{{end}}' work) ;; \
		esac; \
		go build -buildmode=archive work; go build -o /dev/null ./cli/server_runner; \
	done
	@set -e; for platform in $(SANS_IO_PLATFORMS); do \
		echo "cross: $$platform, $(SANS_IO)"; \
		export GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		for module in $(SANS_IO); do go build ./$$module/...; go vet ./$$module/...; done; \
	done
	@echo 'cross: windows/amd64, reactor says in one line why not'
	@! out=$$(GOOS=windows GOARCH=amd64 go build ./reactor 2>&1) || \
		{ echo 'reactor builds for windows' >&2; exit 1; }; \
	[ "$$(echo "$$out" | grep -vc '^#')" = 1 ] || { echo "$$out" >&2; exit 1; }

.PHONY: certs
certs: ## a certificate for localhost and its key, to try TLS with: build/certs
	@$(HOUSE) certs build/certs

# Modules, versions, import path.

.PHONY: tidy
tidy: ## go mod tidy in every module, lowest first
	go work sync
	@set -e; for module in $(MODULES); do (cd $$module && GOWORK=off go mod tidy); done
	GOWORK=off go -C bench/grpc mod tidy

.PHONY: modules
modules: ## pack every module at VERSION into dist/proxy, for GOPROXY=file://...
	@$(HOUSE) modules -version $(VERSION) -o dist/proxy

.PHONY: rehome
rehome: ## move the tree to another import path: PREFIX=host/owner/repo
	@[ -n "$(PREFIX)" ] || { echo 'usage: make rehome PREFIX=host/owner/repo' >&2; exit 1; }
	@$(HOUSE) rehome $(PREFIX)

.PHONY: release
release: ## tag all modules, lowest first: VERSION=v0.1.0; pushes nothing
	@[ "$(origin VERSION)" != file ] || { echo 'usage: make release VERSION=v0.1.0' >&2; exit 1; }
	@$(HOUSE) release $(VERSION)

.PHONY: clean
clean: ## remove what make has built
	rm -rf server_runner dist build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z_%-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
