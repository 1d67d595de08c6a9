/*
 * A POST that is sent twice with one Idempotency-Key is done once.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "clock.h"
#include "db.h"
#include "idempotency.h"
#include "request_state.h"
#include "rest.h"

#define KEY_MAX 128
#define KEPT_MS (INT64_C(24) * 3600 * 1000)

/* A first answer, as it was stored. */
struct first {
	int64_t id; /* the table has none, this is its rowid */
	uint8_t digest[REQUEST_DIGEST];
	int64_t status;
	char *answer;
};

static const struct db_column first_columns[] = {
	{ "created_ms", DB_INT, DB_AT(struct first, id), NULL },
	{ "digest", DB_BYTES, DB_AT(struct first, digest), NULL },
	{ "status", DB_INT, DB_AT(struct first, status), NULL },
	{ "answer", DB_TEXT, DB_AT(struct first, answer), NULL },
};

static const struct db_table first_table = { "idempotency", first_columns,
	sizeof(first_columns) / sizeof(first_columns[0]),
	sizeof(struct first) };

static void
make_digest(const struct request *r, const char *body, size_t len,
    uint8_t digest[REQUEST_DIGEST])
{
	crypto_hash_sha256_state st;
	const char *path = request_path(r);

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const unsigned char *)path,
	    strlen(path) + 1);
	crypto_hash_sha256_update(&st, (const unsigned char *)body, len);
	crypto_hash_sha256_final(&st, digest);
}

/* Names of keys may repeat, their numbers do not. */
static const char *
who(const struct request *r, char buf[128])
{
	if (r->actor.token_id == 0)
		return r->actor.name;
	snprintf(buf, 128, "token %lld", (long long)r->actor.token_id);
	return buf;
}

static int
answer_again(struct request *r, struct first *f)
{
	if (memcmp(f->digest, r->once_digest, sizeof(f->digest)) == 0) {
		request_add_header(r, "Idempotency-Replayed", "true");
		request_replay(r, (int)f->status, f->answer);
	} else {
		request_refuse(r, 422, "IDEMPOTENCY_KEY_REUSED",
		    "This Idempotency-Key was used for another request.", NULL);
	}
	db_free(&first_table, f);
	return 1;
}

int
idempotency_check(struct request *r, const char *body, size_t len)
{
	const char *key = request_header(r, "Idempotency-Key");
	struct first f;
	char buf[128];
	int found;

	if (key == NULL || strcmp(r->route->method, "POST") != 0)
		return 0;
	if (*key == '\0' || strlen(key) > KEY_MAX) {
		rest_invalid(r, "Idempotency-Key", "has a bad length");
		return 1;
	}
	make_digest(r, body, len, r->once_digest);
	found = db_find(&first_table, &f,
	    "WHERE actor = ?1 AND key = ?2 AND created_ms > ?3", "ssi",
	    who(r, buf), key, (int64_t)clock_wall_ms() - KEPT_MS);
	if (found == 1)
		return answer_again(r, &f);
	if (found == -1 || (r->once_key = strdup(key)) == NULL) {
		rest_broken(r);
		return 1;
	}
	return 0;
}

/* Refusals for want of something that may come are not kept. */
void
idempotency_store(struct request *r, const char *text)
{
	int64_t now = (int64_t)clock_wall_ms();
	char buf[128];

	if (r->once_key == NULL)
		return;
	if (r->status < 500 && r->status != 429) {
		db_exec("DELETE FROM idempotency WHERE created_ms <= ?1", "i",
		    now - KEPT_MS);
		db_exec("INSERT OR REPLACE INTO idempotency (actor, key, "
			"digest, status, answer, created_ms) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		    "ssbisi", who(r, buf), r->once_key, r->once_digest,
		    sizeof(r->once_digest), (int64_t)r->status, text, now);
	}
	free(r->once_key);
	r->once_key = NULL;
}
