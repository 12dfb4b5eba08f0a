PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= alumina-red-mud

.PHONY: run test check bench build clean

# the main job: 2.4 Mt/a alumina and what becomes of its red mud
run: $(VENV)/installed
	$(BIN)/mfa run $(SCENARIO)

test: $(VENV)/checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mfa check chains/*.yaml scenarios/*.yaml --strict --quiet
	$(BIN)/pytest -q

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
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

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
