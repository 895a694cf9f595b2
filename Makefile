# What one can do here; `make` alone tells. The work is done by CMake, npm and tools/.
.DEFAULT_GOAL := help
.PHONY: help setup page build run test test-peers bench fuzz soak lint format clean

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CITY ?= cities/shancheng
STORM ?= p50-3h
SPEED ?= 60
# The example's storm is a design storm, known beforehand; RAIN=honest forecasts by persistence.
RAIN ?= perfect
PAGE_SOURCES = $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | \
	    while IFS=: read -r name words; do printf '  make %-12s%s\n' "$$name" "$$words"; done

setup: ## install the Debian packages that are missing
	@sh tools/setup.sh build

# npm's own record of what it installed is the time to compare with.
web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(PAGE_SOURCES)
	cd web && npm run --silent build
	@touch $@

page: $(if $(wildcard web/package.json),web/dist/index.html)

build: setup ## build the command, build/thalweg, with its page
	@$(MAKE) --no-print-directory page
	@cmake --preset release $(if $(wildcard build/build.ninja),>/dev/null)
	@cmake --build build --target thalweg -j $(JOBS)

run: build ## the example city on a page, a storm replayed (CITY=, STORM=, SPEED=, RAIN=)
	./build/thalweg serve $(CITY) --replay $(STORM) --speed $(SPEED) --rain $(RAIN)

test: ## build and run all tests (CI=true: both compilers, sanitizers, lint)
	@sh tools/setup.sh test
	@python3 tools/run_tests.py --jobs $(JOBS) $(if $(CI),--ci)

test-peers: build ## made models and the corpus against SWMM; writes docs/validation.md
	@sh tools/setup.sh bench
	@python3 tools/test_peers.py --jobs $(JOBS)

bench: build ## time and memory beside peers, a table per part of tools/bench/ (BENCH=)
	@sh tools/setup.sh bench
	python3 tools/bench.py $(BENCH)

fuzz: setup ## fuzz every reader of bytes for FUZZ_SECONDS each
	@sh tools/setup.sh test
	python3 tools/fuzz.py $(FUZZ)

soak: build ## replay storms for hours and watch memory, descriptors and answers
	@sh tools/setup.sh test
	python3 tests/continue_test.py build/thalweg --hours 24
	python3 tools/soak.py $(SOAK)

lint: ## format, clang-tidy and the checks of the architecture
	@sh tools/setup.sh test
	@python3 tools/run_tests.py --jobs $(JOBS) --lint

format: ## lay out all C as .clang-format says
	@git ls-files '*.c' '*.h' | xargs clang-format-14 -i

clean: ## remove what was built
	rm -rf build web/dist
