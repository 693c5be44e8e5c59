# Bare `make` lists what there is. Every target sets up what it needs and can be run twice.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE  # every target starts the program several times

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## Build the reference city and serve it meanwhile at http://127.0.0.1:8000
	@scripts/bootstrap run
	HUIYIN_HOME=$${HUIYIN_HOME:-./var/jieshou} $(BIN)/huiyin demo

small: ## Build a small rehearsal city in seconds and serve it
	@scripts/bootstrap run
	HUIYIN_HOME=$${HUIYIN_HOME:-./var/small} $(BIN)/huiyin demo --small

test: ## Run all tests on SQLite and, where it is installed, those of storage on PostgreSQL
	@scripts/bootstrap test
	scripts/test

check: ## Lint, types, rings, rule documents, generated docs, lock files
	@scripts/bootstrap dev
	scripts/check

bench: ## Print what the main acts cost, as ratios to a floor of the same minute (ten minutes)
	@scripts/bootstrap test
	scripts/bench

nightly: ## What takes too long for every change: more seeds of the parity test, more generated calls, every door by everybody, a shift of eighty calls at triple speed, the whole city without 3 % of it and under foreign clients, a million cases
	@scripts/bootstrap test
	HUIYIN_PARITY_SEEDS=$${HUIYIN_PARITY_SEEDS:-101-120} $(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -q tests/parity
	HUIYIN_MATRIX_WHOLE=1 $(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -q tests/permissions
	HUIYIN_FUZZ_EXAMPLES=$${HUIYIN_FUZZ_EXAMPLES:-100} $(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -q tests/api/test_fuzz.py
	HUIYIN_SHIFT="80 6 3" $(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -q tests/calls -k shift_leaves
	HUIYIN_CITY_SCALE=$${HUIYIN_CITY_SCALE:-1} $(BIN)/python -m pytest -q tests/demo/test_without_some.py
	HUIYIN_CITY_SCALE=$${HUIYIN_CITY_SCALE:-1} $(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -q tests/open311/test_reference_city.py
	scripts/bench --cases 10000 200000 1000000 --verify 10000
	home=$$(mktemp -d) && HUIYIN_HOME=$$home PYTHONPATH=. $(BIN)/python -m bench.search; rm -rf $$home
	home=$$(mktemp -d) && HUIYIN_HOME=$$home PYTHONPATH=. $(BIN)/python scripts/with_postgres.py $(BIN)/python -m bench.search; rm -rf $$home
	home=$$(mktemp -d) && HUIYIN_HOME=$$home PYTHONPATH=. $(BIN)/python -m bench.similar --readings 1000000; rm -rf $$home

drills: ## Break the city under load, twenty times each way, and hold the record against what was acknowledged
	@scripts/bootstrap test
	PYTHONPATH=scripts $(BIN)/python -m tests.drills.run --log drills.log

eval: ## Measure what redaction finds, what routing learns and what is put together in public messages (HUIYIN_DATA names their folder; without it nothing is measured)
	@scripts/bootstrap dev
	$(BIN)/python scripts/eval_redaction.py
	OMP_NUM_THREADS=1 $(BIN)/python scripts/eval_routing.py
	OMP_NUM_THREADS=1 $(BIN)/python scripts/eval_hot_issues.py

docs: ## Write the generated reference pages anew
	@scripts/bootstrap dev
	$(BIN)/huiyin docs write

screenshots: ## Draw the pages at 1440 and 390 px into screenshots/
	@scripts/bootstrap test
	$(BIN)/python scripts/screenshots.py

messages: ## Collect the pages' words into the catalogue and compile it
	@scripts/bootstrap dev
	$(BIN)/python scripts/messages.py

format: ## Put the code into its form
	@scripts/bootstrap dev
	$(BIN)/ruff check --fix -q
	$(BIN)/ruff format -q

lock: ## Resolve dependencies anew into the lock files
	@scripts/bootstrap tools
	scripts/lock

.PHONY: help demo small test check bench nightly drills eval docs screenshots messages format lock
