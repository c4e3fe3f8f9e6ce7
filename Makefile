# make help lists what there is. GNU make.

PYTHON ?= python3
PROJECT ?= kunming-grid
YEAR ?= 2018
LANG_ ?= zh
UV ?= uv
UV_VERSION := 0.13.9

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/spark
DESIGN := $(VENV)/design

export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test soak lab notebooks dictionary bench bench-many bench-ledger bench-sampling bench-survey lock clean
.NOTPARALLEL:

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /	/' | expand -t 14
	@echo 'Variables: PROJECT=$(PROJECT) YEAR=$(YEAR) LANG_=$(LANG_) PYTHON=$(PYTHON)'

run: $(READY) ## run the notebooks of PROJECT and YEAR; says where the results are
	@$(BIN)/auditbook run $(PROJECT) $(YEAR) --lang $(LANG_)

test: $(READY) $(DESIGN)/.ready ## linters, types, the whole test suite, notebooks against their stored outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests benchmarks conftest.py
	$(BIN)/mypy
	$(BIN)/python -m pytest --nbval

soak: $(READY) $(SPARK)/.ready ## the long tests: kills at random moments, a thousand kernels, Spark (15 minutes)
	$(BIN)/python -m pytest tests/soak

lab: $(READY) ## the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks/01_fund_reconciliation.ipynb

notebooks: $(READY) ## run the committed case and store its outputs in notebooks/
	$(BIN)/auditbook refresh-notebooks

dictionary: $(READY) ## write data/README.md from the descriptions of the tables
	$(BIN)/python -m auditbook.case.dictionary --write

bench: $(READY) ## time one case against plain papermill and a plain script (5 minutes)
	@$(BIN)/python benchmarks/chain.py --rounds 5

bench-many: $(READY) ## the same with 40 cases (10 minutes)
	@$(BIN)/python benchmarks/chain.py --many 40 --rounds 2

bench-ledger: $(READY) ## time 1 and 10 million ledger lines against plain pandas and datacompy (8 minutes)
	@$(BIN)/python benchmarks/ledger.py --lines 1000000 10000000

bench-sampling: $(READY) ## time drawing samples from 1 and 10 million payments (10 minutes)
	@$(BIN)/python benchmarks/sampling.py --lines 1000000 10000000

bench-survey: $(READY) ## time 200,000 survey forms of 30 questions against pandas and loops by hand (3 minutes)
	@$(BIN)/python benchmarks/survey.py --forms 200000 --rounds 2

lock: ## refresh requirements.lock (needs uv)
	@$(UV) --version 2>/dev/null | grep -q '^uv $(UV_VERSION)' \
		|| { echo 'lock needs uv $(UV_VERSION): pip install uv==$(UV_VERSION), or make lock UV=<path>'; exit 1; }
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--quiet --output-file requirements.lock
	printf 'pyspark>=4.1\nsqlglot>=30\n' | $(UV) pip compile - --constraint requirements.lock \
		--universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --quiet --output-file requirements-spark.lock
	printf 'svy>=0.35,<0.36\n' | $(UV) pip compile - --constraint requirements.lock \
		--universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-emit-package numpy --no-emit-package scipy \
		--quiet --output-file requirements-design.lock
	@echo 'Now put the same versions into environment.yml; make test names those that differ.'

clean: ## remove the environment and caches; cases and results stay
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'auditbook needs Python 3.11 or newer: apt-get install python3, or make PYTHON=<path>'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo 'Python has no venv module: apt-get install python3-venv'; exit 1; }
	@echo 'Setting up $(VENV) (once; downloads about 200 MB) …'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Tests compare every ledger test on Spark, too; without a Java they are skipped, and say so. It
# lies in a folder of its own, which tests/soak/test_spark.py looks into: where Spark can be imported,
# pandera imports it, at each start.
$(SPARK)/.ready: requirements-spark.lock $(READY)
	@echo 'Adding Spark to $(SPARK) (once; downloads about 400 MB) …'
	@rm -rf $(SPARK)
	@$(BIN)/python -m pip install --quiet --require-hashes --target $(SPARK) -r requirements-spark.lock
	@touch $@

# So does svy, which tests/test_survey_design.py looks into: it brings pyarrow, with which pandas
# works otherwise.
$(DESIGN)/.ready: requirements-design.lock $(READY)
	@echo 'Adding svy to $(DESIGN) (once; downloads about 100 MB) …'
	@rm -rf $(DESIGN)
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps --target $(DESIGN) \
		-r requirements-design.lock
	@touch $@
