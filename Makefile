# Two commands: `make analyze REPO=path` and `make test`. Both build .venv from the locks; a second run starts at once.

PYTHON ?= python3
REPO ?= .
ARGS ?=
JOBS ?= 2
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# Tests and checks run the sources as they are; what is installed, and what `analyze` runs, is the compiled wheel.
FROM_SOURCE := PYTHONPATH="$(CURDIR)/src"
PYTEST := $(FROM_SOURCE) $(BIN)/python -m pytest
SOURCES := $(shell find src -type f ! -name '*.pyc') hatch_build.py pyproject.toml README.md LICENSE
MADE := $(VENV)/.axon-made
RUNTIME := $(VENV)/.axon-runtime
INSTALLED := $(VENV)/.axon-installed
TOOLS := $(VENV)/.axon-tools

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help analyze test gate lint types bench bench-enrich fuzz faults lock docs clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  variables: PYTHON=$(PYTHON) REPO=$(REPO) ARGS='$(ARGS)' JOBS=$(JOBS)"

analyze: $(INSTALLED)  ## index REPO (default: this checkout); ARGS= takes more flags
	@$(BIN)/axon analyze "$(REPO)" $(ARGS)

test: gate  ## the gate, then the whole suite on JOBS processes
	$(PYTEST) -n $(JOBS) --dist loadfile $(ARGS)

gate: lint types  ## format, lint, types, import contracts and house rules
	$(FROM_SOURCE) $(BIN)/lint-imports --config importlinter.ini
	$(PYTEST) tests/house

lint: $(TOOLS)  ## ruff, format and rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(TOOLS)  ## mypy, strict, on src
	$(BIN)/mypy

bench: $(TOOLS) $(INSTALLED)  ## the measurements of benchmarks/; ARGS= takes its flags
	$(BIN)/python -m benchmarks $(ARGS)

bench-enrich: $(TOOLS)  ## the workloads of enrich, in virtual time and over HTTP
	$(FROM_SOURCE) $(BIN)/python -m benchmarks.enrich

FUZZ_EXAMPLES ?= 200000
fuzz: $(TOOLS)  ## any bytes into facts, FUZZ_EXAMPLES inputs a language
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTEST) -n $(JOBS) tests/fuzz $(ARGS)

faults: $(TOOLS)  ## death, damage and full disks at hundreds of moments; a thousand edits of each tree
	FAULTS=long $(PYTEST) -n $(JOBS) tests/faults tests/walks $(ARGS)

docs: $(INSTALLED)  ## write docs/schema.md from the model again
	$(FROM_SOURCE) $(BIN)/python docs/generate.py

# --universal: one resolution for every platform and Python that pyproject.toml allows. The runtime lock is a part of it.
LOCK := pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --quiet --custom-compile-command "make lock" --extra fastembed --group build
lock:  ## resolve the locks again (needs uv); ARGS=--upgrade for newer versions
	$(UV) $(LOCK) --group test --group gate $(ARGS) --output-file requirements/lock.txt
	$(UV) $(LOCK) --constraint requirements/lock.txt $(ARGS) --output-file requirements/runtime.txt

clean:  ## remove the environment, caches and build output
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || \
		{ echo "Axon needs Python 3.11 to 3.14, and $(PYTHON) is another. Say 'make PYTHON=python3.12 …'."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "$(PYTHON) cannot make an environment. On Debian or Ubuntu: apt install python3-venv."; exit 1; }
	@touch $@

$(RUNTIME): $(MADE) requirements/runtime.txt
	@echo "Installing what Axon needs into $(VENV) …" >&2
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@touch $@

# AXON_COMPILE=0 installs it interpreted, AXON_COMPILE=1 fails where it cannot be compiled.
$(INSTALLED): $(RUNTIME) $(SOURCES)
	@echo "Building Axon and installing it into $(VENV) (the first time, compiling it takes a minute) …" >&2
	@rm -rf build/wheel
	@$(BIN)/python -m hatchling build -t wheel -d build/wheel >/dev/null
	@$(PIP) install --no-deps --no-index --force-reinstall build/wheel/*.whl
	@touch $@

$(TOOLS): $(INSTALLED) requirements/lock.txt
	@echo "Installing the test and gate tools into $(VENV) …" >&2
	@$(PIP) install --require-hashes -r requirements/lock.txt
	@touch $@
