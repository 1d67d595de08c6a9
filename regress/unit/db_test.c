/*
 * The database keeps what it is given, and refuses what may not be.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "db.h"
#include "db_build.h"
#include "db_delivery.h"
#include "db_env.h"
#include "db_handle.h"
#include "db_hook.h"
#include "db_project.h"
#include "db_release.h"
#include "db_slot.h"
#include "db_token.h"
#include "log.h"
#include "msg_release.h"
#include "reason.h"

#define NETS 16

static char dir[64];

static int
open_database(void **state)
{
	(void)state;
	strlcpy(dir, "/tmp/db_test.XXXXXX", sizeof(dir));
	return mkdtemp(dir) == NULL ? -1 : db_open(dir);
}

static int
close_database(void **state)
{
	static const char *const files[] = { "", "-wal", "-shm" };
	char path[128];
	size_t i;

	(void)state;
	db_close();
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/cid.db%s", dir, files[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static int
count_names(const char *const *names)
{
	int n = 0;

	while (names[n] != NULL)
		n++;
	return n;
}

/* Give a member a value that no other column has. */
static void
fill(const struct db_column *c, size_t i, void *row, unsigned int seed)
{
	char *p = (char *)row + c->offset;
	struct schema_list l;
	int64_t n = (int64_t)(i + 1) * 1000 + seed;
	char text[32], **items;
	int k;

	snprintf(text, sizeof(text), "v%zu-%u", i, seed);
	switch (c->type) {
	case DB_INT:
	case DB_REF:
		memcpy(p, &n, sizeof(n));
		break;
	case DB_BOOL:
		k = 1;
		memcpy(p, &k, sizeof(k));
		break;
	case DB_ENUM:
		k = seed == 0 ? 0 : count_names(c->names) - 1;
		memcpy(p, &k, sizeof(k));
		break;
	case DB_REASON:
		k = REASON_REPLAY + (int)seed;
		memcpy(p, &k, sizeof(k));
		break;
	case DB_STRING:
		strlcpy(p, text, c->size);
		break;
	case DB_TEXT:
		*(char **)p = strdup(text);
		break;
	case DB_LIST:
		items = calloc(2, sizeof(*items));
		items[0] = strdup(text);
		items[1] = strdup("\"quoted\" and \n");
		l.items = items;
		l.len = 2;
		memcpy(p, &l, sizeof(l));
		break;
	case DB_BYTES:
		memset(p, (int)(i + seed), c->size);
		break;
	}
}

static void
assert_same_list(const struct schema_list *a, const struct schema_list *b)
{
	size_t i;

	assert_int_equal(a->len, b->len);
	for (i = 0; i < a->len; i++)
		assert_string_equal(((char **)a->items)[i],
		    ((char **)b->items)[i]);
}

static void
assert_same(const struct db_table *t, const void *a, const void *b)
{
	const struct db_column *c;
	const char *x, *y;
	size_t i;

	for (i = 0; i < t->len; i++) {
		c = &t->columns[i];
		x = (const char *)a + c->offset;
		y = (const char *)b + c->offset;
		if (c->type == DB_TEXT)
			assert_string_equal(*(char *const *)x,
			    *(char *const *)y);
		else if (c->type == DB_LIST)
			assert_same_list((const void *)x, (const void *)y);
		else if (c->type == DB_STRING)
			assert_string_equal(x, y);
		else
			assert_memory_equal(x, y, c->size);
	}
}

/* The columns that the file has are those that the table here maps. */
static void
assert_mapped(const struct db_table *t)
{
	char sql[128];
	size_t i;
	sqlite3_stmt *st;

	snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s')",
	    t->name);
	assert_int_equal(sqlite3_prepare_v2(db_handle(), sql, -1, &st, NULL),
	    SQLITE_OK);
	for (i = 0; sqlite3_step(st) == SQLITE_ROW; i++) {
		assert_true(i < t->len);
		assert_string_equal(sqlite3_column_text(st, 0),
		    t->columns[i].name);
	}
	assert_int_equal(i, t->len);
	sqlite3_finalize(st);
}

