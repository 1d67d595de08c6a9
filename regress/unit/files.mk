UNIT =
UNIT +=	addr
UNIT +=	hex http1 http1_body
UNIT +=	name
UNIT +=	reason

UNIT +=	github queue
UNIT_OBJS_github =	cid-api/github.o cid-api/push.o
UNIT_OBJS_queue =	cid-api/queue.o
UNIT +=	utf8
UNIT +=	glob schema spec
UNIT +=	db
UNIT_OBJS_db =	$(OBJS_api_db:$(B)/%=%)
UNIT_LIBS_db =	sqlite3
UNIT +=	projectfile
UNIT_OBJS_projectfile =	libcidfile.a
UNIT_LDFLAGS_projectfile = $(LDLIBS_file)
UNIT +=	frame msg peer seal try
UNIT +=	hmac match places run_spec
UNIT_OBJS_hmac =	cid-api/hmac.o
UNIT_LIBS_hmac =	libcrypto
UNIT_OBJS_match =	cid-api/match.o cid-api/push.o
UNIT_OBJS_places =	cid-api/places.o
UNIT_OBJS_run_spec =	cid-api/pairs.o cid-api/run_merge.o cid-api/run_spec.o
UNIT +=	slot
UNIT_OBJS_slot = cid-deployer/slot.o
UNIT +=	reconcile
UNIT_OBJS_reconcile = cid-deployer/reconcile.o
