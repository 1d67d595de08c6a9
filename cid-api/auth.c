/*
 * Who asks, and what they may.  The text of a key is decoration: its row
 * decides.
 */

#include <sys/random.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>
#include <sodium.h>

#include "auth.h"
#include "clock.h"
#include "db_delivery.h"
#include "db_project.h"
#include "hex.h"
#include "log.h"
#include "route.h"

#define KEY_PREFIX "cid_"
#define RANDOM_BYTES 24
#define USED_EVERY_MS 60000 /* a key's last use is noted this exactly */

void
auth_local(struct actor *a, uid_t uid)
{
	memset(a, 0, sizeof(*a));
	a->role = ROLE_OWNER;
	a->is_local = 1;
	snprintf(a->name, sizeof(a->name), "uid %u", (unsigned int)uid);
	strlcpy(a->address, "local", sizeof(a->address));
}

static int
is_over(const struct token *t, int64_t now)
{
	return t->revoked_ms != 0 ||
	    (t->expires_ms != 0 && t->expires_ms <= now);
}

static int
note_use(const struct token *t, int64_t now)
{
	if (now - t->last_used_ms < USED_EVERY_MS)
		return 0;
	return db_token_used(t->id);
}

int
auth_key(struct actor *a, const char *key, const char *address)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	int64_t now = (int64_t)clock_wall_ms();
	int found;

	memset(a, 0, sizeof(*a));
	strlcpy(a->address, address != NULL ? address : "", sizeof(a->address));
	if (key == NULL)
		return AUTH_NO_KEY;
	if (strncmp(key, KEY_PREFIX, sizeof(KEY_PREFIX) - 1) != 0 ||
	    strlen(key) >= AUTH_KEY_MAX)
		return AUTH_BAD_KEY;
	crypto_hash_sha256(hash, (const unsigned char *)key, strlen(key));
	if ((found = db_token_find(hash, &t)) == -1)
		return -1;
	if (found == 0 || is_over(&t, now))
		return AUTH_BAD_KEY;
	a->role = (enum role)t.role;
	a->team_id = t.team_id;
	a->token_id = t.id;
	snprintf(a->name, sizeof(a->name), "key %s", t.name);
	return note_use(&t, now) == -1 ? -1 : AUTH_OK;
}

enum auth_verdict
auth_judge(const struct actor *a, const struct route *r)
{
	if (r->is_local && !a->is_local)
		return a->role == ROLE_NONE ? AUTH_NO_KEY : AUTH_NOT_ENOUGH;
	if (a->role >= r->least)
		return AUTH_OK;
	return a->role == ROLE_NONE ? AUTH_NO_KEY : AUTH_NOT_ENOUGH;
}

int
auth_reaches(const struct actor *a, const struct project *p)
{
	if (a->is_local)
		return 1;
	if (a->role == ROLE_NONE || a->team_id != p->team_id)
		return 0;
	return db_token_reaches(a->token_id, p->id);
}

int
auth_reaches_delivery(const struct actor *a, const struct delivery *d)
{
	if (a->is_local)
		return 1;
	if (a->role == ROLE_NONE)
		return 0;
	return db_delivery_reaches(d, a->team_id, a->token_id);
}

void
auth_make_key(const char *team, enum role role, char text[AUTH_KEY_MAX],
    uint8_t hash[TOKEN_HASH])
{
	uint8_t raw[RANDOM_BYTES];
	char hex[2 * RANDOM_BYTES + 1];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		fatal("getrandom");
	hex_encode(hex, raw, sizeof(raw));
	snprintf(text, AUTH_KEY_MAX, KEY_PREFIX "%.64s_%s_%s", team,
	    role_names[role], hex);
	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	explicit_bzero(raw, sizeof(raw));
	explicit_bzero(hex, sizeof(hex));
}