/* Some columns may hold certain words or numbers only. */
static void
make_valid(const struct db_table *t, void *row, unsigned int seed)
{
	struct project *p = row;
	struct build *b = row;
	struct environment *e = row;
	struct slot_row *s = row;
	struct secret *x = row;
	struct token *k = row;
	struct delivery *d = row;
	struct release_row *r = row;

	if (t == &project_table) {
		p->runtime_port = 8080 + seed;
		strlcpy(p->name, "name", sizeof(p->name));
	} else if (t == &build_table) {
		b->state =
		    seed == 0 ? BUILD_STATE_QUEUED : BUILD_STATE_BUILDING;
		strlcpy(b->slot, seed == 0 ? "blue" : "green", sizeof(b->slot));
		b->number = 4;
		b->ref = 5;
	} else if (t == &environment_table) {
		e->name[16] = '\0';
	} else if (t == &slot_table) {
		s->state = seed == 0 ? SLOT_EMPTY : SLOT_DEPLOYED;
		s->release_id = seed == 0 ? 0 : 7;
	} else if (t == &token_table) {
		k->role = 1 + (int)seed;
	} else if (t == &secret_table) {
		x->scope = 1 + seed;
	} else if (t == &delivery_table) {
		d->status = 200 + seed;
	} else if (t == &release_table) {
		r->slot = SLOT_GREEN;
		r->build_id = 1;
		r->environment_id = 2;
		r->env_version = 3;
		free(r->spec);
		r->spec = strdup("{}");
	}
}

static void
fill_row(const struct db_table *t, void *row, unsigned int seed)
{
	size_t i;

	memset(row, 0, t->size);
	for (i = 0; i < t->len; i++)
		fill(&t->columns[i], i, row, seed);
	make_valid(t, row, seed);
	memcpy(row, &(int64_t){ 77 }, sizeof(int64_t));
}

static const struct db_table *const tables[] = { &project_table,
	&credential_table, &environment_table, &env_version_table,
	&secret_table, &slot_table, &build_table, &stage_table, &release_table,
	&hook_table, &delivery_table, &team_table, &token_table };

static void
every_column_comes_back(void **unused)
{
	const struct db_table *t;
	void *in, *out;
	size_t i;
	unsigned int seed;

	(void)unused;
	db_exec("PRAGMA foreign_keys = OFF", "");
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		t = tables[i];
		assert_mapped(t);
		in = malloc(t->size);
		out = malloc(t->size);
		for (seed = 0; seed < 2; seed++) {
			fill_row(t, in, seed);
			assert_int_equal(seed == 0 ? db_insert(t, in)
						   : db_save(t, in),
			    0);
			assert_int_equal(db_find(t, out, "WHERE id = ?1", "i",
					     INT64_C(77)),
			    1);
			assert_same(t, in, out);
			db_free(t, in);
			db_free(t, out);
		}
		free(in);
		free(out);
	}
	db_flush();
	db_exec("PRAGMA foreign_keys = ON", "");
}

/* A project with one environment, the least a build needs. */
static void
add_project(const char *name, struct project *p, struct environment *e)
{
	memset(p, 0, sizeof(*p));
	p->team_id = 1;
	strlcpy(p->name, name, sizeof(p->name));
	strlcpy(p->branch, "main", sizeof(p->branch));
	assert_int_equal(db_project_add(p), 0);
	memset(e, 0, sizeof(*e));
	e->project_id = p->id;
	strlcpy(e->name, "production", sizeof(e->name));
	strlcpy(e->branch, "main", sizeof(e->branch));
	assert_int_equal(db_env_add(e, NETS), 0);
}

static void
add_build(const struct environment *e, int pending, struct build *b)
{
	memset(b, 0, sizeof(*b));
	b->project_id = e->project_id;
	b->environment_id = e->id;
	b->is_pending = pending;
	assert_int_equal(db_build_add(b), 0);
}

