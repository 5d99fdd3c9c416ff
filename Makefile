# Tribuna. `make help` lists what there is.
# Nothing is done twice: npm packages, built pages and tools have a stamp or
# are files themselves, and Go keeps its own cache.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

TEMPORAL_CLI  := github.com/temporalio/cli/cmd/temporal@v1.5.1
STATICCHECK   := honnef.co/go/tools/cmd/staticcheck@v0.8.2

TOOLS  := .bin
STAMPS := .stamps
# What the pages are built from: their sources, and everything that names a
# style or an icon, because the build drops those nobody names.
PAGES  := $(shell find web/assets web/views -type f) $(wildcard web/*.go)

# What is said in every language, and whatever names a sentence.
WORDING := $(shell find cmd workflows activities api models web internal scripts -name '*.go' -o -path '*/catalogs/*' -name '*.json' \
  -o -path '*/views/*' -type f -o -path '*/templates/*' -type f)

# A Temporal on the PATH serves as well as our own; so does a given one.
ifeq ($(TEMPORAL_ADDRESS)$(shell command -v temporal 2>/dev/null),)
TEMPORAL := $(TOOLS)/temporal
endif
ifeq ($(DATABASE_URL),)
POSTGRES := postgresql
endif

.PHONY: help run build assets test check mistakes quick walkthrough bench bench-campaign screenshots clean postgresql chromium pandoc poppler node

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo "Variables of the environment: bin/tribuna help config (after make build)"

run: build $(POSTGRES) $(TEMPORAL) ## install what is missing, build, and run everything on this machine
	@bin/tribuna dev

build: assets $(STAMPS)/catalogs ## build bin/tribuna
	@echo "==> Building bin/tribuna" >&2
	@go build -o bin/tribuna ./cmd/tribuna

assets: $(STAMPS)/assets ## build styles, scripts and fonts of the pages

# Tests start servers of their own, whatever the environment gives. The longest packages come first, so that none of them is
# left alone on one core at the end.
test: assets postgresql chromium pandoc poppler $(if $(shell command -v temporal 2>/dev/null),,$(TOOLS)/temporal) ## install what is missing and run every test
	@echo "==> Running all tests"
	@go test -p 2 -timeout 75m ./web ./cmd/tribuna ./...

check: assets postgresql pandoc poppler $(TOOLS)/staticcheck $(TOOLS)/workflowcheck ## check format, look for mistakes, run the quick tests
	@echo "==> gofmt"
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	  if [ -n "$$unformatted" ]; then echo "Format these with gofmt -w:"; echo "$$unformatted"; exit 1; fi
	@$(MAKE) -j 2 -O quick mistakes

# Side by side, for the tests often wait for PostgreSQL.
mistakes:
	@echo "==> staticcheck"
	@$(TOOLS)/staticcheck ./...
	@echo "==> workflowcheck"
	@go vet -vettool=$(TOOLS)/workflowcheck ./workflows/...

# With all that go vet looks for, package by package, which saves to go through all of them once more.
quick:
	@echo "==> go vet, and the quick tests"
	@go test -short -vet=all -p 3 -timeout 12m ./web ./api ./models ./...

walkthrough: build ## take one recommendation the whole way on the running instance (DATA=folder for the real texts)
	@bin/tribuna walkthrough $(if $(DATA),--data "$(DATA)") $(ARGS)

bench: build postgresql $(TEMPORAL) ## measure everything on an otherwise idle machine into docs/performance.md (BENCH="-only signoff" shows one part)
	@go run ./scripts/bench $(or $(BENCH),-write docs/performance.md)

bench-campaign: build postgresql ## measure how fast a mailing is sent, on an otherwise idle machine, into docs/performance.md (CAMPAIGN="-n 5000" shows less)
	@go run ./scripts/campaign $(or $(CAMPAIGN),-rounds 3 -write docs/performance.md)

screenshots: build chromium ## take the pictures of README from the running instance (URL=http://127.0.0.1:8080)
	@go run ./scripts/screenshots $(or $(URL),http://127.0.0.1:8080)

clean: ## remove what was built and installed here; .data stays
	rm -rf bin $(TOOLS) $(STAMPS) node_modules web/static/dist internal/breached/dist/*.gz

$(STAMPS)/npm: package.json package-lock.json | node
	@echo "==> Installing npm packages"
	@npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/assets: $(STAMPS)/npm $(PAGES)
	@echo "==> Building styles, scripts and fonts"
	@npm run --silent build
	@mkdir -p $(STAMPS) && touch $@

# A sentence that a language lacks, or that nobody says, stops the build.
$(STAMPS)/catalogs: $(WORDING)
	@echo "==> Checking the catalogs of all languages"
	@go run ./scripts/catalogs
	@mkdir -p $(STAMPS) && touch $@

$(TOOLS)/temporal:
	@echo "==> Building the Temporal CLI into .bin (once, some minutes)"
	@GOBIN=$(CURDIR)/$(TOOLS) go install $(TEMPORAL_CLI)

$(TOOLS)/staticcheck:
	@echo "==> Installing staticcheck into .bin"
	@GOBIN=$(CURDIR)/$(TOOLS) go install $(STATICCHECK)

$(TOOLS)/workflowcheck: $(wildcard scripts/workflowcheck/*)
	@echo "==> Building workflowcheck into .bin"
	@cd scripts/workflowcheck && go build -o $(CURDIR)/$(TOOLS)/workflowcheck .

postgresql chromium pandoc poppler node:
	@scripts/ensure $@
