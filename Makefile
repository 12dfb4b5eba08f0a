PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= alumina-red-mud
# passed to pytest by test-lowest and test-newest, e.g. PYTEST='-x tests/test_units.py'
PYTEST ?=
VERSION = $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
LOWEST = .venv-lowest-$(VERSION)
NEWEST = .venv-newest-$(VERSION)

# a worker a core; the tests of a file stay together, since they share what they load
PARALLEL := -n auto --dist loadfile

.PHONY: run test test-lowest test-newest check bench build clean

# the main job: 2.4 Mt/a alumina and what becomes of its red mud
run: $(VENV)/installed
	$(BIN)/mfa run $(SCENARIO)

# lint, types and tests; the strict check of all chains and scenarios is one of them
test: $(VENV)/checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q $(PARALLEL)

# the tests with the lowest library versions that pyproject.toml states
test-lowest:
	test -d $(LOWEST) || $(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python tests/lowest.py test > $(LOWEST)/lowest.txt
	$(LOWEST)/bin/pip install -q -c $(LOWEST)/lowest.txt -e '.[test]'
	$(LOWEST)/bin/pip freeze --exclude-editable
	$(LOWEST)/bin/pytest -q $(PARALLEL) $(PYTEST)

# the tests with the newest versions there are for the interpreter PYTHON
test-newest:
	test -d $(NEWEST) || $(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/pip install -q --upgrade --upgrade-strategy eager -e '.[test]'
	$(NEWEST)/bin/pip freeze --exclude-editable
	$(NEWEST)/bin/pytest -q $(PARALLEL) $(PYTEST)

check: $(VENV)/checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/benched
	$(BIN)/python -m benchmarks

build: $(VENV)/checked
	$(BIN)/pip install -q build
	$(BIN)/python -m build

clean:
	rm -rf $(VENV) .venv-lowest-* .venv-newest-* dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml
	$(BIN)/pip install -q -e .
	touch $@

$(VENV)/checked: $(BIN)/python pyproject.toml
	$(BIN)/pip install -q -e '.[test,check,browser]'
	touch $@ $(VENV)/installed

$(VENV)/benched: $(BIN)/python pyproject.toml
	$(BIN)/pip install -q -e '.[bench]'
	touch $@
