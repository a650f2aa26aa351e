# Every command of the project. `make` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PROJECTS := contracts chassis testkit services/order-intake services/catalog services/did-inventory \
            services/broadsoft-provisioner services/ticketing deploy/simulators/broadworks deploy/local
SOURCES := $(wildcard $(addsuffix /src,$(PROJECTS)))
STAMP := .venv/.installed
N ?= 2000
ORDERS ?= 500
BACKLOG ?= 5000
MINUTES ?= 20
SOAK ?= 100000

.PHONY: help demo up test unit check fmt schemas dashboards migration constraints bench backlog hostile replicas soak sizes clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

# uv comes from PyPI into the environment itself, so that Python and make are all a machine needs.
$(STAMP): constraints.txt pyproject.toml $(addsuffix /pyproject.toml,$(PROJECTS))
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt $(addprefix -e ./,$(PROJECTS)) --group dev
	@touch $(STAMP)

demo: $(STAMP) ## run the whole pipeline once, on the embedded stack, and prove what it left behind
	$(BIN)/dialtone demo

up: $(STAMP) ## start the embedded stack and keep it up (Ctrl-C ends it)
	$(BIN)/dialtone up

test: $(STAMP) ## every test; the pipeline on the embedded broker, and on Apache Kafka when java and mvn exist
	$(BIN)/python -m pytest

unit: $(STAMP) ## the tests that need nothing but Python
	$(BIN)/python -m pytest -m "not integration and not pipeline and not kafka" -q

check: $(STAMP) ## ruff, format, mypy, import-linter, rules of the house, schema and dashboard drift
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/house --noconftest -q
	$(BIN)/python -m contracts.generate --check
	$(BIN)/python deploy/grafana/build.py --check

fmt: $(STAMP) ## format, and fix what can be fixed
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

schemas: $(STAMP) ## generate the JSON Schemas and the AsyncAPI document
	$(BIN)/python -m contracts.generate

dashboards: $(STAMP) ## generate the Grafana dashboards
	$(BIN)/python deploy/grafana/build.py

migration: $(STAMP) ## the next revision of a service, from its tables (SERVICE=catalog NAME="what changes")
	@written="$$($(BIN)/python -m tests.migrations.revise $(SERVICE) "$(NAME)")" && echo "$$written" && $(BIN)/ruff format --quiet "$$written"

constraints: $(STAMP) ## resolve every dependency anew into constraints.txt
	$(BIN)/uv lock --quiet --upgrade
	$(BIN)/uv export --quiet --all-packages --all-groups --no-hashes --no-emit-workspace --no-header --no-annotate \
		-o constraints.txt

bench: $(STAMP) ## measure N orders of each kind beside the floor, absurd and DBOS (N=2000)
	$(BIN)/python -m tests.load.bench --orders $(N)

hostile: $(STAMP) ## everything a stranger can send, among ORDERS good orders of another partner (ORDERS=500)
	$(BIN)/python -m tests.hostile --orders $(ORDERS)

backlog: $(STAMP) ## BACKLOG orders at once with a tenth of the patience: none may be undone (BACKLOG=5000)
	$(BIN)/python -m tests.load.backlog --orders $(BACKLOG)

replicas: $(STAMP) ## MINUTES of kills, freezes and deploys among two and three replicas of every service (MINUTES=20)
	$(BIN)/python -m tests.replicas --minutes $(MINUTES)

soak: $(STAMP) ## SOAK orders, part by part: memory, dead rows, lag and outbox must be flat at the end (SOAK=100000)
	$(BIN)/python -m tests.load.soak --orders $(SOAK)

sizes: ## lines per file and function, as in the table of model codebases
	@$(PYTHON) tests/sizes.py

clean: ## remove the virtual environment and the embedded stack's data
	rm -rf .venv .dialtone
