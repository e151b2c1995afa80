# `make help` lists the targets.  All of it happens in .venv; Python 3.11+ and a C compiler are all that is needed.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV ?= .venv
DB ?= kb.sqlite
PLOT ?= ranking.png
PYTHON ?=
PYTEST_ARGS ?=
PAPERS ?=
SIZE ?= 100000
MINUTES ?= 60

BIN := $(VENV)/bin
# uv leaves the requirements uncompiled: where nothing may write bytecode, each `kb` compiles textual or NumPy anew.
unexport PYTHONDONTWRITEBYTECODE
# The packages too: an editable install lists where they are.
BUILD_INPUTS := pyproject.toml CMakeLists.txt $(wildcard kb/screening/core/*.c kb/screening/core/*.h) \
	$(wildcard kb/*/__init__.py kb/*/*/__init__.py extractors/*/__init__.py)

.PHONY: help demo test lint packaging slow fuzz audit licences bench floors sanitize clean

help: ## list the targets
	@sed -n -E 's/^([a-z]+):.* ## (.*)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: $(VENV)/.installed ## install, mine the corpus, print a ranking, plot it
	@echo "==> mining corpus/ into $(DB)"
	@$(BIN)/kb ingest corpus --db "$(DB)"
	@echo "==> ranking"
	@$(BIN)/kb rank --by coulombic_efficiency:max --by cycling_hours:max --by overpotential:min \
		--top 10 --db "$(DB)" --plot "$(PLOT)"
	@echo "==> the base is $(DB), the plot $(PLOT); '$(BIN)/kb --help' shows what else to ask"

test: $(VENV)/.installed $(VENV)/.test ## run the tests (PYTEST_ARGS="-k rank" for some)
	@echo "==> tests"
	@$(BIN)/python -m pytest -n auto -m "not packaging and not slow" $(PYTEST_ARGS)

lint: $(VENV)/.installed $(VENV)/.test $(VENV)/.lint ## check style with ruff, types with mypy
	@echo "==> ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@echo "==> mypy"
	@$(BIN)/mypy

packaging: $(VENV)/.installed $(VENV)/.test ## install wheel, sdist, editable in clean environments (slow)
	@echo "==> packaging"
	@$(BIN)/python -m pytest -m packaging tests/test_packaging.py tests/kb/snapshot $(PYTEST_ARGS)

slow: $(VENV)/.installed $(VENV)/.test ## pass the slow tests: thousands of documents, long ones
	@$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

fuzz: $(VENV)/.installed $(VENV)/.test ## try hostile documents and filters for an hour (MINUTES=5 for less)
	@nice $(BIN)/python -W ignore tests/fuzzing.py $(MINUTES)

audit: $(VENV)/.installed $(VENV)/.audit ## ask osv.dev what is known against the installed requirements
	@$(BIN)/python tests/dependencies.py audit

licences: $(VENV)/.installed $(VENV)/.test ## list the licences of the requirements; fail on GPL, AGPL and unknown ones
	@$(BIN)/python tests/dependencies.py licences

bench: $(VENV)/.installed $(VENV)/.bench ## C core, mining, and a base of SIZE=100000 measurements beside their peers
	@$(BIN)/python tests/kb/screening/benchmark_cycling.py
	@$(BIN)/python tests/kb/screening/benchmark_ranking.py
	@$(BIN)/python tests/extractors/benchmark_mining.py $(PAPERS)
	@$(BIN)/python tests/kb/benchmark_base.py $(SIZE)
	@$(BIN)/python tests/kb/audit/benchmark_audits.py $(SIZE)

floors: $(VENV)/.installed $(VENV)/.bench ## fail where the simulator has lost its speed over NumPy and numba
	@$(BIN)/python tests/kb/screening/benchmark_cycling.py --floors

# The core is built beside the package and stands in for the installed one, so that the environment stays as it is.
SANITIZED := $(VENV)/sanitized
sanitize: $(VENV)/.installed $(VENV)/.test ## pass the tests of the C core under the address and undefined-behaviour sanitizers
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target "$(SANITIZED)" --reinstall --no-deps \
		--config-settings=cmake.define.KB_SANITIZE=address,undefined --config-settings=cmake.build-type=RelWithDebInfo .
	@LD_PRELOAD="$$($${CC:-cc} -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0 \
		$(BIN)/python tests/kb/screening/run_sanitized.py "$(SANITIZED)"

clean: ## remove what make made: the environment, builds, caches, the demo's base
	rm -rf "$(VENV)" build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -f "$(DB)" "$(DB)-wal" "$(DB)-shm" "$(PLOT)"
	find kb extractors schema tests -name __pycache__ -type d -exec rm -rf {} +

# --- set-up -------------------------------------------------------------------------------------------------

# uv where it could be installed, because it is several times faster; else pip.
install = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python $(1); \
	else $(BIN)/python -m pip install --quiet $(1); fi

# A name on the path may be old or a stub that only prints an error, so each is tried.
$(VENV)/.created:
	@found=; for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$p; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "No Python 3.11 or newer found (python3 is '$$(python3 --version 2>&1 | head -n 1)')." >&2; \
		echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=path/to/python3" >&2; exit 1; \
	fi; \
	echo "==> creating $(VENV) with $$("$$found" --version)"; \
	if ! "$$found" -m venv --clear "$(VENV)"; then \
		rm -rf "$(VENV)"; \
		echo "This Python has no working venv module; install it (on Debian and Ubuntu: python3-venv)." >&2; exit 1; \
	fi
	@$(BIN)/python -m pip install --quiet uv || echo "uv cannot be installed here; going on with pip, which takes longer"
	@touch $@

$(VENV)/.installed: $(VENV)/.created $(BUILD_INPUTS)
	@compiler=; for c in $${CC:-} cc gcc clang; do \
		if command -v "$${c%% *}" >/dev/null 2>&1; then compiler=$$c; break; fi; \
	done; \
	if [ -z "$$compiler" ]; then \
		echo "No C compiler found (tried cc, gcc, clang): the screening core is C." >&2; \
		echo "Install one (Debian, Ubuntu: build-essential; Fedora: gcc; macOS: xcode-select --install), or set CC." >&2; \
		exit 1; \
	fi
	@headers=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("include"))'); \
	if [ ! -f "$$headers/Python.h" ]; then \
		echo "This Python comes without its C headers ($$headers/Python.h)." >&2; \
		echo "Install them (Debian, Ubuntu: python3-dev; Fedora: python3-devel), or name another Python:" >&2; \
		echo "  make clean $(MAKECMDGOALS) PYTHON=path/to/python3" >&2; exit 1; \
	fi
	@echo "==> installing the project with its dependencies, compiling the C core (about a minute, the first time)"
	@if [ -x $(BIN)/uv ]; then \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --editable . --group chemdata || { \
			echo "ChemDataExtractor cannot be installed here; going on without --miner chemdata and both"; \
			$(BIN)/uv pip install --quiet --python $(BIN)/python --editable .; }; \
	else \
		echo "without uv there is no ChemDataExtractor: going on without --miner chemdata and both"; \
		$(BIN)/python -m pip install --quiet --editable .; \
	fi
	@touch $@

# The extras' requirements are read from pyproject.toml, so that installing them does not build the project again.
$(VENV)/.test $(VENV)/.lint $(VENV)/.bench $(VENV)/.audit: $(VENV)/.%: $(VENV)/.created pyproject.toml
	@echo "==> installing what '$*' needs"
	@$(BIN)/python -c 'import sys, tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	print("\n".join(project["optional-dependencies"][sys.argv[1]]))' $* > $(VENV)/$*.txt
	@$(call install,--requirement $(VENV)/$*.txt)
	@touch $@
