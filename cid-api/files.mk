OBJS_api_db =	$(B)/cid-api/db.o
OBJS_api_db +=	$(B)/cid-api/db_build.o
OBJS_api_db +=	$(B)/cid-api/db_delivery.o
OBJS_api_db +=	$(B)/cid-api/db_env.o
OBJS_api_db +=	$(B)/cid-api/db_hook.o
OBJS_api_db +=	$(B)/cid-api/db_project.o
OBJS_api_db +=	$(B)/cid-api/db_release.o
OBJS_api_db +=	$(B)/cid-api/db_row.o
OBJS_api_db +=	$(B)/cid-api/db_schema.o
OBJS_api_db +=	$(B)/cid-api/db_slot.o
OBJS_api_db +=	$(B)/cid-api/db_stmt.o
OBJS_api_db +=	$(B)/cid-api/db_token.o

OBJS_api =	$(B)/cid-api/main.o
OBJS_api +=	$(OBJS_api_db)

LIBS_api =	sqlite3 $(LIBS_json) $(LIBS_seal) $(LIBS_common)

# The migrations are part of the program.
$(B)/cid-api/db_schema.o: $(wildcard cid-api/schema/*.sql)

$(B)/bin/cid-api: $(OBJS_api) $(B)/libcidjson.a $(B)/libcidseal.a \
    $(B)/libcid.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ -levhtp $$(pkg-config --libs $(LIBS_api))
