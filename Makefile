# make run, make test and make check are all a newcomer needs; each installs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS) --durations=10 -rs

.PHONY: install run test test-deep mutate coverage check bench drills lint lock clean
.DEFAULT_GOAL := test

install: $(STAMP)

# The packages are named too: one that first appears needs its place in the environment.
# The lock is whole, so nothing is resolved: pip would else look for an extra at its newest release,
# and refuse it for want of a digest. `pip check` says whether anything is missing after all.
$(STAMP): pyproject.toml requirements-lock.txt $(wildcard mappa/__init__.py config/__init__.py)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --quiet --disable-pip-version-check
	touch $(STAMP)

run: install
	$(BIN)/mappa demo

test: install
	$(PYTEST)

test-deep: install
	$(PYTEST) -m "deep or not deep"

# Hours: it may be stopped, and goes on where it stood. The result is docs/mutants.md.
mutate: install
	nice -n 15 $(BIN)/python -m tools.mutate

# A floor for everything, and every branch where permission, rules and evidence are decided.
coverage: install
	$(PYTEST) --cov --cov-report=term
	$(BIN)/coverage report --include='mappa/access/*,mappa/rules/*,mappa/audit/*' --fail-under=100

# Builds its databases once, in bench/.data, and measures both sides in one loop.
bench: install
	$(BIN)/python -m bench

# Kills servers with -9 under load, and lets many write at once.
drills: install
	$(BIN)/python -m tests.drills
	$(BIN)/python -m tests.drills.sweeps

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.support.migrations

# The tests come last, so that their summary ends the output.
check: lint
	$(PYTEST)

# The lock holds every extra for Python 3.11 and later, with digests and no address of any index.
lock:
	test -x $(VENV)/lock/bin/uv || { $(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv; }
	$(VENV)/lock/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet -o requirements-lock.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
