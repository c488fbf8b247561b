# The commands of this repository. `make check` is what has to pass before a merge.

GO       ?= go
TOOL      = $(GO) tool -modfile=tools/go.mod
FUZZTIME ?= 60s
COUNT    ?= 6

# The one test command is the one that the README promises.
TEST = $(shell sed -n '/^go test /p' README.md)
# Packages whose goldens and documents are written by their tests.
GENERATED = $(shell grep -rl --include='*_test.go' 'flag\.Bool."update"' . | xargs -n1 dirname | sort -u)

.PHONY: check build test update fresh lint fuzz bench vuln release-check clean

check: lint test fresh

build:
	$(GO) build -o bin/ ./cmd/...

test:
	$(TEST)

lint:
	@unformatted=$$($(TOOL) gofumpt -l .) && if [ -n "$$unformatted" ]; then \
		echo "not formatted, run 'go tool -modfile=tools/go.mod gofumpt -w .':"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(TOOL) staticcheck ./...

# Rewrites goldens and generated documents from what the code does now. What only
# measures costs writes none.
update:
	$(GO) test -count=1 -skip '^Test(Cost|Budget)' $(GENERATED) -update

# Goldens and documents are fresh if an update changes nothing. On a clean tree
# that is `git diff --exit-code`; on any other, what is already changed may stay.
fresh:
	@state() { git status --porcelain; git diff HEAD; }; \
	before=$$(state | git hash-object --stdin) && \
	$(MAKE) --no-print-directory update && \
	if [ "$$(state | git hash-object --stdin)" != "$$before" ]; then \
		git status --short; git --no-pager diff HEAD --stat; \
		echo "goldens or documents were stale: look at the changes and commit them"; exit 1; fi

# Each fuzz target in turn, for FUZZTIME.
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

# Writes bench.txt. Compare two of them with `go tool -modfile=tools/go.mod benchstat old.txt bench.txt`.
bench:
	$(GO) test -run '^$$' -bench . -benchmem -count $(COUNT) ./... | tee bench.txt

# Needs the network; not part of check.
vuln:
	$(TOOL) govulncheck ./...

# Makes the release of HEAD twice and compares. Needs goreleaser and the network, takes
# minutes for each platform; not part of check.
release-check:
	tools/release-check $(PLATFORM)

clean:
	rm -rf bin out bench.txt dist dist-man
