# cid: GNU make.  Targets: all demo test check asan fuzz lint format
# bench-push bench-idle install clean; see README.md.

PREFIX =	/usr/local
DESTDIR =
SYSCONFDIR =	/etc
LIBEXEC =	$(PREFIX)/libexec/cid
ifdef ASAN
B =		build-asan
CFLAGS =	-O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer \
		-fno-sanitize-recover=all
else
B =		build
CFLAGS =	-O2 -g -D_FORTIFY_SOURCE=2
endif

PROGS =		cid cid-proxy cid-api cid-builder cid-git cid-deployer cidctl
include common/files.mk $(PROGS:=/files.mk) regress/files.mk

WARN =		-Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual \
		-Wstrict-prototypes -Wmissing-prototypes -Wsign-compare \
		-Wformat=2 -Wundef -Wvla -Werror=implicit-function-declaration
HARDEN =	-fstack-protector-strong -fPIE \
		-fstack-clash-protection
CPPFLAGS =	-D_GNU_SOURCE -Icommon $(REGRESS_FLAG)
CC_CMD =	$(CC) -std=c11 -MMD -MP $(CPPFLAGS) $(INC) $(WARN) $(HARDEN) \
		$(CFLAGS)
CXX_CMD =	$(CXX) -std=c++17 -MMD -MP $(CPPFLAGS) $(INC) -Wall -Wextra \
		$(HARDEN) $(CFLAGS)
LINK =		$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now -Wl,--as-needed \
		$(LDFLAGS)

# Where the programs are in the tree that is built; `make install` builds
# again with the installed place, into a directory of its own.
PROGDIR =	$(abspath $(B)/bin)
SHAREDIR =	$(abspath etc)
# Test builds know one more message (TRY); an installed one never does.
REGRESS_FLAG =	-DCID_REGRESS

all: $(PROGS:%=$(B)/bin/%)
.DEFAULT_GOAL = all

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $@
	@$(CC_CMD) -c -o $@ $<

$(B)/%.o: %.cc
	@mkdir -p $(@D)
	@echo CXX $@
	@$(CXX_CMD) -c -o $@ $<

# Make every folder able to include itself and common/ only.
$(foreach p,$(PROGS),$(eval $(B)/$(p)/%.o: INC = -I$(p) -I$(B)/$(p)))

# What the programs are called where they are installed.
PROGS_libexec =	cid-proxy cid-api cid-builder cid-git cid-deployer
SHARE =		$(PREFIX)/share/cid

install:
	$(MAKE) all B=build-install REGRESS_FLAG= PROGDIR=$(LIBEXEC) \
	    SHAREDIR=$(SHARE)
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin \
	    $(DESTDIR)$(LIBEXEC) $(DESTDIR)$(SHARE) \
	    $(DESTDIR)$(SYSCONFDIR)/cid \
	    $(DESTDIR)$(PREFIX)/lib/systemd/system \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	install -m 755 build-install/bin/cid $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 build-install/bin/cidctl $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(PROGS_libexec:%=build-install/bin/%) \
	    $(DESTDIR)$(LIBEXEC)/
	install -m 644 etc/cid.nft $(DESTDIR)$(SHARE)/
	install -m 644 etc/cid.conf $(DESTDIR)$(SHARE)/cid.conf.example
	[ -e $(DESTDIR)$(SYSCONFDIR)/cid/cid.conf ] || \
	    install -m 600 etc/cid.conf $(DESTDIR)$(SYSCONFDIR)/cid/
	sed 's,@PREFIX@,$(PREFIX),' etc/cid.service \
	    >$(DESTDIR)$(PREFIX)/lib/systemd/system/cid.service
	install -m 644 etc/cid.sysusers \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/cid.conf
	install -m 644 etc/cid.tmpfiles \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/cid.conf
	for s in 5 7 8; do \
		install -d $(DESTDIR)$(PREFIX)/share/man/man$$s && \
		install -m 644 man/*.$$s $(DESTDIR)$(PREFIX)/share/man/man$$s/ \
		    || exit 1; \
	done
	[ -n "$(DESTDIR)" ] || etc/adduser.sh

# The two commands of README.md.  Both install what they need with apt.
demo:
	@demo/demo.sh

test:
	@regress/run.sh

asan: export ASAN = 1
asan:
	@regress/run.sh unit e2e

lint:
	@regress/run.sh lint

format:
	git ls-files 'common/*.[ch]' 'cid*/*.[ch]' 'regress/*.[ch]' | \
	    xargs clang-format -i

bench-push:
	@regress/bench/push.sh

bench-idle:
	@regress/bench/idle.sh

clean:
	rm -rf build build-* compile_commands.json

.PHONY: all asan bench-idle bench-push clean demo format install lint test
-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
