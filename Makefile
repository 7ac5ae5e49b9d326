# Everything that one does with this repository; `make help` lists it.
PYTHON ?= python3.11
TORCH ?= cpu
BIN := .venv/bin
SERVE ?= 1
DEMO ?= demo-shop
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# The CPU build of torch comes from PyTorch's own index; on Linux, PyPI carries the CUDA build (several GB).
ifeq ($(TORCH),cpu)
TORCH_INDEX := --retries 1 --extra-index-url https://download.pytorch.org/whl/cpu
endif

# Two processes of tests that train with two threads each wait for each other's threads: the same work takes half as much time again.
test: export OMP_NUM_THREADS = 1
test: export POLARS_MAX_THREADS = 1

# Most tests wait for the disk at each commit, and none proves what a power cut leaves: their folders lie in memory where it has room.
test: export PYTEST_DEBUG_TEMPROOT = $(shell df -k --output=avail,target /dev/shm 2>/dev/null | awk '$$1 > 4000000 && $$2 == "/dev/shm" {print $$2}')

# Tests start hundreds of processes, which load compiled modules in a third less time than sources.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench docs serve clean

help:  ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10
	@echo 'settings: TORCH=cuda installs the GPU build of torch; SERVE=0 stops the demo after its summary; PYTHON=python3.11'

demo: .venv/installed  ## write a demo shop, run the main job over 14 days, show the dashboard
	$(BIN)/sluice demo $(DEMO) $(if $(filter 0,$(SERVE)),--no-serve)

test: .venv/installed  ## run the tests (SLUICE_REQUIRE=postgres,chromium,sail fails instead of skipping)
	$(BIN)/python -m pytest -n 2 --dist worksteal -q

check: .venv/installed  ## lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/installed  ## measure every figure that the documentation states
	$(BIN)/python -m benchmarks

docs: .venv/installed  ## write the generated reference pages and the tables of figures
	$(BIN)/python -m docs.reference
	$(BIN)/python -m benchmarks.report

serve: .venv/installed  ## scheduler and dashboard over the demo shop
	$(BIN)/sluice serve --config $(DEMO)/sluice.yaml

# What is imported is compiled then; to compile all that is installed takes minutes.
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv || python3 -m venv .venv
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --no-compile $(TORCH_INDEX) 'torch==2.13.0'
	$(PIP) install --no-compile --editable '.[all]' --group dev
	touch $@

clean:  ## remove the environment and the demo shop
	rm -rf .venv $(DEMO) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
