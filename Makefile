# Everything from a fresh clone, with nothing but python3 (>= 3.11) and make on the machine.
#   make study    install, run the flagship study, print verdicts and the path of the picture
#   make test     lint, types, layers, then every test
#   make test-lowest   the same library with the oldest releases that pyproject.toml allows
#   make check bench figures docs lock clean

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
STAMP := .venv/.complete
WORKERS ?= 2
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export PYTHONUTF8 = 1

.PHONY: study test test-lowest check bench figures docs lock clean
.DELETE_ON_ERROR:

# exit code 3 of a run, some verdict INCONCLUSIVE, is an answer and no failure of make
study: $(STAMP)
	$(BIN)/ratecheck run torus_rate --profile standard --workers $(WORKERS); \
	  code=$$?; $(BIN)/ratecheck figures torus_rate && { [ $$code -eq 0 ] || [ $$code -eq 3 ]; }

test: check
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --benchmark-disable

test-lowest:
	$(PYTHON) -m tests.lowest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

bench: $(STAMP)
	$(BIN)/python -m tests.benchmarks

figures: $(STAMP)
	$(BIN)/ratecheck figures

docs: $(STAMP)
	$(BIN)/python -m sphinx -W -b html docs docs/_build/html

# The stamp is written last: an interrupted installation is started again from nothing.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ratecheck needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "installing into .venv from requirements.lock (about a minute) ..."
ifeq ($(UV),)
	@test -f $(STAMP) || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
	  --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
else
	@test -f $(STAMP) || $(UV) venv --quiet --clear --python $(PYTHON) .venv
	@VIRTUAL_ENV=.venv $(UV) pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
endif
	@touch $(STAMP)

# One resolution for every supported Python; hashes, but no address of any registry.
lock:
	$(PYTHON) -m venv --clear .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --fork-strategy fewest --upgrade --extra test --output-file requirements.lock pyproject.toml
	rm -rf .venv-lock

clean:
	rm -rf .venv .venv-lock .venv-lowest build dist .pytest_cache .mypy_cache .ruff_cache
