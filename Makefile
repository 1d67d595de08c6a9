# cid: GNU make.  Targets: all demo test check asan fuzz lint format
# bench-push bench-idle install clean; see README.md.

PREFIX =	/usr/local
DESTDIR =
SYSCONFDIR =	/etc
LIBEXEC =	$(PREFIX)/libexec/cid
CFLAGS =	-O2 -g
B =		build

PROGS =		cid cid-proxy cid-api cid-builder cid-git cid-deployer cidctl
include common/files.mk $(PROGS:=/files.mk) regress/files.mk

WARN =		-Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual \
		-Wstrict-prototypes -Wmissing-prototypes -Wsign-compare \
		-Wformat=2 -Wundef -Wvla -Werror=implicit-function-declaration
HARDEN =	-fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE \
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

clean:
	rm -rf build build-* compile_commands.json

.PHONY: all clean
-include $(shell find $(B) -name '*.d' 2>/dev/null)
