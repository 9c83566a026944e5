PYTHON := .venv/bin/python
PYTEST := .venv/bin/pytest
PARALLEL ?= 2

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup:  ## Install what the studio needs
	bin/setup

run: setup  ## Start the studio with its demo channel; Ctrl-C stops it
	$(PYTHON) manage.py studio --demo

demo-offline:  ## The same with a made-up YouTube and made-up sources: every page can be tried without the internet
	bin/setup --tests
	$(PYTHON) -m tests.offline_demo

test:  ## Install what tests need and run all of them
	bin/setup --tests
	$(PYTHON) -m tests.run

live:  ## Ask every real source and YouTube one question (needs the internet; keys from the environment)
	bin/setup --tests
	LIVE_TESTS=1 $(PYTEST) tests/live

quick:  ## Only the quick tests
	$(PYTEST) -q -n $(PARALLEL) tests/unit tests/contract tests/property

lint:  ## Check style, types, architecture, migrations and templates
	bin/setup --tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check --fail-level WARNING
	.venv/bin/djlint --quiet --lint templates

format:  ## Bring the code into its style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock:  ## Pin the requirements anew
	.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 --quiet requirements.in -o requirements.txt
	.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 --quiet requirements-dev.in -o requirements-dev.txt

bench:  ## Measure the figures of docs/benchmarks.md
	bin/setup --tests
	$(PYTHON) -m bench

vendor:  ## Build what static/vendor ships, from vendor/ (needs Node)
	cd vendor/codemirror && npm ci --ignore-scripts --no-audit --no-fund && npm run build

screenshots:  ## Make docs/screenshots anew
	bin/setup --tests
	$(PYTHON) -m tests.e2e.screenshots

.PHONY: help setup run demo-offline test live quick lint format lock bench vendor screenshots
