OBJS_common =	$(B)/common/child.o
OBJS_common +=	$(B)/common/frame.o
OBJS_common +=	$(B)/common/log.o
OBJS_common +=	$(B)/common/msg.o
OBJS_common +=	$(B)/common/msg_check.o
OBJS_common +=	$(B)/common/peer.o
OBJS_common +=	$(B)/common/sandbox.o
OBJS_common +=	$(B)/common/try.o

LIBS_common =	libevent_core libbsd libseccomp

$(B)/libcid.a: $(OBJS_common)
	rm -f $@
	$(AR) rcs $@ $^