static void
a_build_moves_as_r11_says(void **unused)
{
	static const char *const ways[] = { "Queued>Building", "Queued>Failed",
		"Queued>Cancelled", "Building>Queued", "Building>Deploying",
		"Building>Failed", "Building>Cancelled", "Deploying>Success",
		"Deploying>Failed", "Deploying>Cancelled", NULL };
	struct project p;
	struct environment e;
	struct build b;
	char way[64];
	int from, to, i, allowed;

	(void)unused;
	add_project("moves", &p, &e);
	for (from = 0; from < BUILD_STATES; from++) {
		for (to = 0; to < BUILD_STATES; to++) {
			if (from == to)
				continue;
			add_build(&e, 0, &b);
			b.reason = REASON_INTERNAL;
			if (from > 0)
				db_build_move(&b,
				    from == BUILD_STATE_CANCELLED ||
					    from == BUILD_STATE_FAILED
					? (enum build_state)from
					: BUILD_STATE_BUILDING);
			if (from == BUILD_STATE_DEPLOYING ||
			    from == BUILD_STATE_SUCCESS)
				db_build_move(&b, BUILD_STATE_DEPLOYING);
			if (from == BUILD_STATE_SUCCESS)
				db_build_move(&b, BUILD_STATE_SUCCESS);
			assert_int_equal(b.state, from);
			snprintf(way, sizeof(way), "%s>%s",
			    build_state_names[from], build_state_names[to]);
			for (allowed = i = 0; ways[i] != NULL; i++)
				allowed |= strcmp(ways[i], way) == 0;
			assert_int_equal(db_build_move(&b,
					     (enum build_state)to),
			    allowed ? 0 : -1);
			assert_int_equal(b.state, allowed ? to : from);
			db_exec("DELETE FROM build", "");
		}
	}
}

static void
one_project_builds_one_at_a_time(void **unused)
{
	struct project p;
	struct environment e;
	struct build a, b;

	(void)unused;
	add_project("single", &p, &e);
	add_build(&e, 0, &a);
	add_build(&e, 0, &b);
	assert_int_equal(db_build_move(&a, BUILD_STATE_BUILDING), 0);
	assert_int_equal(db_build_move(&b, BUILD_STATE_BUILDING), -1);
	a.reason = REASON_COMMAND_FAILED;
	assert_int_equal(db_build_move(&a, BUILD_STATE_FAILED), 0);
	assert_int_equal(db_build_move(&b, BUILD_STATE_BUILDING), 0);
}

static void
an_end_has_a_reason(void **unused)
{
	struct project p;
	struct environment e;
	struct build b;

	(void)unused;
	add_project("reason", &p, &e);
	add_build(&e, 0, &b);
	assert_int_equal(db_build_move(&b, BUILD_STATE_CANCELLED), -1);
	b.reason = REASON_CANCELLED_BY_USER;
	assert_int_equal(db_build_move(&b, BUILD_STATE_CANCELLED), 0);
	assert_true(b.finished_ms > 0);
}

static void
a_pending_build_uses_up_no_number(void **unused)
{
	struct project p;
	struct environment e;
	struct build a, b, c;

	(void)unused;
	add_project("numbers", &p, &e);
	add_build(&e, 0, &a);
	add_build(&e, 1, &b);
	add_build(&e, 0, &c);
	assert_int_equal(a.number, 1);
	assert_int_equal(b.number, 0);
	assert_int_equal(b.ref, INT64_C(0x80000000) + b.id);
	assert_int_equal(c.number, 2);
	assert_int_equal(db_build_settle(&b), 0);
	assert_int_equal(b.number, 3);
	assert_int_equal(b.ref, INT64_C(0x80000000) + b.id);
	b.number = 9;
	assert_int_equal(db_build_save(&b), -1);
}

/* Bring a slot to a state by allowed moves. */
static void
bring(struct slot_row *s, int state, int64_t release)
{
	static const int way[] = { SLOT_DEPLOYED, SLOT_ACTIVE, SLOT_GRACE };
	size_t i;

	if (s->state != SLOT_EMPTY) {
		db_exec("DELETE FROM slot WHERE id = ?1", "i", s->id);
		s->state = SLOT_EMPTY;
		s->release_id = 0;
		assert_int_equal(db_insert(&slot_table, s), 0);
	}
	for (i = 0; i < 3 && s->state != state; i++) {
		s->state = way[i];
		s->release_id = release;
		assert_int_equal(db_slot_save(s), 0);
	}
}

