# Everything a person or CI runs. Needs only python3 (3.11 or later), make, and the network's package registries.
# `make test` also needs a PostgreSQL server and chromium: it installs Debian's when they are absent.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV  := .venv
BIN   := $(VENV)/bin
TOOLS := .tools
# The newest interpreter we know of that is 3.11 or later; `make PYTHON=…` overrides it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# The lock files name everything, so nothing is resolved: pip would look past a pin for a requirement with extras.
LOCKED := $(PIP_INSTALL) --require-hashes --no-deps
CODE := citizen_space printers tests $(wildcard bench)
PYTEST_ARGS ?=

.PHONY: help install install-dev run test lint format bench lock migration migration-first system clean

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# -- environment: one stamp per lock file, so that a second call does nothing ------------------------------------------

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none was found." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "'$(PYTHON) -m venv' failed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock requirements-assets.lock
	@echo "installing the locked dependencies"
	@$(LOCKED) -r requirements.lock
	@$(LOCKED) -r requirements-assets.lock
	@touch $@

# Editable and by path file, so that a new package is importable without installing again.
$(VENV)/.project: $(VENV)/.runtime pyproject.toml
	@$(PIP_INSTALL) --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.project requirements-dev.lock
	@echo "installing the locked development dependencies"
	@$(LOCKED) -r requirements-dev.lock
	@touch $@

install: $(VENV)/.project  ## the environment that `run` needs
install-dev: $(VENV)/.dev  ## the environment that `test` needs

# -- the product -------------------------------------------------------------------------------------------------------

run: install  ## start everything on this machine; FRESH=1 begins anew
	@exec $(BIN)/citizen-space run $(if $(filter-out 0,$(FRESH)),--fresh)

bench: install-dev system  ## measure the product as the Procfile starts it
	@exec $(BIN)/python -m bench $(BENCH_ARGS)

# -- what CI runs ------------------------------------------------------------------------------------------------------

system:
	@tests/harness/install_system.sh

lint: install-dev  ## format, lint, types, contracts
	@echo "ruff format";  $(BIN)/ruff format --check $(CODE)
	@echo "ruff check";   $(BIN)/ruff check $(CODE)
	@echo "mypy";         $(BIN)/mypy $(CODE)
	@echo "lint-imports"; $(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.architecture.measure

test: install-dev system lint  ## lint, then the whole suite on both databases and in a browser
	@$(BIN)/pytest -n 2 --dist worksteal $(PYTEST_ARGS) </dev/null

format: install-dev  ## rewrite the code as the formatter wants it
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

# -- now and then ------------------------------------------------------------------------------------------------------

LOCK := pip compile --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --quiet $(LOCK_ARGS)

lock: $(VENV)/.made  ## resolve the dependencies again; LOCK_ARGS=--upgrade for newer ones
	@test -x $(TOOLS)/bin/uv || { $(BIN)/python -m venv $(TOOLS) && $(TOOLS)/bin/python -m pip install --quiet uv; }
	@$(TOOLS)/bin/uv $(LOCK) pyproject.toml -o requirements.lock
	@$(TOOLS)/bin/uv $(LOCK) pyproject.toml --group dev --constraints requirements.lock -o requirements-dev.lock
	@$(TOOLS)/bin/uv $(LOCK) --no-deps requirements-assets.in -o requirements-assets.lock
	@! grep -nE '://' requirements*.lock

migration: install-dev  ## write the migration that the models ask for: make migration NAME="add tables"
	@test -n "$(NAME)" || { echo 'say what it does: make migration NAME="…"' >&2; exit 1; }
	@exec $(BIN)/citizen-space migration "$(NAME)"

migration-first: install-dev  ## write the first migration anew, until the first release is out
	@$(BIN)/python -m citizen_space.migrations.first
	@$(BIN)/ruff format --quiet citizen_space/migrations

clean:  ## remove what was built here, not the data
	@rm -rf $(VENV) $(TOOLS) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
