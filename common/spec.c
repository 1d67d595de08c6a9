/*
 * The documents of builds: what to fetch, what was found, what to do with
 * it, what came of it.
 */

#include "spec.h"
#include "spec_check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OMIT .flags = SCHEMA_OMIT_EMPTY
#define NEED .flags = SCHEMA_REQUIRED

const char *const spec_build_types[BUILD_TYPES + 1] = {
	[BUILD_COMMAND] = "command",
	[BUILD_DOCKERFILE] = "dockerfile",
	[BUILD_IMAGE] = "image",
};

/* clang-format off */

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_limits, member, kind, __VA_ARGS__)
static const struct schema_field limits_fields[] = {
	FIELD(memory, INT, OMIT),
	FIELD(nano_cpus, INT, OMIT),
	FIELD(pids, INT, OMIT),
	FIELD(time_s, INT, OMIT),
	FIELD(log, INT, OMIT),
};
#undef FIELD

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_sealed, member, kind, __VA_ARGS__)
static const struct schema_field sealed_fields[] = {
	FIELD(name, STRING, OMIT),
	FIELD(origin, STRING, OMIT),
	FIELD(version, INT, .max = UINT32_MAX, OMIT),
	FIELD(scope, INT, .max = UINT32_MAX, OMIT),
	FIELD(box, TEXT, .max = SPEC_BOX_MAX),
};
#undef FIELD

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_job, member, kind, __VA_ARGS__)
static const struct schema_field job_fields[] = {
	FIELD(project, STRING, .min = 1, .check = spec_check_project, NEED),
	FIELD(environment, STRING, .min = 1, .check = spec_check_env, NEED),
	FIELD(repo, STRING, NEED),
	FIELD(branch, STRING, .check = spec_check_branch, NEED),
	FIELD(commit, STRING, .check = spec_check_commit, OMIT),
	FIELD(base, STRING, .check = spec_check_commit, OMIT),
	FIELD(path_filter, STRING, .check = spec_check_filter, OMIT),
	FIELD(pending, BOOL, OMIT),
	FIELD(build_type, ENUM, .names = spec_build_types, NEED),
	FIELD(source_dir, STRING, .check = spec_check_dir, OMIT),
	FIELD(git, OBJECT, .sub = &spec_sealed_schema, OMIT),
};
#undef FIELD

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_source, member, kind, __VA_ARGS__)
static const struct schema_field source_fields[] = {
	FIELD(commit, STRING, .check = spec_check_commit, OMIT),
	FIELD(author, STRING, OMIT),
	FIELD(email, STRING, OMIT),
	FIELD(subject, STRING, OMIT),
	FIELD(time_s, INT, .min = INT64_MIN, .max = INT64_MAX, OMIT),
	FIELD(matched, BOOL, OMIT),
	FIELD(changed, INT, OMIT),
	FIELD(has_file, BOOL, OMIT),
	FIELD(lfs, STRINGS, .max = SPEC_LFS_MAX, OMIT),
	FIELD(file, TEXT, .max = SPEC_FILE_MAX),
};
#undef FIELD

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_fetch, member, kind, __VA_ARGS__)
static const struct schema_field fetch_fields[] = {
	FIELD(job, OBJECT, .sub = &spec_job_schema, NEED),
	FIELD(token, TEXT, .max = SPEC_TOKEN_MAX),
};
#undef FIELD

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_build, member, kind, __VA_ARGS__)
static const struct schema_field build_fields[] = {
	FIELD(project, STRING, .min = 1, .check = spec_check_project, NEED),
	FIELD(environment, STRING, .min = 1, .check = spec_check_env, NEED),
	FIELD(build_type, ENUM, .names = spec_build_types, NEED),
	FIELD(image, STRING, .check = spec_check_image, OMIT),
	FIELD(command, STRINGS, .max = SPEC_ITEMS_MAX, OMIT),
	FIELD(runtime_image, STRING, .check = spec_check_image, OMIT),
	FIELD(working_directory, STRING, .check = spec_check_dir, OMIT),
	FIELD(commit, STRING, .check = spec_check_commit, OMIT),
	FIELD(branch, STRING, .check = spec_check_branch, OMIT),
	FIELD(cache_type, STRING, .check = spec_check_word, OMIT),
	FIELD(cache_paths, STRINGS, .max = SPEC_CACHES_MAX, OMIT),
	FIELD(trusted, BOOL, OMIT),
	FIELD(network, BOOL, OMIT),
	FIELD(env, PAIRS, .max = SPEC_ITEMS_MAX, .check = spec_check_variable,
	    OMIT),
	FIELD(secrets, OBJECTS, .sub = &spec_sealed_schema,
	    .max = SPEC_SECRETS_MAX, OMIT),
	FIELD(registries, OBJECTS, .sub = &spec_sealed_schema,
	    .max = SPEC_REGISTRIES_MAX, OMIT),
	FIELD(limits, OBJECT, .sub = &spec_limits_schema, OMIT),
};
#undef FIELD

#define FIELD(member, kind, ...) \
	SCHEMA_FIELD(spec_result, member, kind, __VA_ARGS__)
static const struct schema_field result_fields[] = {
	FIELD(image, STRING, .check = spec_check_image_or_id, OMIT),
	FIELD(runtime_image, STRING, .check = spec_check_image_or_id, OMIT),
	FIELD(port, INT, .max = 65535, OMIT),
	FIELD(has_output, BOOL, OMIT),
	FIELD(output_bytes, INT, OMIT),
	FIELD(has_healthcheck, BOOL, OMIT),
};
#undef FIELD

/* clang-format on */

const struct schema spec_limits_schema = { "limits", limits_fields,
	COUNT(limits_fields), sizeof(struct spec_limits) };
const struct schema spec_sealed_schema = { "a sealed value", sealed_fields,
	COUNT(sealed_fields), sizeof(struct spec_sealed) };
const struct schema spec_job_schema = { "a job", job_fields, COUNT(job_fields),
	sizeof(struct spec_job) };
const struct schema spec_source_schema = { "a source", source_fields,
	COUNT(source_fields), sizeof(struct spec_source) };
const struct schema spec_fetch_schema = { "a fetch", fetch_fields,
	COUNT(fetch_fields), sizeof(struct spec_fetch) };
const struct schema spec_build_schema = { "a build", build_fields,
	COUNT(build_fields), sizeof(struct spec_build) };
const struct schema spec_result_schema = { "a result", result_fields,
	COUNT(result_fields), sizeof(struct spec_result) };
