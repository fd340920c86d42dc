# Everything is set up inside the checkout: .tools/ holds uv, .venv/ the environment. Nothing else on the machine is touched.
SHELL := /bin/bash
.DELETE_ON_ERROR:
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1

PYTHON ?= python3
UV := .tools/bin/uv
COMPILE := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml

.PHONY: lock
lock: $(UV)
	$(COMPILE) --all-extras --group build --group test --group peers --group lint -o requirements/dev.txt $(LOCK_OPTIONS)
	$(COMPILE) --all-extras --group build -c requirements/dev.txt -o requirements/run.txt

$(UV):
	$(PYTHON) -m pip install --quiet --target .tools uv
