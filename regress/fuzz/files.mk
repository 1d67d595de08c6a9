# FUZZ names the fuzzers; FUZZ_SRCS_name the sources under test, built anew
# with the sanitizers.  What libFuzzer finds goes to $(B)/fuzz, the seeds in
# corpus/ are only read.
FUZZ_TIME =	60
FUZZ_CC =	clang
FUZZ_FLAGS =	-O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -fno-omit-frame-pointer

FUZZ =		frame http1 schema
FUZZ_SRCS_frame = common/frame.c common/msg.c common/msg_check.c
FUZZ_SRCS_http1 = $(sort $(wildcard common/http1*.c))
FUZZ_SRCS_schema = $(sort $(wildcard common/schema_*.c)) common/glob.c \
		common/name.c common/name_image.c common/spec.c \
		common/spec_check.c common/spec_release.c
FUZZ_LIBS_frame = libbsd
FUZZ +=		github
FUZZ_SRCS_github = cid-api/github.c cid-api/match.c cid-api/push.c \
		common/glob.c common/name.c common/name_image.c
FUZZ_LIBS_github = json-c libbsd
FUZZ_LIBS_schema = json-c libbsd

# What the builder reads from the engine, and what it asks of it.
FUZZ +=	engine template
FUZZ_SRCS_engine = $(addprefix cid-builder/,answer.c answer_reason.c \
    docker_call.c docker_demux.c docker_lines.c imageref.c json.c label.c \
    ports.c pull.c tar.c template_network.c) common/addr.c common/name.c \
    common/name_image.c common/seal.c
FUZZ_SRCS_template = $(addprefix cid-builder/,build_spec.c cache.c \
    docker_call.c env.c json.c label.c template.c) common/addr.c \
    $(FUZZ_SRCS_schema)
FUZZ_LIBS_engine = json-c libsodium libbsd
FUZZ_LIBS_template = json-c libbsd

FUZZ_BINS =	$(FUZZ:%=$(B)/fuzz/%_fuzz)

define fuzz_rule
$(B)/fuzz/$(1)_fuzz: regress/fuzz/$(1)_fuzz.c $$(FUZZ_SRCS_$(1)) \
    $$(wildcard common/*.h common/*.def)
	@mkdir -p $$(@D)/corpus/$(1)
	$$(FUZZ_CC) -std=c11 $$(CPPFLAGS) $$(WARN) $$(FUZZ_FLAGS) -o $$@ \
	    $$(addprefix -I,$$(sort $$(dir $$(FUZZ_SRCS_$(1))))) \
	    $$(filter %.c,$$^) \
	    $$(if $$(FUZZ_LIBS_$(1)),$$$$(pkg-config --libs $$(FUZZ_LIBS_$(1))))
fuzz-$(1): $(B)/fuzz/$(1)_fuzz
	$$< -max_total_time=$$(FUZZ_TIME) -timeout=10 -print_final_stats=1 \
	    -artifact_prefix=$(B)/fuzz/$(1)- $(B)/fuzz/corpus/$(1) \
	    regress/fuzz/corpus/$(1)
.PHONY: fuzz-$(1)
endef
$(foreach f,$(FUZZ),$(eval $(call fuzz_rule,$(f))))

fuzz-bins: $(FUZZ_BINS)

# make fuzz: each fuzzer for FUZZ_TIME seconds.
fuzz: $(FUZZ:%=fuzz-%)

.PHONY: fuzz fuzz-bins
