/*
 * Releases and the slots they are in, as rows: made, placed, switched to,
 * put to rest, ended.
 */

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "buildlog.h"
#include "clock.h"
#include "conf.h"
#include "db.h"
#include "db_build.h"
#include "log.h"
#include "msg_conf.h"
#include "name.h"
#include "pairs.h"
#include "release.h"
#include "run_spec.h"
#include "seal.h"
#include "site.h"
#include "slots.h"
#include "vars.h"

/* Write a release with its document; both are new. */
static enum reason
add_release(struct release_row *row, const struct spec_release *doc)
{
	row->spec = schema_print(&spec_release_schema, doc, NULL);
	if (row->spec == NULL || db_release_add(row) == -1) {
		db_release_free(row);
		return REASON_INTERNAL;
	}
	return REASON_NONE;
}

static void
begin_row(struct release_row *row, const struct site *s, int64_t build_id,
    int slot, const char *who)
{
	memset(row, 0, sizeof(*row));
	row->environment_id = s->env.id;
	row->build_id = build_id;
	row->slot = slot;
	strlcpy(row->created_by, who, sizeof(row->created_by));
}

/* Read what the build left behind.  Both are freed by the caller. */
static int
read_build(const struct build *b, struct run_spec *spec,
    struct spec_result *result)
{
	struct schema_error e;

	memset(spec, 0, sizeof(*spec));
	memset(result, 0, sizeof(*result));
	if (b->spec == NULL || b->result == NULL)
		return -1;
	if (schema_parse(&run_spec_schema, b->spec, strlen(b->spec), spec, NULL,
		&e) == 0 &&
	    schema_parse(&spec_result_schema, b->result, strlen(b->result),
		result, NULL, &e) == 0)
		return 0;
	log_warnx("build %" PRId64 ": %s %s", b->id, e.field, e.reason);
	return -1;
}

static int
make_document(struct site *s, const struct build *b, int slot,
    struct vars *vars, struct spec_release *doc)
{
	struct spec_result result;
	struct run_spec spec;
	char url[URL_MAX];
	struct run_release_in in = { .spec = &spec,
		.result = &result,
		.project = &s->project,
		.env = &s->env,
		.build = b,
		.vars = &vars->plain,
		.run_secrets = &vars->sealed,
		.registries = &vars->registries,
		.url = site_url(s, url),
		.slot = slot };
	int ret = -1;

	site_ports(s, slot, &in.publish, &in.publish_max);
	if (in.publish == 0 && conf_get()->port_limit != 0 &&
	    site_is_production(s) && b->state == BUILD_STATE_DEPLOYING)
		buildlog_say(b, "%s: %s", reason_code(REASON_PORT_NONE),
		    reason_sentence(REASON_PORT_NONE));
	if (read_build(b, &spec, &result) == 0)
		ret = run_release_make(&in, doc);
	schema_free(&run_spec_schema, &spec);
	schema_free(&spec_result_schema, &result);
	return ret;
}

enum reason
release_of_build(struct site *s, const struct build *b, int slot,
    enum release_kind kind, const char *who, struct release_row *row)
{
	enum reason r = REASON_INTERNAL;
	struct spec_release doc;
	struct vars vars;

	if (vars_load(&vars, &s->env, SEAL_RUN) == -1)
		return r;
	begin_row(row, s, b->id, slot, who);
	row->kind = kind;
	row->env_version = vars.version;
	if (make_document(s, b, slot, &vars, &doc) == 0) {
		r = add_release(row, &doc);
		schema_free(&spec_release_schema, &doc);
	}
	vars_free(&vars);
	return r;
}

enum reason
release_of_release(struct site *s, const struct release_row *old, int slot,
    const char *who, struct release_row *row)
{
	struct spec_release doc;
	struct schema_error e;
	enum reason r;

	if (schema_parse(&spec_release_schema, old->spec, strlen(old->spec),
		&doc, NULL, &e) == -1) {
		log_warnx("release %" PRId64 ": %s %s", old->id, e.field,
		    e.reason);
		return REASON_INTERNAL;
	}
	begin_row(row, s, old->build_id, slot, who);
	row->kind = RELEASE_ROLLBACK;
	row->env_version = old->env_version;
	site_ports(s, slot, &doc.publish, &doc.publish_max);
	r = REASON_INTERNAL;
	if (pairs_set(&doc.env, "CID_SLOT", name_of_slot((uint32_t)slot)) == 0)
		r = add_release(row, &doc);
	schema_free(&spec_release_schema, &doc);
	return r;
}

