/*
 * The documents of releases: what runs in a slot, and one environment as it
 * should be.
 */

#include "spec_release.h"
#include "spec_check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OMIT .flags = SCHEMA_OMIT_EMPTY
#define NEED .flags = SCHEMA_REQUIRED

const char *const spec_health_kinds[HEALTH_KINDS + 1] = {
	[HEALTH_HTTP] = "http",
	[HEALTH_TCP] = "tcp",
	[HEALTH_RUNNING] = "running",
	[HEALTH_IMAGE] = "image",
};

static const char *const wants[WANTS + 1] = {
	[WANT_EMPTY] = "empty",
	[WANT_DEPLOYED] = "deployed",
	[WANT_ACTIVE] = "active",
	[WANT_WARM] = "warm",
	[WANT_COLD] = "cold",
};

/* What the slots are in JSON, by name; in C they are an array. */
struct slots {
	struct spec_slot blue;
	struct spec_slot green;
};

_Static_assert(sizeof(struct slots) == SLOTS * sizeof(struct spec_slot),
    "a slot for each name");
_Static_assert(offsetof(struct slots, blue) ==
	SLOT_BLUE * sizeof(struct spec_slot),
    "blue is where its number says");

/* clang-format off */

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_health, member, kind, __VA_ARGS__)
static const struct schema_field health_fields[] = {
	FIELD(kind, ENUM, .names = spec_health_kinds, NEED),
	FIELD(path, STRING, .check = spec_check_path, OMIT),
	FIELD(status, INT, .max = 599, OMIT),
	FIELD(timeout_ms, INT, .max = 86400000, OMIT),
	FIELD(interval_ms, INT, .max = 86400000, OMIT),
	FIELD(retries, INT, .max = 1000000, OMIT),
	FIELD(stay_up_ms, INT, .max = 86400000, OMIT),
};
#undef FIELD

static const struct schema health_schema = { "a health check", health_fields,
	COUNT(health_fields), sizeof(struct spec_health) };

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_release, member, kind, __VA_ARGS__)
static const struct schema_field release_fields[] = {
	FIELD(id, INT, OMIT),
	FIELD(build_id, INT, OMIT),
	FIELD(number, INT, .max = UINT32_MAX, OMIT),
	FIELD(commit, STRING, .check = spec_check_commit, OMIT),
	FIELD(image, STRING, .check = spec_check_image_or_id, OMIT),
	FIELD(command, STRINGS, .max = SPEC_ITEMS_MAX, OMIT),
	FIELD(has_output, BOOL, OMIT),
	FIELD(working_directory, STRING, .check = spec_check_dir, OMIT),
	FIELD(env, PAIRS, .max = SPEC_ITEMS_MAX, .check = spec_check_variable,
	    OMIT),
	FIELD(secrets, OBJECTS, .sub = &spec_sealed_schema,
	    .max = SPEC_SECRETS_MAX, OMIT),
	FIELD(limits, OBJECT, .sub = &spec_limits_schema, OMIT),
	FIELD(health, OBJECT, .sub = &health_schema),
	FIELD(port, INT, .max = 65535, OMIT),
	FIELD(publish, INT, .max = 65535, OMIT),
	FIELD(publish_max, INT, .max = 65535, OMIT),
	FIELD(read_only, BOOL, OMIT),
	FIELD(registries, OBJECTS, .sub = &spec_sealed_schema,
	    .max = SPEC_REGISTRIES_MAX, OMIT),
};
#undef FIELD

const struct schema spec_release_schema = { "a release", release_fields,
	COUNT(release_fields), sizeof(struct spec_release) };

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_slot, member, kind, __VA_ARGS__)
static const struct schema_field slot_fields[] = {
	FIELD(want, ENUM, .names = wants, NEED),
	FIELD(release, OBJECT, .sub = &spec_release_schema),
};
#undef FIELD

static const struct schema slot_schema = { "a slot", slot_fields,
	COUNT(slot_fields), sizeof(struct spec_slot) };

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(slots, member, kind, __VA_ARGS__)
static const struct schema_field slots_fields[] = {
	FIELD(blue, OBJECT, .sub = &slot_schema, NEED),
	FIELD(green, OBJECT, .sub = &slot_schema, NEED),
};
#undef FIELD

static const struct schema slots_schema = { "the slots", slots_fields,
	COUNT(slots_fields), sizeof(struct slots) };

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_env, member, kind, __VA_ARGS__)
static const struct schema_field env_fields[] = {
	FIELD(project, STRING, .min = 1, .check = spec_check_project, NEED),
	FIELD(environment, STRING, .min = 1, .check = spec_check_env, NEED),
	FIELD(prefix, STRING, .check = spec_check_path, OMIT),
	FIELD(hosts, STRINGS, .max = SPEC_HOSTS_MAX, OMIT),
	FIELD(drain_ms, INT, .max = UINT32_MAX, OMIT),
	FIELD(slots, OBJECT, .sub = &slots_schema, NEED),
};
#undef FIELD

/* clang-format on */

const struct schema spec_env_schema = { "an environment", env_fields,
	COUNT(env_fields), sizeof(struct spec_env) };
