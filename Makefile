# Watchbill. `make up` runs the whole service on this machine, `make test` tests it; `make help` lists the rest.
# All it needs is python3 (3.11 or later), make and git; everything else is installed inside this folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

STAGE ?= development
ALERT_SENDER ?=
PYTHON ?= python3
UV_VERSION := 0.13.8

# The virtual environment's python, node and npm come before the host's.
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
# What a process has compiled is kept for the next, also where the host says otherwise: the tests start hundreds.
export PYTHONDONTWRITEBYTECODE :=
CDK := node_modules/.bin/cdk
TYPED := layers/watchbill layers/client functions infra examples benchmarks
STACK := python -m infra.local

.PHONY: help bootstrap up down reset demo screenshots test retest check types imports lint format openapi events deploy destroy

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

up: bootstrap  ## start everything on this machine: http://localhost:9999
	@$(STACK) up

down: bootstrap  ## stop it and keep its state
	@$(STACK) down

reset: bootstrap  ## stop it and remove its state
	@$(STACK) reset

demo: up  ## fill it with 30 days of believable runs
	@WATCHBILL_URL=$${WATCHBILL_URL:-http://localhost:$${WATCHBILL_PORT:-9999}} python -m examples.demo

screenshots: up  ## take the README's pictures of the page, with what `make demo` wrote
	@python -m tests.browser.pictures $${WATCHBILL_URL:-http://localhost:$${WATCHBILL_PORT:-9999}} docs/pictures

# One process more than there are processors: those with the tests of stacks mostly wait for these.
PROCESSES = $$(($$(getconf _NPROCESSORS_ONLN) + 1))

test: bootstrap  ## run all tests
	@python -m pytest --numprocesses $(PROCESSES)

retest: bootstrap  ## run those tests again that failed, one after the other
	@python -m pytest --last-failed --last-failed-no-failures none

check: bootstrap  ## lint, format, types and import rules
	@$(MAKE) --no-print-directory --jobs=2 types imports lint

types: bootstrap
	@mypy $(wildcard $(TYPED))

imports: bootstrap
	@lint-imports

lint: bootstrap
	@ruff check .
	@ruff format --check .

format: bootstrap  ## format the code and sort its imports
	@ruff check --fix-only --quiet .
	@ruff format .

openapi: bootstrap  ## write the merged OpenAPI document anew
	@python -m infra.openapi

events: bootstrap  ## write the documentation and the schemas of all events anew
	@python -m watchbill.catalogue docs

deploy: bootstrap  ## deploy to your AWS account: make deploy STAGE=staging ALERT_SENDER=ops@example.com
	@python -m infra.packaging cloud
	@$(CDK) deploy --context stage=$(STAGE) --context alert_sender=$(ALERT_SENDER)

destroy: bootstrap  ## remove a stage from your AWS account
	@python -m infra.packaging cloud
	@$(CDK) destroy --context stage=$(STAGE)

# Set-up, in four steps which are skipped while what they install is what the lock files and sources say.
bootstrap: .venv/.installed node_modules/.installed functions/dashboard/packed/watchbill-live.js  ## install what the other targets need

.tools/uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Watchbill needs Python 3.11 or later as $(PYTHON): install it, or name one with make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments: install its venv package (on Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Installing uv $(UV_VERSION)"
	@rm -rf .tools && $(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.installed: .tools/uv-$(UV_VERSION) pyproject.toml uv.lock layers/client/pyproject.toml
	@echo "Installing the Python packages of uv.lock"
	@uv sync --frozen --quiet --python .tools/bin/python
	@touch $@

node_modules/.installed: .venv/.installed package.json package-lock.json .npmrc
	@echo "Installing the CDK command line and the page's packages of package-lock.json"
	@npm ci --silent
	@touch $@

functions/dashboard/packed/watchbill-live.js: node_modules/.installed infra/page.py layers/client/javascript/watchbill-live.js
	@python -m infra.page
