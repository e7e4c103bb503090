# make run            install into .venv, crawl the embedded sample blog, print the report
# make run SITE=michauto   the same with the real blog, politely
# make test           the fast tests        make constraints   pin the dependencies anew, with their hashes
# make serve          browse the archive    make lint    ruff and mypy      make bench   measure

SITE ?= sample
ARCHIVE ?= data
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test serve lint bench screenshots axe constraints licences audit clean
.DEFAULT_GOAL := run

$(VENV)/installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: Python 3.11 or later is needed (PYTHON=... names it)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: Python 3.11 or later is needed, $(PYTHON) is $$($(PYTHON) -V)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@# pip before 23.3 trips over some packages' metadata
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade "pip>=24"
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@# the warning silenced here tells of our own folder names, which are meant
	PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(VENV)/installed
	$(BIN)/clipfile crawl $(SITE) --archive $(ARCHIVE)

test: $(VENV)/installed
	@# the tests start hundreds of processes; without its bytecode each of them would compile everything anew
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n auto --dist loadfile -m "not slow and not wordpress and not browser"

serve: $(VENV)/installed
	$(BIN)/clipfile serve --archive $(ARCHIVE)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/installed
	PYTHONPATH=tests/browse $(BIN)/python tests/browse/screenshots.py docs/pictures

# axe-core looks for what keeps people out of the pages; for tests only
axe:
	npm install --prefix tests/browse --no-save --no-package-lock --no-audit --no-fund axe-core@4.10.3

constraints:
	$(BIN)/pip install --quiet --disable-pip-version-check pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --extra browse --extra notify --extra test --extra lint --strip-extras --allow-unsafe --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o constraints.txt pyproject.toml

# what runs with us, and under which licences: after `make constraints`
licences: $(VENV)/installed
	$(BIN)/python -m tests.licences > docs/licences.md

# the pinned packages against the public list of known vulnerabilities; pip-audit in a place of its own
audit:
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check "pip-audit==2.10.1"
	$(VENV)/audit/bin/pip-audit --requirement constraints.txt --require-hashes --disable-pip

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
