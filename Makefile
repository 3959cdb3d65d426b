# Tollbook: `make help` lists the targets. Output goes to .build, the demo's data to .demo.

PREFIX  ?= /usr/local
SYSCONF ?= /etc
B       := .build$(if $(SANITIZE),/sanitize)
VERSION := $(shell sed -n 's/^.define TB_VERSION "\(.*\)"/\1/p' lib/base/version.h)

,       := ,

CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wconversion -Wvla -Wformat=2 -Werror
HARDEN  := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
SAN     := $(if $(SANITIZE),-fsanitize=address$(,)undefined -fno-omit-frame-pointer -U_FORTIFY_SOURCE -Wno-format-truncation -Wno-format-nonliteral)
OWN     := -std=c11 -D_GNU_SOURCE -Ilib -I$(B) -isystem /usr/include/libxml2 \
           -isystem /usr/include/ClearSilver -include lib/base/banned.h $(WARN) $(HARDEN) $(SAN) -MMD -MP
DIRS    := -DTB_DATADIR='"$(PREFIX)/share/tollbook"' -DTB_BINDIR='"$(PREFIX)/bin"' \
           -DTB_SYSCONFDIR='"$(SYSCONF)"'
LDFLAGS += -pie -Wl,-z,relro,-z,now $(SAN)
LIBS    := -lsqlite3 -lcurl -lxml2 -lsodium
WEBLIBS := -lfcgi -lneo_cs -lneo_utl

SQL     := $(sort $(wildcard lib/db/migrations/*.sql))
LIB     := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard lib/*/*.c))) $(B)/migrations.o
PAGES   := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard cgi/pages/*.c)))
PROGRAMS := $(B)/tollbook $(B)/tollbook-sync $(B)/tollbook-admin
STORE   := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/store/*.c)))
UNITS   := $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))

.PHONY: force all help units rehearsal-store demo demo-stop check check-fast proof lint valgrind analyzed fuzz fuzzers soak postgres bench screenshots install \
        uninstall dist clean programs assets modules packages
.DELETE_ON_ERROR:

all: programs assets ## build the programs and the front-end files

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

programs: $(PROGRAMS)

units: $(UNITS) $(B)/edit .build/powerloss.so

rehearsal-store: $(B)/rehearsal-store

# Two files that say how the programs were built: newer than these once flags or paths are others.
quote = '$(subst ','\'',$(1))'
$(B)/flags: says = $(CC) $(CFLAGS) $(OWN) $(LDFLAGS) $(WEBLIBS) $(LIBS)
$(B)/paths: says = $(DIRS)
$(B)/flags $(B)/paths: force
	@mkdir -p $(@D)
	@printf '%s\n' $(call quote,$(says)) | cmp -s - $@ || printf '%s\n' $(call quote,$(says)) >$@

$(B)/lib/base/conf.o: private OWN += $(DIRS)
$(B)/lib/base/conf.o: $(B)/paths

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OWN) -c -o $@ $<

$(B)/migrations.c: $(SQL) lib/db/embed.awk
	@mkdir -p $(@D)
	awk -f lib/db/embed.awk $(SQL) > $@

$(B)/migrations.o: $(B)/migrations.c $(B)/flags
	$(CC) $(CFLAGS) $(OWN) -Wno-overlength-strings -c -o $@ $<

$(B)/libtollbook.a: $(LIB)
	@rm -f $@
	$(AR) rcs $@ $(LIB)

$(B)/tollbook: $(B)/cgi/tollbook.o $(PAGES) $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(WEBLIBS) $(LIBS)

$(B)/tollbook-sync: $(B)/cgi/tollbook-sync.o $(B)/cgi/sync_state.o $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/tollbook-admin: $(B)/cgi/tollbook-admin.o $(B)/cgi/admin_channel.o $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/rehearsal-store: $(STORE)
	$(CC) $(LDFLAGS) -o $@ $^ -lmicrohttpd -lxml2 -lz

$(B)/unit/%: tests/unit/%.c $(B)/libtollbook.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OWN) -Itests/unit $(LDFLAGS) -o $@ $< $(B)/libtollbook.a -lcmocka $(WEBLIBS) $(LIBS)

$(B)/edit $(B)/floor: $(B)/%: $(B)/tests/kit/%.o $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

.build/powerloss.so .build/statements.so: .build/%.so: tests/kit/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -std=c11 -D_GNU_SOURCE $(WARN) -fPIC -shared -o $@ $<

assets: .build/static/icons.svg ## the front-end files: npm packages, icons, styles

# npm writes this file last.
NPM := static/node_modules/.package-lock.json

modules: $(NPM)

$(NPM): static/package-lock.json static/package.json
	cd static && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# build.mjs writes this file last. The templates decide which rules of Tabler's are kept. A tarball
# of `make dist` brings what was built in static/built; without that folder npm makes it anew.
ifneq ($(wildcard static/built/icons.svg),)
.build/static/icons.svg: $(wildcard static/built/*)
	@rm -rf .build/static && mkdir -p .build
	cp -R static/built .build/static
else
.build/static/icons.svg: $(NPM) static/build.mjs $(wildcard static/css/* static/js/* static/icons/*) \
                         $(wildcard templates/*/*.cs)
	node static/build.mjs
endif

