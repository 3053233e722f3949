# Two commands matter: `make run` and `make test`. Both set up what they need in .venv, once,
# and again whenever pyproject.toml changes.

PYTHON ?= $(firstword $(foreach p,python3.11 python3,$(shell $(p) -c 'print("$(p)")' 2>/dev/null)))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# npm writes this file when it has installed what checks the scripts; Node itself comes with .venv.
NODE_TOOLS := tests/scripts/node_modules/.package-lock.json
# Tests write to memory where the machine has it. They count tens of thousands of contacts, each durably, and a slow
# disk takes an hour for that; what they kill is a process, not the power.
IN_MEMORY := $(shell test -w /dev/shm && echo TMPDIR=/dev/shm)

.DEFAULT_GOAL := help
.PHONY: help run demo test test-rasa bench sizes lint messages check chromium clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## Start the dialogue on http://127.0.0.1:8000/
	$(BIN)/meldroute serve

demo: .venv/.run ## Serve a demonstration with made-up figures on http://127.0.0.1:8000/
	@test -e demo/meldroute.db || $(BIN)/meldroute demo demo
	MELDROUTE_DATABASE=demo/meldroute.db $(BIN)/meldroute serve

test: lint chromium $(NODE_TOOLS) ## Run everything that CI runs, but test-rasa
	$(IN_MEMORY) $(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart=2

test-rasa: .venv/.dev ## Talk to a real Rasa server (Python 3.10; the first time installs 2.7 GB)
	$(BIN)/python -m tests.rasa

bench: .venv/.dev ## Time turns, measure releases, attack 216 years of them, train again
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.curve
	$(BIN)/python -m tests.usefulness
	$(IN_MEMORY) MELDROUTE_FULL=1 $(BIN)/python -m pytest -q -n 2 --timeout 3000 tests/test_attack.py tests/test_understanding.py

sizes: .venv/.dev ## Measure what a visitor downloads, beside others from the npm registry
	$(BIN)/python -m tests.peers

lint: .venv/.dev ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict

messages: .venv/.dev ## Collect the sentences to translate from code and content
	$(BIN)/python -m web.catalogue

check: .venv/.run ## Check the content: agencies, signals, routes, questions, translations
	$(BIN)/meldroute check

chromium:
	@.ci/chromium

clean: ## Remove .venv, caches and build results
	rm -rf .venv .venv-rasa tests/scripts/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python found: install Python 3.11, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("meldroute needs Python 3.11 or later, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/.run: pyproject.toml | .venv/bin/python
	$(PIP) install --editable '.[ods,pdf,text]'
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	$(PIP) install --editable '.[dev]'
	@touch .venv/.run $@

$(NODE_TOOLS): tests/scripts/package-lock.json | .venv/.dev
	$(BIN)/python -m tests.node
	@touch $@
