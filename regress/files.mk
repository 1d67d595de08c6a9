# UNIT names the tests; UNIT_OBJS_name the objects under test that are not
# in an archive; UNIT_LIBS_name further pkg-config libraries.
include regress/unit/files.mk
include regress/fuzz/files.mk
include regress/bench/files.mk

UNIT_ARCHIVES =	$(B)/libcidjson.a $(B)/libcidseal.a $(B)/libcid.a
UNIT_LIBS =	$(LIBS_json) $(LIBS_seal) $(LIBS_common)
UNIT_BINS =	$(UNIT:%=$(B)/bin/%_test)

define unit_rule
$(B)/bin/$(1)_test: $(B)/regress/unit/$(1)_test.o \
    $$(UNIT_OBJS_$(1):%=$(B)/%) $(UNIT_ARCHIVES)
	@mkdir -p $$(@D)
	$$(LINK) -o $$@ $$^ $$(UNIT_LDFLAGS_$(1)) \
	    $$$$(pkg-config --libs cmocka $$(UNIT_LIBS_$(1)) $$(UNIT_LIBS))
$(B)/regress/unit/$(1)_test.o: INC = $$(addprefix -I,$$(sort \
    $$(dir $$(UNIT_OBJS_$(1)))) $$(addprefix $(B)/,$$(sort \
    $$(dir $$(UNIT_OBJS_$(1))))))
endef
$(foreach t,$(UNIT),$(eval $(call unit_rule,$(t))))

unit-bins: $(UNIT_BINS)

# make unit: build and run the unit tests alone.
unit: $(UNIT_BINS)
	@for t in $(UNIT_BINS); do echo "== $$t"; $$t || exit 1; done

.PHONY: unit unit-bins

# gitdrive plays parent and builder to one cid-git.
$(B)/bin/gitdrive: $(B)/regress/lib/gitdrive.o $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_json) $(LIBS_common))

unit-bins: $(B)/bin/gitdrive

# proxydrive plays parent and deployer to one cid-proxy.
unit-bins: $(B)/bin/proxydrive
$(B)/bin/proxydrive: $(B)/regress/lib/proxydrive.o $(B)/libcid.a
	@mkdir -p $(@D)
	@echo LINK $@
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(LIBS_common))
