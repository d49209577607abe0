# Two commands are enough: `make demo` shows the whole system on this machine, `make test` checks all of it.
# Everything here works as root or with sudo, on a bare Debian 12 with the Swift toolchain.

SWIFT ?= swift
# Two compilers at once is what a two-core machine with 4 GiB takes.
JOBS ?= $(shell nproc)
BUILD := $(SWIFT) build -j $(JOBS)
RELEASE := $(BUILD) -c release --static-swift-stdlib --product kozmic
KOZMIC = $(shell $(SWIFT) build --show-bin-path)/kozmic
ONCE ?=
# Every test at once would hold more than a thousand files open, which Foundation's Process does not survive (it reads past
# the end of a directory entry), and would time out on two cores.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 16

.PHONY: help setup test-setup build release demo test checks unit soak kill-test screenshots lint format bench clean

help:
	@echo "make demo    the whole system on this machine, with a stand-in for GitHub (ONCE=1: check it and exit)"
	@echo "make test    everything that is checked: builds, lint, unit, engine, browser and end-to-end tests"
	@echo "make soak    1,000 random commits of an admin repository while GitHub has trouble"
	@echo "make screenshots   pictures of every screen, in both themes and four widths, in SCREENSHOTS=.build/screenshots"
	@echo "make kill-test  200 times kill -9 of the controller and 20 of the engine, at random, under 30 builds"
	@echo "make setup   install the system packages that the build and the demo need"
	@echo "make build   a debug build;  make release: an optimised one"
	@echo "make lint    swift format, warnings as errors;  make format: rewrite the sources"
	@echo "make bench   the measurements that the README quotes"
	@echo "make clean   remove what was built"

setup:
	@Tests/Support/install-packages.sh run

test-setup:
	@Tests/Support/install-packages.sh run test

build:
	$(BUILD)

# Swift's library is inside the program: one file to copy to a server, and less memory (README, figures).
release:
	$(RELEASE)

demo: setup
	$(BUILD) --product kozmic
	"$(KOZMIC)" demo $(if $(ONCE),--once)

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

# One build serves everything that follows, so the build comes first and its failure is the first thing seen.
test: test-setup lint
	$(BUILD) --build-tests
	Tests/Support/with-engine.sh $(MAKE) --no-print-directory checks

# With an engine: first what looks at one part, then the whole program from outside, each with the machine to itself.
checks:
	$(SWIFT) test --skip-build --skip EndToEndTests
	$(SWIFT) test --skip-build --filter EndToEndTests
	"$(KOZMIC)" demo --once

# The tests that need no engine: seconds, for the loop of an editor.
unit:
	$(SWIFT) test

# 1,000 random commits of the admin repository with faults, edits by hand and restarts; KOZMIC_SOAK_SEED tells them.
soak: test-setup
	$(BUILD) --build-tests
	KOZMIC_SOAK_COMMITS=$${KOZMIC_SOAK_COMMITS:-1000} $(SWIFT) test --skip-build --filter SoakTests

# Of the gallery that the tests look at: every state, and texts that mean no good.
SCREENSHOTS ?= .build/screenshots
screenshots: test-setup
	$(BUILD) --build-tests
	KOZMIC_SCREENSHOTS="$(abspath $(SCREENSHOTS))" $(SWIFT) test --skip-build --filter ShowcaseTests

# Half an hour; KOZMIC_KILLS says how often, KOZMIC_KILL_SEED repeats one of them.
kill-test: test-setup
	$(BUILD) --build-tests
	KOZMIC_KILLS=$${KOZMIC_KILLS:-200} Tests/Support/with-engine.sh $(SWIFT) test --skip-build --filter RandomKillTests

bench: setup release
	$(BUILD) -c release --static-swift-stdlib --product webhook-floor
	$(BUILD) -c release --static-swift-stdlib --product cache-keys
	Benchmarks/run.sh

clean:
	$(SWIFT) package clean
	rm -rf .build-*
