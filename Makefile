# `make` lists what there is. Python 3.11 or newer and make are all it needs.

PORT ?= 8000
N ?= 1
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; \
	done)
BIN := .venv/bin

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup run stop test lint faults bench lock clean python

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

python:
	@test -n "$(PYTHON)" || { echo "Recourse needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }

setup: python ## Install everything; after it .venv/bin/python manage.py works by itself
	@$(PYTHON) portal/bootstrap.py requirements.txt
	@$(BIN)/python -m portal.prepare

run: python ## Run the portal with a sample feed: make run PORT=9000
	@$(PYTHON) portal/port.py "$(PORT)"
	@$(PYTHON) portal/bootstrap.py requirements.txt
	@PORT="$(PORT)" $(BIN)/python -m portal.run

stop: ## Stop a running portal and its engines
	@$(BIN)/python -m portal.run stop

test: python ## Check everything, from lint to browser
	@$(PYTHON) portal/bootstrap.py requirements.txt requirements-dev.txt
	@$(BIN)/python -m tests.everything

lint: python ## Only the quick checks
	@$(PYTHON) portal/bootstrap.py requirements.txt requirements-dev.txt
	@$(BIN)/python -m tests.everything quick

faults: python ## Repeat the fault tests with N seeds: make faults N=20
	@$(PYTHON) portal/bootstrap.py requirements.txt requirements-dev.txt
	@FAULT_ROUNDS="$(N)" $(BIN)/pytest -n auto -q tests/notifications/faults

bench: python ## Print the benchmark tables
	@$(PYTHON) portal/bootstrap.py requirements.txt requirements-dev.txt requirements-bench.txt
	@$(BIN)/python -m bench

lock: python ## Compile requirements*.in into the pinned, hashed lists
	@$(PYTHON) portal/bootstrap.py requirements.txt requirements-dev.txt
	@for name in requirements requirements-dev requirements-bench; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --universal --python-version 3.11 \
			--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links -q $$name.in -o $$name.txt || exit 1; \
	done

clean: ## Remove what was installed and the development data
	@test ! -x $(BIN)/python || $(BIN)/python -m portal.run remove
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov
