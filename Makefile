# Needs Python 3.11 or newer with pip, and make. Everything else is installed into .venv from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BOOT := .cache/bootstrap
export UV_PYTHON_DOWNLOADS = never
export UV_PROJECT_ENVIRONMENT = $(VENV)

.PHONY: help demo test check format bench docs site wheel clean

help: ## Show the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## Start the embedded world and the bot; open the page it prints
	@$(BIN)/irsa demo $(DEMO)

test: $(VENV)/.ready ## Run the tests (TESTS=path and PYTEST='options' narrow them)
	@echo "Running the tests. Those that need a real kube-apiserver or Chromium say so where it is missing."
	@$(BIN)/python -m pytest $(PYTEST) $(or $(TESTS),tests)

check: $(VENV)/.ready ## Lint, format, types and the import contract
	@echo "ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "mypy --strict" && $(BIN)/mypy
	@echo "import contract" && $(BIN)/lint-imports

format: $(VENV)/.ready ## Format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.ready ## Run the benchmarks
	@for file in bench/*.py; do case "$$file" in *__init__*) ;; *) echo "== $$file"; $(BIN)/python -m "bench.$$(basename $$file .py)" || exit 1;; esac; done

docs: $(VENV)/.ready ## Write the generated pages and schemas anew
	@$(BIN)/python -m docs.generate

site: $(VENV)/.ready ## Build the docs into site/; a broken link or a page in no menu fails
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict && echo "the docs are in site/"

wheel: $(VENV)/.ready ## Build the wheel into dist/, and start the command from it without anything else
	@rm -rf dist .cache/wheel && $(BOOT)/bin/uv build --quiet --wheel
	@$(BOOT)/bin/uv venv --quiet --python $(BOOT)/bin/python .cache/wheel
	@$(BOOT)/bin/uv pip install --quiet --python .cache/wheel/bin/python dist/*.whl
	@cd .cache && wheel/bin/irsa --help >/dev/null && wheel/bin/irsa manifest >/dev/null && echo "the wheel's irsa starts"

clean: ## Remove what the targets made
	rm -rf $(VENV) .cache dist build site

$(BOOT)/bin/uv:
	@echo "Making a virtual environment in $(BOOT) for the installer (uv) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 …" >&2; exit 1; }
	@mkdir -p .cache
	@$(PYTHON) -m venv $(BOOT) 2>.cache/venv.log || { \
	  echo "python -m venv does not work here (no python3-venv?): using virtualenv from PyPI instead …"; \
	  rm -rf $(BOOT); \
	  $(PYTHON) -m pip install --quiet --target .cache/virtualenv virtualenv && \
	  PYTHONPATH=.cache/virtualenv $(PYTHON) -m virtualenv --quiet $(BOOT); }
	@$(BOOT)/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.7'

$(VENV)/.ready: pyproject.toml uv.lock $(BOOT)/bin/uv
	@echo "Installing irsa-doctor and what it needs into $(VENV), as uv.lock says …"
	@$(BOOT)/bin/uv sync --quiet --frozen --all-extras --group dev --group bench --group site --compile-bytecode --python $(BOOT)/bin/python
	@touch $@
