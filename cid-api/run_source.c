/*
 * What git found decides how a build goes on: not at all, or with the
 * project's settings and that commit's cid.toml merged.
 */

#include <bsd/string.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buildlog.h"
#include "conf.h"
#include "db.h"
#include "db_build.h"
#include "db_env.h"
#include "db_project.h"
#include "event.h"
#include "log.h"
#include "msg_conf.h"
#include "run.h"
#include "run_msg.h"
#include "run_source.h"
#include "run_spec.h"
#include "seal.h"
#include "spec.h"
#include "vars.h"

static void
note_commit(struct build *b, const struct spec_source *s)
{
	strlcpy(b->commit, s->commit, sizeof(b->commit));
	strlcpy(b->author, s->author, sizeof(b->author));
	strlcpy(b->email, s->email, sizeof(b->email));
	strlcpy(b->subject, s->subject, sizeof(b->subject));
	b->commit_ms = s->time_s * 1000;
}

static void
name_lfs(const struct build *b, const struct spec_source *s)
{
	char *const *paths = s->lfs.items;
	size_t i;

	for (i = 0; i < s->lfs.len; i++)
		buildlog_say(b, "%s: %s %s",
		    reason_code(REASON_LFS_NOT_SUPPORTED),
		    reason_sentence(REASON_LFS_NOT_SUPPORTED), paths[i]);
}

/* Write the merged document to the row. */
static enum reason
make_spec(struct build *b, const struct project *p, const struct environment *e,
    const struct spec_source *s, char why[RUN_WHY_MAX])
{
	struct run_spec_in in = { .project = p,
		.env = e,
		.build = b,
		.file = s->file,
		.build_timeout_s = conf_get()->build_timeout_s };
	struct run_spec spec;
	struct vars vars;
	enum reason r;

	if (vars_load(&vars, e, SEAL_BUILD) == -1)
		return REASON_INTERNAL;
	in.vars = &vars.plain;
	in.build_secrets = &vars.sealed;
	in.registries = &vars.registries;
	r = run_spec_make(&in, &spec, why);
	vars_free(&vars);
	if (r != REASON_NONE)
		return r;
	free(b->spec);
	b->spec = schema_print(&run_spec_schema, &spec, NULL);
	schema_free(&run_spec_schema, &spec);
	return b->spec == NULL ? REASON_INTERNAL : REASON_NONE;
}

static enum reason
merge(struct build *b, const struct spec_source *s, char why[RUN_WHY_MAX])
{
	enum reason r = REASON_INTERNAL;
	struct environment e;
	struct project p;

	if (db_project_get(b->project_id, &p) != 1)
		return r;
	if (db_env_get(b->environment_id, &e) == 1)
		r = make_spec(b, &p, &e, s, why);
	db_project_free(&p);
	return r;
}

/* Settle what only git could tell, merge, write.  Says why not. */
static enum reason
go_on(struct build *b, const struct spec_source *s, char why[RUN_WHY_MAX])
{
	enum reason r;

	if (b->is_pending && !s->matched)
		return REASON_PATH_NO_MATCH;
	if (b->is_pending && db_build_settle(b) == -1)
		return REASON_INTERNAL;
	if ((r = merge(b, s, why)) != REASON_NONE)
		return r;
	return db_build_save(b) == -1 ? REASON_INTERNAL : REASON_NONE;
}

static void
take_new_source(struct build *b, const struct spec_source *s)
{
	char why[RUN_WHY_MAX] = "";
	int was_pending = b->is_pending;
	enum reason r;

	note_commit(b, s);
	name_lfs(b, s);
	if ((r = go_on(b, s, why)) != REASON_NONE) {
		run_stop(b, r, why);
		return;
	}
	if (was_pending)
		buildlog_say(b,
		    "Git found a change that matches: this is "
		    "build %" PRId64 ".",
		    b->number);
	event_build_status(b, BUILD_STATE_BUILDING);
	run_tell(b, RUN_GO);
}

/*
 * Take what git found for a build that runs.  When it was found before, by
 * an earlier cid-builder, what was decided then stands.
 */
void
run_take_source(struct build *b, const char *json, size_t len)
{
	struct spec_source s;
	struct schema_error e;

	if (b->spec != NULL && b->spec[0] != '\0') {
		run_tell(b, RUN_GO);
		return;
	}
	if (schema_parse(&spec_source_schema, json, len, &s, NULL, &e) == -1) {
		log_warnx("build %" PRId64 ": source: %s %s", b->id, e.field,
		    e.reason);
		run_stop(b, REASON_INTERNAL, "");
		return;
	}
	take_new_source(b, &s);
	schema_free(&spec_source_schema, &s);
}
