# What there is to do with this repository; `make` alone lists it.
# The work itself is in scripts/ and in the Swift package: this file only puts it in order.

SHELL := /bin/sh
.DEFAULT_GOAL := help

RELEASE := -c release --static-swift-stdlib
PROGRAM := .build/release/workbench
SWIFT_FOLDERS := Package.swift Sources Tests $(wildcard Benchmarks)
# Tests of the real model and of hours are told apart by these variables.
SLOW := WORKBENCH_SLOW_TESTS=1

.PHONY: help build run test test-slow format lint snapshots fixtures fuzz bench clean deps model

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

deps: ## Install the system packages that are missing
	@scripts/install-dependencies.sh

model: deps ## Fetch the small sample model, once
	@scripts/fetch-model.sh

build: deps ## Build the program: .build/release/workbench
	swift build $(RELEASE) --product workbench

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

fuzz: deps ## Feed damaged files to every reader, for minutes
	swift build --build-tests
	WORKBENCH_FUZZ_SECONDS=300 swift test --skip-build --filter Fuzz

bench: deps model ## Measure speed against Benchmarks/thresholds.json (OPTIONS=--quick for a look)
	swift build $(RELEASE) --product workbench
	swift build $(RELEASE) --product benchmarks
	@.build/release/benchmarks $(OPTIONS)

clean: ## Delete everything that was built
	swift package clean
	rm -rf .build
