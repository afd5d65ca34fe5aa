# acct: iptables accounting as code. "make help" lists the targets.
SHELL := /bin/sh
MVN ?= mvn -B -ntp -q
DIST := target/acct
# Of each of the 14 kinds in make stress; some two seconds each, two at a time.
KILLS ?= 1000

.PHONY: help deps build install test unit demo bench fuzz stress schema docs golden format clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s%s\n", $$1, $$2}'

deps: ## Install what building and testing need and is missing (as root, Debian or Ubuntu)
	@sh examples/install-missing.sh

build: ## Build the distribution in target/acct, with its archive of classes
	@$(MVN) package -DskipTests
	@echo "built $(DIST)/bin/acct"

install: ## Install the distribution of make build: PREFIX=/usr, DESTDIR for packages, JAVA_HOME or java on PATH
	@sh src/main/dist/install.sh $(DIST) "$(DESTDIR)" "$(or $(PREFIX),/usr)"

test: deps ## Run all tests, those on the real kernel too
	@mvn -B -ntp verify

unit: ## Run the tests that need no kernel
	@mvn -B -ntp test

fuzz: ## Fuzz the readers of dumps, policies and rules, two minutes each
	@mvn -B -ntp test-compile surefire:test@fuzz-dumps surefire:test@fuzz-policies surefire:test@fuzz-rules

stress: deps ## Apply under traffic, beside others and with kills, many times over: some 20 minutes, and KILLS=1000 of each kind: hours
	@mvn -B -ntp verify -Dtest=KeepTest -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='Stress*IT,KilledIT,NamesIT,HostileRulesIT' -Dacct.stress.applies=200 -Dacct.stress.edits=200 -Dacct.stress.hostile=100 -Dacct.stress.kills=$(KILLS)

demo: deps build ## Show plan, apply, plan again and the counters on a real kernel, in a namespace
	@sh examples/demo.sh $(DIST)/bin/acct

bench: deps build ## Time acct beside ferm and bare iptables, and hold the ratios against the recorded ones
	@sh examples/bench.sh $(DIST)

schema: ## Write schema/policy.schema.json anew from the table of keys
	@mvn -B -ntp -q test -Dtest=PolicySchemaTest -Dacct.regenerate=true -Dsurefire.failIfNoSpecifiedTests=false

docs: ## Write the tables of README and docs anew from the code
	@mvn -B -ntp -q test -Dtest=DocsTest -Dacct.regenerate=true

golden: ## Write the expected outputs of the golden tests anew; then read the difference
	@mvn -B -ntp -q test -Dtest=GoldenTest -Dacct.regenerate=true

format: ## Format the sources
	@$(MVN) spotless:apply

clean: ## Delete what was built
	@$(MVN) clean