int
release_place(struct site *s, const struct release_row *row)
{
	struct slot_row *slot = &s->slots[row->slot];

	slot->state = SLOT_DEPLOYED;
	slot->release_id = row->id;
	slot->is_healthy = 0;
	slot->is_warm = 0;
	slot->warm_until_ms = slot->grace_until_ms = 0;
	slot->container[0] = '\0';
	return db_slot_save(slot);
}

/* Note on a release that it is over. */
static int
close_release(int64_t id, enum reason r, const char *why)
{
	struct release_row row;
	int ret;

	if (db_release_get(id, &row) != 1)
		return -1;
	row.ended_ms = (int64_t)clock_wall_ms();
	row.reason = (int)r;
	strlcpy(row.message, why, sizeof(row.message));
	ret = db_release_save(&row);
	db_release_free(&row);
	return ret;
}

int
release_end(struct site *s, struct slot_row *slot, enum reason r,
    const char *why)
{
	if (slot->state == SLOT_EMPTY)
		return 0;
	if (slot->state == SLOT_ACTIVE) {
		log_warnx("%s: the active slot is not emptied",
		    s->project.name);
		return -1;
	}
	if (close_release(slot->release_id, r, why) == -1)
		return -1;
	slot->state = SLOT_EMPTY;
	slot->release_id = 0;
	slot->is_healthy = 0;
	slot->is_warm = 0;
	slot->warm_until_ms = slot->grace_until_ms = 0;
	slot->container[0] = '\0';
	return db_slot_save(slot);
}

int
release_rest(struct site *s, struct slot_row *slot, int is_warm)
{
	const struct msg_conf_api *conf = conf_get();
	int64_t now = (int64_t)clock_wall_ms();
	struct release_row row;
	int ret;

	(void)s;
	if (db_release_get(slot->release_id, &row) != 1)
		return -1;
	row.drained_ms = 0;
	row.requests_cut = 0;
	ret = db_release_save(&row);
	db_release_free(&row);
	slot->state = SLOT_GRACE;
	slot->is_warm = 1; /* until its last requests are over */
	slot->warm_until_ms =
	    is_warm ? now + (int64_t)conf->warm_s * 1000 : now;
	slot->grace_until_ms = now + (int64_t)conf->grace_s * 1000;
	return ret == -1 ? -1 : db_slot_save(slot);
}

/* The active slot, if there is one, goes to rest for the reason why. */
static int
overtake(struct site *s, enum reason why)
{
	struct slot_row *active = site_active(s);
	struct release_row row;
	int ret;

	if (active == NULL)
		return 0;
	if (db_release_get(active->release_id, &row) != 1)
		return -1;
	row.reason = (int)why;
	ret = db_release_save(&row);
	db_release_free(&row);
	return ret == -1 ? -1 : release_rest(s, active, 1);
}

int
release_activate(struct site *s, struct slot_row *slot, enum reason why)
{
	struct release_row row;
	int ret;

	if (overtake(s, why) == -1 ||
	    db_release_get(slot->release_id, &row) != 1)
		return -1;
	row.switched_ms = (int64_t)clock_wall_ms();
	row.drained_ms = 0;
	row.reason = REASON_NONE;
	ret = db_release_save(&row);
	db_release_free(&row);
	slot->state = SLOT_ACTIVE;
	slot->is_warm = 0;
	slot->warm_until_ms = slot->grace_until_ms = 0;
	return ret == -1 ? -1 : db_slot_save(slot);
}

int64_t
release_drained_by(const struct slot_row *slot)
{
	struct release_row row;
	int64_t drained;

	if (slot->state != SLOT_GRACE ||
	    db_release_get(slot->release_id, &row) != 1)
		return 0;
	drained = row.drained_ms;
	db_release_free(&row);
	return slots_drained_by(slot, drained, conf_get()->drain_ms);
}

void
release_check_url(const struct site *s, const struct slot_row *slot,
    char url[RELEASE_URL_MAX])
{
	struct spec_release doc;
	struct release_row row;
	struct schema_error e;
	char host[32] = "";
	uint32_t addr;

	url[0] = '\0';
	if (db_release_get(slot->release_id, &row) != 1)
		return;
	if (addr_slot(&conf_get()->pool, (uint32_t)s->env.net,
		(uint32_t)slot->slot, &addr) == 0)
		addr_print(addr, host, sizeof(host));
	if (schema_parse(&spec_release_schema, row.spec, strlen(row.spec), &doc,
		NULL, &e) == 0) {
		snprintf(url, RELEASE_URL_MAX, "%s://%s:%" PRId64 "%s",
		    doc.health.kind == HEALTH_HTTP ? "http" : "tcp", host,
		    doc.port, doc.health.path);
		schema_free(&spec_release_schema, &doc);
	}
	db_release_free(&row);
}
