#ifndef CID_AUTH_H
#define CID_AUTH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "db_token.h"
#include "request.h"

struct delivery;
struct project;
struct route;

enum auth_verdict {
	AUTH_OK,
	AUTH_NO_KEY,	/* 401 */
	AUTH_BAD_KEY,	/* 401 */
	AUTH_NOT_ENOUGH /* 403 */
};

/* Whoever may open the local socket is owner of everything (S16). */
void auth_local(struct actor *, uid_t);

/*
 * Who holds this key: AUTH_OK, AUTH_BAD_KEY for one that is unknown, over
 * or revoked, or -1 after logging.  key NULL: AUTH_NO_KEY, and an actor
 * without a role.
 */
int auth_key(struct actor *, const char *key, const char *address);

enum auth_verdict auth_judge(const struct actor *, const struct route *);

/* 1 when the actor may know of the project, 0 when not, -1 after logging. */
int auth_reaches(const struct actor *, const struct project *);
int auth_reaches_delivery(const struct actor *, const struct delivery *);

#define AUTH_KEY_MAX 160 /* bytes of a key's text */

/* Make a key's text and its hash. */
void auth_make_key(const char *team, enum role, char text[AUTH_KEY_MAX],
    uint8_t hash[TOKEN_HASH]);

#endif /* CID_AUTH_H */
