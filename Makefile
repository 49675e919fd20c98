# What there is to do with this repository; `make` alone lists it.
# The work itself is in scripts/ and in the Swift package: this file only puts it in order.

SHELL := /bin/sh
.DEFAULT_GOAL := help

RELEASE := -c release --static-swift-stdlib
PROGRAM := .build/release/workbench
SWIFT_FOLDERS := Package.swift Sources Tests $(wildcard Benchmarks)
# Tests of the real model and of hours are told apart by these variables.
SLOW := WORKBENCH_SLOW_TESTS=1

# Where `make install` puts things; DESTDIR goes in front, for packagers.
PREFIX ?= /usr/local
DESTDIR ?=
SHARE := $(DESTDIR)$(PREFIX)/share
COMPLETIONS := bash-completion/completions/workbench zsh/site-functions/_workbench \
    fish/vendor_completions.d/workbench.fish

.PHONY: help build install uninstall run test test-slow format lint snapshots fixtures fuzz faults hostile interop bench clean deps model

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

deps: ## Install the system packages that are missing
	@scripts/install-dependencies.sh

model: deps ## Fetch the small sample model, once
	@scripts/fetch-model.sh

build: deps ## Build the program: .build/release/workbench
	swift build $(RELEASE) --product workbench

# As another user than the one who built it: an install with sudo builds nothing.
install: ## Install below PREFIX (/usr/local): program, manual page, completions, sample data
	@test -x $(PROGRAM) || $(MAKE) build
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/workbench
	install -d $(SHARE)/man/man1 $(SHARE)/workbench/sample-data $(addprefix $(SHARE)/,$(dir $(COMPLETIONS)))
	$(PROGRAM) man > $(SHARE)/man/man1/workbench.1
	$(PROGRAM) --generate-completion-script bash > $(SHARE)/$(word 1,$(COMPLETIONS))
	$(PROGRAM) --generate-completion-script zsh > $(SHARE)/$(word 2,$(COMPLETIONS))
	$(PROGRAM) --generate-completion-script fish > $(SHARE)/$(word 3,$(COMPLETIONS))
	install -m 644 sample-data/* $(SHARE)/workbench/sample-data

uninstall: ## Take away what make install put below PREFIX
	rm -f $(DESTDIR)$(PREFIX)/bin/workbench $(SHARE)/man/man1/workbench.1 $(addprefix $(SHARE)/,$(COMPLETIONS))
	rm -rf $(SHARE)/workbench/sample-data

run: build model ## Build the program, fetch the sample model, and open it
	@$(PROGRAM)

test: deps model lint ## Everything that must hold before a change lands
	@scripts/install-dependencies.sh tests
	swift build --build-tests
	swift test --skip-build
	swift build $(RELEASE) --product workbench
	WORKBENCH_PROGRAM=$(PROGRAM) swift test --skip-build --filter 'OutlivingTests|JourneyTests'

test-slow: deps model ## The tests of hours as well
	swift build --build-tests
	$(SLOW) swift test --skip-build

format: ## Put all Swift files into the house style
	swift format --in-place --recursive --parallel $(SWIFT_FOLDERS)

lint: ## Check the house style
	swift format lint --strict --recursive --parallel $(SWIFT_FOLDERS)

snapshots: deps ## Record the screens anew; look at the difference before a commit
	@swift build --build-tests
	@RECORD_SNAPSHOTS=1 swift test --skip-build --filter 'PanelsTests|WorkbenchTests' \
	    || echo "Recording fails on purpose. Now: git diff --stat, then make test"

fixtures: ## Make the reference values anew (Python with torch, transformers, peft)
	@for script in scripts/make_*.py; do echo "$$script"; python3 "$$script" || exit 1; done

fuzz: deps ## Feed a million damaged inputs to every reader (INPUTS=40000000 for the bar, READERS='a,b' for some)
	swift build --build-tests
	FUZZ=1 $(if $(INPUTS),WORKBENCH_FUZZ_INPUTS=$(INPUTS)) $(if $(READERS),WORKBENCH_FUZZ_READERS='$(READERS)') swift test --skip-build --filter 'Fuzz|GGUFHeaderTests'

interop: deps ## Compare with PEFT, transformers and llama.cpp, 20 minutes at most (LLAMA=1 builds it first)
	swift build $(RELEASE) --product workbench
	@PYTHON="$(PYTHON)" LLAMA="$(LLAMA)" scripts/interop/run.sh $(PROGRAM) $(CHECKS)

# Within the process on a simulated disk, then from outside on the program as it is shipped.
faults: deps ## Kill, cut the power, fail every call and damage files, for 20 minutes (OPTIONS=--only kill)
	swift build --build-tests
	FAULTS=1 timeout 1200 swift test --skip-build --filter 'PowerCut|FailedCall|CorruptionTests|ExactResume'
	swift build $(RELEASE) --product workbench
	python3 scripts/faults/faults.py $(PROGRAM) $(OPTIONS)

hostile: deps ## Send a million hostile strings to terminals, for 15 minutes (OPTIONS=--strings 100000)
	swift build --build-tests
	HOSTILE=1 timeout 900 swift test --skip-build --filter Hostile
	swift build $(RELEASE) --product workbench
	python3 scripts/faults/terminal.py $(PROGRAM) $(OPTIONS)

bench: deps model ## Measure speed against Benchmarks/thresholds.json (OPTIONS=--quick for a look)
	swift build $(RELEASE) --product workbench
	swift build $(RELEASE) --product benchmarks
	@.build/release/benchmarks $(OPTIONS)

clean: ## Delete everything that was built
	swift package clean
	rm -rf .build
