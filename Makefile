# Two commands on a fresh machine: `make demo` and `make test`. Everything else is here to be run more often.
SHELL := /bin/bash
PY := .venv/bin/python
RUN := .venv/bin/ligneclaire
WORKERS ?= 2
export DJANGO_SETTINGS_MODULE := ligneclaire.config.settings

.PHONY: setup demo demo-reset serve test soak spark fuzz bench lint rules docs clean

setup: .venv/ready .venv/rating
	@$(RUN) compile-messages

.venv/ready: requirements.lock pyproject.toml
	@python3 -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer with venv is needed. Type:  sudo apt-get install python3 python3-venv"; exit 1; }
	test -x $(PY) || python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The rating engine is compiled when it changed, in about twenty seconds, and kept in .venv. Its sources: compiled/jit.py.
.venv/rating: .venv/ready $(wildcard src/ligneclaire/domains/usage/rules/compiled/*.py) \
  src/ligneclaire/domains/catalogue/rules/tariff.py src/ligneclaire/domains/usage/rules/suspense.py
	$(RUN) compile-rating
	touch $@

demo: setup
	$(RUN) demo
	@if [ "$${SERVE:-1}" = 1 ]; then $(RUN) serve; fi

demo-reset: setup
	$(RUN) database reset

serve: setup
	$(RUN) serve

# What the tests need from Debian: a browser, FreeRADIUS, Kamailio, telephones (sipp) and PDF tools. With sudo when not
# root, or said in one line.
DEBIAN := chromium-headless-shell freeradius freeradius-utils freeradius-postgresql kamailio kamailio-postgres-modules \
  poppler-utils sip-tester
.venv/java: DEBIAN := openjdk-17-jre-headless
.venv/debian .venv/java: Makefile | setup
	@missing=$$(for p in $(DEBIAN); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q '^install ok' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  as=$$([ $$(id -u) = 0 ] || echo "sudo -n"); \
	  { $$as apt-get update -q && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; } >.venv/apt.log 2>&1 \
	  || { echo "Debian packages are missing. Type:  sudo apt-get install $$(echo $$missing)"; exit 1; }; fi
	@touch $@

# Rating on a cluster (docs/scale.md) takes half a gigabyte: installed for the tests of it, or when somebody wants it.
.venv/spark: requirements-spark.lock .venv/ready .venv/java
	.venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --require-hashes -r requirements-spark.lock
	@touch $@

spark: .venv/spark

# A coverage-guided fuzzer on each reader of usage files, for about an hour.
READERS := usage-csv asterisk kamailio third-party detail
RUNS ?= 1000000
.venv/fuzz: requirements-fuzz.lock .venv/ready
	.venv/bin/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-fuzz.lock
	@touch $@

fuzz: .venv/fuzz
	@for reader in $(READERS); do $(PY) -m tests.fuzz $$reader -runs=$(RUNS) -verbosity=0 || exit 1; done

test: setup .venv/debian lint
	$(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m "not soak"

soak: setup .venv/debian .venv/spark .venv/fuzz
	$(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m soak

bench: setup
	$(RUN) bench

lint: setup
	.venv/bin/ruff check -q src tests conftest.py
	.venv/bin/ruff format -q --check src tests conftest.py
	.venv/bin/lint-imports --no-cache >.venv/imports.log || { cat .venv/imports.log; exit 1; }
	.venv/bin/mypy src/ligneclaire

rules: setup
	$(RUN) rules

docs: setup
	$(RUN) docs

clean:
	rm -rf .venv build src/*.egg-info