static void
a_slot_moves_as_r21_says(void **unused)
{
	static const int may[4][4] = {
		[SLOT_EMPTY][SLOT_DEPLOYED] = 1,
		[SLOT_DEPLOYED][SLOT_ACTIVE] = 1,
		[SLOT_DEPLOYED][SLOT_EMPTY] = 1,
		[SLOT_ACTIVE][SLOT_GRACE] = 1,
		[SLOT_GRACE][SLOT_ACTIVE] = 1,
		[SLOT_GRACE][SLOT_EMPTY] = 1,
	};
	struct project p;
	struct environment e;
	struct build b;
	struct release_row r;
	struct slot_row s;
	int from, to;

	(void)unused;
	add_project("slots", &p, &e);
	add_build(&e, 0, &b);
	memset(&r, 0, sizeof(r));
	r.environment_id = e.id;
	r.build_id = b.id;
	assert_int_equal(db_release_add(&r), 0);
	db_project_mark(p.id); /* so that bring() may delete a slot */
	assert_int_equal(db_slot_get(e.id, SLOT_BLUE, &s), 1);
	for (from = 0; from < 4; from++) {
		for (to = 0; to < 4; to++) {
			if (from == to)
				continue;
			bring(&s, from, r.id);
			s.state = to;
			s.release_id = to == SLOT_EMPTY ? 0 : r.id;
			assert_int_equal(db_slot_save(&s),
			    may[from][to] ? 0 : -1);
			s.state = may[from][to] ? to : from;
			s.release_id = s.state == SLOT_EMPTY ? 0 : r.id;
		}
	}
}

static void
one_slot_is_active(void **unused)
{
	struct project p;
	struct environment e;
	struct build b;
	struct release_row r;
	struct slot_row blue, green;

	(void)unused;
	add_project("active", &p, &e);
	add_build(&e, 0, &b);
	memset(&r, 0, sizeof(r));
	r.environment_id = e.id;
	r.build_id = b.id;
	assert_int_equal(db_release_add(&r), 0);
	db_slot_get(e.id, SLOT_BLUE, &blue);
	db_slot_get(e.id, SLOT_GREEN, &green);
	bring(&blue, SLOT_ACTIVE, r.id);
	bring(&green, SLOT_DEPLOYED, r.id);
	green.state = SLOT_ACTIVE;
	assert_int_equal(db_slot_save(&green), -1);
	assert_int_equal(db_exec("DELETE FROM slot WHERE id = ?1", "i",
			     blue.id),
	    -1);
	assert_int_equal(db_exec("DELETE FROM environment WHERE id = ?1", "i",
			     e.id),
	    -1);
}

static void
a_release_is_never_changed(void **unused)
{
	struct project p;
	struct environment e;
	struct build b;
	struct release_row r;

	(void)unused;
	add_project("release", &p, &e);
	add_build(&e, 0, &b);
	memset(&r, 0, sizeof(r));
	r.environment_id = e.id;
	r.build_id = b.id;
	assert_int_equal(db_release_add(&r), 0);
	r.healthy_ms = 5;
	assert_int_equal(db_release_save(&r), 0);
	r.slot = SLOT_GREEN;
	assert_int_equal(db_release_save(&r), -1);
}

static void
a_project_goes_with_all_it_had(void **unused)
{
	struct project p, q;
	struct environment e;
	struct build b;
	struct hook h;
	int64_t n;

	(void)unused;
	add_project("gone", &p, &e);
	add_build(&e, 0, &b);
	assert_int_equal(db_hook_bind(1, p.id, FORGE_GITHUB, "u", &h), 0);
	assert_int_equal(db_project_delete(p.id), -1);
	assert_int_equal(db_project_mark(p.id), 0);
	assert_int_equal(db_project_lookup("gone", &q), 0);
	assert_int_equal(db_project_name_free("gone", 1), 0);
	assert_int_equal(db_project_delete(p.id), 0);
	assert_int_equal(db_build_get(b.id, &b), 0);
	assert_int_equal(db_hook_find(FORGE_GITHUB, h.url_id, &h), 0);
	db_number(&n, "SELECT count(*) FROM slot WHERE environment_id = ?1",
	    "i", e.id);
	assert_int_equal(n, 0);
	assert_int_equal(db_project_name_free("gone", 1), 1);
	assert_int_equal(db_project_name_free("gone", 2), 0);
}

