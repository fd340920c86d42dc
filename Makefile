# Everything is set up inside the checkout: .tools/ holds uv, .venv/ the environment. Nothing else on the machine is
# touched, except that `make test` as root on Debian installs the services it tests against.
#
#   make run            the server, the example service and the tour; ONCE=1 ends after the tour with its status
#   make test           every test, on as many processes as there are processors; TESTS=tests/jose for a part, WORKERS=0
#                       for one process
#   make oldest         what stands on frameworks, with the oldest versions of them that are promised
#   make coverage       every test, measured; each room is held to its share of lines and branches
#   make lint           format, lint, types, walls
#   make fuzz           attack every parser for SECONDS=60 in all
#   make mutation       change FILES=src/tokensmith/jose/jws in small ways; what no test notices is printed (hours for all)
#   make bench          what it costs, beside the bare primitive and the peers
#   make bench-server   our server beside npm's oidc-provider, under one load (wrk), and what it promises of itself;
#                       STEADY=600 for a steady load of ten minutes instead of twenty seconds
#   make docs           join docs/errors.md from its parts
SHELL := /bin/bash
.DELETE_ON_ERROR:

PYTHON ?= python3
TESTS ?=
SECONDS ?= 60
STEADY ?= 20
FILES ?= src/tokensmith/jose
EVERY ?= 1
FIRST ?= 0
OLDEST := $(addprefix tests/,integrations client examples cli/test_serve.py)
ONCE ?=
# Each worker starts services of its own; beyond four they cost more than they bring.
WORKERS ?= auto --maxprocesses 4
VENV := .venv/bin/python

.PHONY: run test lint format fuzz mutation bench bench-server coverage docs lock environment oldest
.DEFAULT_GOAL := test

run:
	@$(PYTHON) tools/environment.py run
	@$(VENV) -m tokensmith.tour.run $(if $(filter 1,$(ONCE)),--once)

test: environment
	@$(VENV) -m pytest -n $(WORKERS) $(TESTS)

# Apart from `test`: the tracer costs half as much CPU time again (measured: 78 s against 52 s) and takes over SIGTERM in
# the servers under test; what people type runs them as they are.
coverage: environment
	@$(VENV) -m coverage erase
	@$(VENV) -m coverage run -m pytest -n $(WORKERS)
	@$(VENV) tools/coverage_by_room.py

lint: environment
	@$(VENV) -m ruff format --check .
	@$(VENV) -m ruff check .
	@$(VENV) -m mypy
	@PYTHONPATH=src .venv/bin/lint-imports

format: environment
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

fuzz: environment
	@$(VENV) tools/fuzz.py --seconds $(SECONDS)

bench-server: environment
	@status=0; $(VENV) bench/server_beside_provider.py || status=1; \
		$(VENV) bench/server_targets.py --steady $(STEADY) || status=1; exit $$status

bench: environment
	@status=0; for program in jose jose_fast_jwt guard_cost server sqlite_fairness revocation; do \
		$(VENV) bench/$$program.py || status=1; \
	done; exit $$status

mutation: environment
	@$(VENV) -m tools.mutation $(FILES) --every $(EVERY) --first $(FIRST)

docs: environment
	@$(VENV) tools/join_errors.py

environment:
	@$(PYTHON) tools/environment.py dev

# The lower bounds in pyproject.toml are a promise to whoever has them. The other libraries that `compat` is compared
# with, and the rooms that need none of these, are left to `make test`.
oldest:
	@$(PYTHON) tools/environment.py oldest
	@.venv-oldest/bin/python -m pytest -q -n $(WORKERS) $(OLDEST)

# The pins name no package host: whoever installs brings the index. LOCK_OPTIONS=--upgrade moves them all.
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
COMPILE := .tools/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock"
lock: environment
	$(COMPILE) pyproject.toml --all-extras $(addprefix --group ,build test peers frameworks lint fuzz) \
		-o requirements/dev.txt $(LOCK_OPTIONS)
	$(COMPILE) pyproject.toml $(addprefix --extra ,tour httpx2 postgres valkey) --group build -c requirements/dev.txt \
		-o requirements/run.txt
	$(COMPILE) pyproject.toml $(addprefix --extra ,server postgres valkey otel) -c requirements/dev.txt \
		-o requirements/container.txt
	$(COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt
	$(COMPILE) pyproject.toml --resolution lowest-direct --all-extras $(addprefix --group ,build test peers frameworks) \
		-o requirements/oldest.txt
	echo uv | $(COMPILE) - -o requirements/uv.txt $(LOCK_OPTIONS)
