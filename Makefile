# The verbs of this project; CI calls the same ones. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.11 python3 python3.13 python3.12; do \
  $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
UV ?= $(shell command -v uv || echo .uv/bin/uv)
PARTS := operator runner dashboard dev
PYTEST_WORKERS ?= 2
LAYER ?= control-plane
CLUSTER ?= here
NAME ?= play

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.uv/bin/uv: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "error: no Python >= 3.11 with venv found; install one or say make PYTHON=/path" >&2; exit 1; }
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# Repeating it costs nothing and needs no network: the stamp is newer than what it was made from.
$(VENV)/.installed: requirements/dev.txt pyproject.toml dagaudit/__init__.py | $(filter .uv/bin/uv,$(UV))
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

install: $(VENV)/.installed ## Make .venv with everything (a repeat needs no network)

lock: $(filter .uv/bin/uv,$(UV)) ## Renew the hashed requirement files
	@for part in $(PARTS); do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --extra $$part pyproject.toml --output-file requirements/$$part.txt; done
	@for name in uv airflow-3.3 airflow-2.11 moto; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$name.in --output-file requirements/$$name.txt; done

demo: install ## Audit the example DAGs and their logs into build/demo-report/
	@$(BIN)/dagaudit audit examples/dags --logs examples/logs --reports $(CURDIR)/build/demo-report

check: install ## ruff, mypy, architecture
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest tests/test_architecture.py

test: install ## Every test that needs no root and no system package
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup

test-browser: install ## The dashboard and report.html in a real Chromium (needs: make deps)
	@$(BIN)/python -m pytest tests/browser

e2e: install ## Real Ollama and a real cluster (needs: make deps)
	@$(BIN)/python -m pytest tests/e2e

format: install ## Let ruff format and mend what it can
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

generate: install ## Renew every generated file (rule pages, contract, CRDs)
	@$(BIN)/python -m tools.generate

cluster-up: install ## Start a real Kubernetes [LAYER=control-plane|node] [NAME=play] [CLUSTER=here|kind]
	@$(BIN)/python -m tests.cluster up --layer $(LAYER) --name $(NAME) --on $(CLUSTER)

cluster-down: install ## End it and remove all that it left [NAME=play]
	@$(BIN)/python -m tests.cluster down --name $(NAME) --on $(CLUSTER)

cluster-kubeconfig: install ## Print where the kubeconfig of the cluster [NAME=play] is
	@$(BIN)/python -c "from tests.cluster.cluster import kubeconfig_of; print(kubeconfig_of('$(NAME)', '$(CLUSTER)'))"

images: install ## Build every image; loads them into the cluster [NAME=play] if it runs
	@$(BIN)/python -m tests.cluster images --name $(NAME) --on $(CLUSTER)

deploy: install ## Install the charts from those images into the cluster [NAME=play]
	@$(BIN)/python -m tests.cluster deploy --name $(NAME) --on $(CLUSTER)

crds: install ## Install the CRDs into the cluster that KUBECONFIG names
	@$(BIN)/python -m tests.cluster.crds

deps: ## Install system packages for test-browser and e2e (Debian, root)
	@tools/install_deps

ci: deps check test test-browser e2e ## All of it, as CI runs it

clean: ## Remove what the verbs made
	@rm -rf build .venv .uv

.PHONY: help install lock demo check test test-browser e2e format generate cluster-up cluster-down cluster-kubeconfig images deploy crds deps ci clean