packages: ## install the system packages of LISTS="build run test lint" (needs root or sudo)
	@tests/kit/packages.sh $(or $(LISTS),build run test)

# What needs packages is built by a make of its own, once they are there.
check: packages ## run every test; ends with one line: N passed, N failed
	@tests/kit/check.sh $(if $(SANITIZE),--sanitize)

# Those of the pages that start a store, hash many passwords or wait are left to make check.
WAITING := care channel customer_form found full_disk held huge login outbox program relay slow sync two_people user verify
QUICK   := tests/unit tests/lint $(filter-out $(WAITING:%=tests/web/%.test.mjs),$(sort $(wildcard tests/web/*.test.mjs)))

check-fast: packages ## what a change breaks most: the house test, units, lists and records
	@tests/kit/check.sh $(if $(SANITIZE),--sanitize) $(QUICK)

# What make check does in small: the kills, losses of power and slow readers that the promise is about.
proof: packages ## 200 kills of loads, runs and pushes, 200 losses of power, slow lines for 60 s
	@KILLS=200 TOLLBOOK_POWER=200 TOLLBOOK_SLOW=full ROUNDS=60 tests/kit/check.sh tests/sync/kill.test.mjs \
	    tests/sync/push.kill.test.mjs tests/sync/power.test.mjs tests/web/slow.test.mjs tests/sync/push.random.test.mjs

lint: LISTS = build test lint
lint: packages ## what clang-format, cppcheck, gcc's analyzer, shellcheck and node say
	@tests/kit/lint.sh

analyzed: $(B)/cgi/tollbook.o $(B)/cgi/tollbook-sync.o $(B)/cgi/tollbook-admin.o $(PAGES) $(LIB) $(STORE)

valgrind: LISTS = build test lint
valgrind: packages ## the unit tests under valgrind
	@$(MAKE) units
	@tests/kit/valgrind.sh

fuzz: LISTS = build test lint
fuzz: packages ## each fuzzer for SECONDS=60, under the sanitizers; its corpus: tests/fuzz/corpus
	@tests/kit/fuzz.sh $(or $(SECONDS),60)

# Made by tests/kit/fuzz.sh, with clang and in a folder of its own.
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz_%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzzers: $(FUZZ)

# The web program with its pages and routes, and a main() of libFuzzer's.
$(B)/fuzz_%: tests/fuzz/fuzz_%.c $(wildcard tests/fuzz/*.h) cgi/tollbook.c $(PAGES) $(B)/libtollbook.a
	$(CC) $(CFLAGS) $(OWN) -Icgi -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(PAGES) $(B)/libtollbook.a -lcmocka $(WEBLIBS) $(LIBS)

postgres: programs assets units rehearsal-store .build/statements.so ## the statements that PostgreSQL would refuse, where it is installed
	@tests/kit/postgres.sh

soak: packages ## changes on both sides in any order, for SECONDS=600
	@$(MAKE) programs units rehearsal-store
	@tests/kit/soak.sh $(or $(SECONDS),600)

demo: packages ## a running Tollbook with a rehearsal store, on 127.0.0.1:8080 (DEMO_PORT)
	@tests/kit/demo.sh start

demo-stop: ## end the demo
	@tests/kit/demo.sh stop

bench: packages ## speed and memory; PART=first-load, shops, pages, incremental, obey or delete: one part
	@$(MAKE) programs assets rehearsal-store $(B)/floor
	@node tests/bench/bench.mjs

screenshots: packages ## every screen at 1440 and 390, light and dark, and at 2560
	@$(MAKE) programs assets rehearsal-store
	@node tests/browser/screenshots.mjs

# The files of conf/ name the paths of a plain install: here they get those of this one.
OURPATHS = sed 's|/usr/local/|$(PREFIX)/|g; s|/etc/tollbook|$(SYSCONF)/tollbook|g'
SHARE    = $(DESTDIR)$(PREFIX)/share/tollbook
MANDIR   = $(DESTDIR)$(PREFIX)/share/man
MAN      = $(foreach page,$(wildcard conf/man/*),$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

install: all ## install below DESTDIR and PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/conf $(DESTDIR)$(SYSCONF)/tollbook $(sort $(dir $(MAN)))
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	cp -R templates .build/static $(SHARE)
	for file in $(filter-out conf/man,$(wildcard conf/*)); do $(OURPATHS) $$file >$(SHARE)/$$file || exit 1; done
	for page in $(MAN); do $(OURPATHS) conf/man/$${page##*/} >$$page && chmod 644 $$page || exit 1; done
	chmod -R u=rwX,go=rX $(SHARE)
	test -e $(DESTDIR)$(SYSCONF)/tollbook/tollbook.conf || \
	    install -m 644 $(SHARE)/conf/tollbook.conf $(DESTDIR)$(SYSCONF)/tollbook/tollbook.conf

uninstall: ## remove what install put there, but for the configuration; data stay
	rm -f $(PROGRAMS:$(B)/%=$(DESTDIR)$(PREFIX)/bin/%) $(MAN)
	rm -rf $(SHARE)

dist: assets ## a tarball that builds without npm: .build/tollbook-VERSION.tar.gz
	@tests/kit/dist.sh $(VERSION)

clean: ## remove what was built
	rm -rf .build static/node_modules

-include $(shell find $(B) -name '*.d' 2>/dev/null)