static void
networks_are_not_used_again_soon(void **unused)
{
	struct project p, q;
	struct environment e, f;
	int i;

	(void)unused;
	db_exec("UPDATE project SET deleting_ms = 1", "");
	db_exec("DELETE FROM project", "");
	add_project("net", &p, &e);
	for (i = 0; i < NETS - 1; i++) {
		memset(&f, 0, sizeof(f));
		f.project_id = p.id;
		snprintf(f.name, sizeof(f.name), "e%d", i);
		assert_int_equal(db_env_add(&f, NETS), 0);
	}
	snprintf(f.name, sizeof(f.name), "full");
	errno = 0;
	assert_int_equal(db_env_add(&f, NETS), -1);
	assert_int_equal(errno, ERANGE);
	db_exec("DELETE FROM environment WHERE name IN ('e1', 'e4')", "");
	assert_int_equal(db_env_find(p.id, "e0", &f), 1);
	add_project("net2", &q, &f);
	assert_int_not_equal(f.net, e.net);
}

static void
a_delivery_counts_once(void **unused)
{
	struct project p;
	struct environment e;
	struct hook h;
	struct delivery d, seen;

	(void)unused;
	add_project("inbox", &p, &e);
	assert_int_equal(db_hook_bind(1, p.id, FORGE_GITHUB, "u", &h), 0);
	memset(&d, 0, sizeof(d));
	d.hook_id = h.id;
	d.status = 401;
	strlcpy(d.forge_delivery, "one", sizeof(d.forge_delivery));
	assert_int_equal(db_delivery_add(&d), 0);
	assert_int_equal(db_delivery_seen(h.id, "one", d.digest, &seen), 0);
	d.id = 0;
	d.status = 202;
	assert_int_equal(db_delivery_add(&d), 0);
	assert_int_equal(db_delivery_seen(h.id, "one", d.digest, &seen), 1);
	db_delivery_free(&seen);
	assert_int_equal(db_delivery_seen(h.id, "two", d.digest, &seen), 1);
	db_delivery_free(&seen);
	d.id = 0;
	errno = 0;
	assert_int_equal(db_delivery_add(&d), -1);
	assert_int_equal(errno, EEXIST);
}

static int called, committed;

static void
count_commit(void *arg, int ok)
{
	(void)arg;
	called++;
	committed += ok;
}

static void
what_is_undone_is_told(void **unused)
{
	int64_t n;

	(void)unused;
	called = committed = 0;
	assert_int_equal(db_begin(), 0);
	db_exec("INSERT INTO setting VALUES ('a', '1')", "");
	db_after_commit(count_commit, NULL);
	assert_int_equal(db_commit(), 0);
	assert_int_equal(db_begin(), 0);
	assert_int_equal(db_begin(), 0);
	db_exec("INSERT INTO setting VALUES ('b', '1')", "");
	db_after_commit(count_commit, NULL);
	assert_int_equal(db_commit(), 0);
	db_rollback();
	db_after_commit(count_commit, NULL);
	assert_int_equal(called, 0);
	assert_int_equal(db_flush(), 0);
	assert_int_equal(called, 3);
	assert_int_equal(committed, 2);
	db_number(&n, "SELECT count(*) FROM setting WHERE name IN ('a', 'b')",
	    "");
	assert_int_equal(n, 1);
}

static void
a_newer_schema_is_refused(void **unused)
{
	(void)unused;
	db_exec("PRAGMA user_version = 999", "");
	db_close();
	assert_int_equal(db_open(dir), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_comes_back),
		cmocka_unit_test(a_build_moves_as_r11_says),
		cmocka_unit_test(one_project_builds_one_at_a_time),
		cmocka_unit_test(an_end_has_a_reason),
		cmocka_unit_test(a_pending_build_uses_up_no_number),
		cmocka_unit_test(a_slot_moves_as_r21_says),
		cmocka_unit_test(one_slot_is_active),
		cmocka_unit_test(a_release_is_never_changed),
		cmocka_unit_test(a_project_goes_with_all_it_had),
		cmocka_unit_test(networks_are_not_used_again_soon),
		cmocka_unit_test(a_delivery_counts_once),
		cmocka_unit_test(what_is_undone_is_told),
		cmocka_unit_test(a_newer_schema_is_refused),
	};

	return cmocka_run_group_tests_name("db", tests, open_database,
	    close_database);
}
