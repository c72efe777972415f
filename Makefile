# Needs Python 3.11 or newer and nothing else; what is missing is installed into .venv, or named.
PYTHON ?= python3
PORT ?= 8000
# Tests wait as well as compute.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
BIN := .venv/bin
# Python keeps what it compiled, also where it is told not to: tests start it a thousand times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test faults check check-python check-scripts check-generated bench screenshots generate format lock clean

help:
	@echo "make run        the demo on http://127.0.0.1:$(PORT) (PORT= to change)"
	@echo "make test       all tests, browser tests included; TESTS= for some of them"
	@echo "make faults     the tests of faults, attacks and whatever else has a short form in full, with figures"
	@echo "make check      format, lint, types, generated files, sizes"
	@echo "make bench      the benchmarks"
	@echo "make screenshots  every state, language, theme and width, with an index.html; ONLY= as --states talk --locales en uk"
	@echo "make generate   write the generated files"
	@echo "make format     format the code"
	@echo "make lock       renew the lock files"
	@echo "make clean      remove what the above installed"

run: .venv/.service
	@exec $(BIN)/mayfly demo --port $(PORT)

test: .venv/.development
	@scripts/system-packages
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

faults: .venv/.development
	@scripts/system-packages
	@$(BIN)/python -m pytest --full --timeout 1800 tests/faults tests/attacks tests/routing \
		tests/live/test_ephemeral.py tests/browser/test_everybody.py tests/browser/test_desk_story.py $(TESTS)

check: .venv/.development node_modules/.installed
	@$(MAKE) --no-print-directory --jobs 3 check-python check-scripts check-generated

check-python:
	@$(BIN)/ruff format --check --quiet . || { echo "run \`make format\`"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

check-scripts:
	@PATH="$$PATH:$(CURDIR)/$(BIN)" node node_modules/typescript/bin/tsc
	@$(BIN)/python -m scripts.minified | PATH="$$PATH:$(CURDIR)/$(BIN)" node scripts/minified.cjs

check-generated:
	@$(BIN)/python -m scripts.generate --check
	@$(BIN)/python -m scripts.sizes

bench: .venv/.development
	@$(BIN)/python -m bench

screenshots: .venv/.development
	@scripts/system-packages
	@$(BIN)/python -m tests.gallery $(ONLY)

generate: .venv/.development
	@$(BIN)/python -m scripts.generate

format: .venv/.development
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

.venv/bin/python:
	@scripts/create-venv $(PYTHON)

.venv/.service: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing Mayfly into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.lock .venv/.service
	@echo "Installing the development tools into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Node.js only runs the type checker. Where the system has none, a wheel brings it.
node_modules/.installed: package-lock.json requirements-node.lock .venv/.development
	@command -v node >/dev/null && command -v npm >/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --ignore-scripts
	@touch $@

LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: .venv/.development
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(LOCK) --group build pyproject.toml -o requirements.lock
	@$(LOCK) --constraint requirements.lock --group build --group dev pyproject.toml -o requirements-dev.lock
	@$(LOCK) --group pyproject.toml:node -o requirements-node.lock

clean:
	rm -rf .venv node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
