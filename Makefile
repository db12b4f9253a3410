# Every way to use a checkout. `make` alone lists them; each may be run again at any time.
#
#   PORT=8000          where `make demo` listens
#   PYTHON=python3     the Python (3.10 or newer) that .venv is made with
#   TESTS=tests        what `make test` gives to pytest; PYTEST="-x -k name" for more
#   AT_ONCE=2          how many processes run the tests; each has a PostgreSQL of its own
#   KILLS=200          how long `make torture` is: so many kills, ten power cuts for each
#   REALSHOP=/tmp/...  where `make realshop` keeps the shop's own packages
#   ONLY=http          what `make bench` measures: http, cpu, memory, reader, growth, preview,
#                      evaluate, ticks, beside, serve, snippet

PORT ?= 8000
PYTHON ?= python3
TESTS ?= tests
PYTEST ?=
AT_ONCE ?= 2
# In the order of their names: those in a browser, which mostly wait, are early and not the last that are waited for.
ORDER := --dist loadfile --no-loadscope-reorder
# Says how soon all is ready again: nothing else may run beside it.
TIMED := tests/torture
WHOLE = $(filter tests,$(TESTS))
ONLY ?=
KILLS ?= 200
REALSHOP ?= $(or $(TMPDIR),/tmp)/regulars-realshop
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint types wheel check bench torture realshop clean

help:
	@echo "make demo     a stocked demo shop and its admin on port $(PORT) (PORT=...)"
	@echo "make test     every test, those in a browser and on PostgreSQL included"
	@echo "make check    lint, types, tests, and the journey with an installed wheel"
	@echo "make lint     ruff: mistakes and layout"
	@echo "make types    mypy --strict"
	@echo "make wheel    build the wheel, install it into an empty venv, run the journey there"
	@echo "make bench    every figure beside its mark, some minutes (ONLY=http, GROWTH=10000000)"
	@echo "make torture  kills, power cuts, a full disk: the fault tests, some minutes (KILLS=$(KILLS))"
	@echo "make realshop a whole purchase in a real shop (django-oscar) that was given the tag alone"
	@echo "make clean    remove .venv and what the tools left"

demo: $(VENV)/.made-demo
	@exec $(BIN)/python -m plugin demo --port $(PORT)

test: $(VENV)/.made-test
	@sh .ci/chromium $(BIN)/python
	@sh .ci/node-tests
	$(BIN)/python -m pytest -n $(AT_ONCE) $(ORDER) $(TESTS) $(if $(WHOLE),--ignore=$(TIMED)) $(PYTEST)
	$(if $(WHOLE),$(BIN)/python -m pytest $(TIMED) $(PYTEST) || [ $$? = 5 ])

lint: $(VENV)/.made-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.made-dev
	$(BIN)/mypy

wheel: $(VENV)/.made-dev
	@bash .ci/wheel $(BIN)/python

check: lint types test wheel

bench: $(VENV)/.made-test
	$(BIN)/python tests/bench $(ONLY)

torture: $(VENV)/.made-test
	REGULARS_TORTURE=$(KILLS) $(BIN)/python -m pytest tests/torture -s --timeout 0 $(PYTEST)

# The shop's packages are of no concern to ours: they live in an environment of their own.
realshop: $(VENV)/.made-test $(REALSHOP)/.made
	@sh .ci/chromium $(BIN)/python
	REGULARS_REALSHOP=$(REALSHOP)/bin/python $(BIN)/python -m pytest tests/realshop -s $(PYTEST)

$(REALSHOP)/.made: tests/realshop/requirements.txt
	"$(PYTHON)" -m venv --clear $(REALSHOP)
	$(REALSHOP)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

# One stamp for each set of packages: made again when setup.cfg says something new.
$(VENV)/.made-demo: setup.cfg pyproject.toml
	@sh .ci/venv $(VENV) "$(PYTHON)" ""
	@touch $@

$(VENV)/.made-test: setup.cfg pyproject.toml
	@sh .ci/venv $(VENV) "$(PYTHON)" "[test]"
	@touch $@ $(VENV)/.made-demo

$(VENV)/.made-dev: setup.cfg pyproject.toml
	@sh .ci/venv $(VENV) "$(PYTHON)" "[test,dev]"
	@touch $@ $(VENV)/.made-test $(VENV)/.made-demo
