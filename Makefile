# Tollbook: `make help` lists the targets. Output goes to .build, the demo's data to .demo.

PREFIX  ?= /usr/local
SYSCONF ?= /etc
B       := .build$(if $(SANITIZE),/sanitize)

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

.PHONY: all help units rehearsal-store demo demo-stop check soak bench screenshots install clean programs assets packages
.DELETE_ON_ERROR:

all: programs assets ## build the programs and the front-end files

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

programs: $(PROGRAMS)

units: $(UNITS) $(B)/edit

rehearsal-store: $(B)/rehearsal-store

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OWN) $(DIRS) -c -o $@ $<

$(B)/migrations.c: $(SQL) lib/db/embed.awk
	@mkdir -p $(@D)
	awk -f lib/db/embed.awk $(SQL) > $@

$(B)/migrations.o: $(B)/migrations.c
	$(CC) $(CFLAGS) $(OWN) -Wno-overlength-strings -c -o $@ $<

$(B)/libtollbook.a: $(LIB)
	@rm -f $@
	$(AR) rcs $@ $(LIB)

$(B)/tollbook: $(B)/cgi/tollbook.o $(PAGES) $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(WEBLIBS) $(LIBS)

$(B)/tollbook-sync: $(B)/cgi/tollbook-sync.o $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/tollbook-admin: $(B)/cgi/tollbook-admin.o $(B)/cgi/admin_channel.o $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/rehearsal-store: $(STORE)
	$(CC) $(LDFLAGS) -o $@ $^ -lmicrohttpd -lxml2 -lz

$(B)/unit/%: tests/unit/%.c $(B)/libtollbook.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(OWN) $(DIRS) -Itests/unit $(LDFLAGS) -o $@ $< $(B)/libtollbook.a -lcmocka $(WEBLIBS) $(LIBS)

$(B)/edit: $(B)/tests/kit/edit.o $(B)/libtollbook.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

assets: .build/static/.stamp ## the front-end files: npm packages, icons, styles

.build/static/.stamp: static/package-lock.json static/build.mjs $(wildcard static/css/* static/js/* static/icons/*) $(shell find templates -name '*.cs' 2>/dev/null)
	cd static && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	node static/build.mjs
	@touch $@

packages: ## install the system packages (needs root or sudo)
	@tests/kit/packages.sh

check: packages ## run every test; ends with one line: N passed, N failed
	@tests/kit/check.sh $(if $(SANITIZE),--sanitize)

soak: packages programs units rehearsal-store ## changes on both sides in any order, for SECONDS=600
	@tests/kit/soak.sh $(or $(SECONDS),600)

demo: packages ## a running Tollbook with a rehearsal store, on 127.0.0.1:8080
	@tests/kit/demo.sh start

demo-stop: ## end the demo
	@tests/kit/demo.sh stop

bench: packages programs assets $(B)/rehearsal-store ## speed and memory, as ratios within one run
	@node tests/bench/bench.mjs

screenshots: packages programs assets $(B)/rehearsal-store ## every screen at 1440 and 390, light and dark
	@node tests/browser/screenshots.mjs

install: all ## install below DESTDIR and PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/tollbook $(DESTDIR)$(SYSCONF)/tollbook
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	cp -R templates .build/static conf $(DESTDIR)$(PREFIX)/share/tollbook
	test -e $(DESTDIR)$(SYSCONF)/tollbook/tollbook.conf || \
	    install -m 644 conf/tollbook.conf $(DESTDIR)$(SYSCONF)/tollbook/tollbook.conf

clean: ## remove what was built
	rm -rf .build static/node_modules

-include $(shell find $(B) -name '*.d' 2>/dev/null)
