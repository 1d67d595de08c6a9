#ifndef CID_DB_TOKEN_H
#define CID_DB_TOKEN_H

#include <stdint.h>

struct db_table;

#define TOKEN_HASH 32 /* SHA-256 of the key's text */

/* An API key; its text is shown once and not kept. */
struct token {
	int64_t id;
	int64_t team_id;
	int64_t member_id; /* 0: of no member */
	char name[64];
	int role; /* enum role */
	uint8_t hash[TOKEN_HASH];
	int64_t created_ms;
	char created_by[128];
	int64_t expires_ms; /* 0: never */
	int64_t revoked_ms;
	int64_t last_used_ms;
};

struct team {
	int64_t id;
	char name[64];
	int64_t created_ms;
};

extern const struct db_table token_table;
extern const struct db_table team_table;
extern const char *const role_names[]; /* "", "viewer", ... by enum role */

/* 1 found, 0 not, -1 error.  Nothing in it needs freeing. */
int db_token_find(const uint8_t hash[TOKEN_HASH], struct token *);
int db_token_each(int64_t team_id, int (*)(void *token, void *), void *);
int db_token_add(struct token *);
int db_token_revoke(int64_t id, int64_t team_id); /* 1 done, 0 none, -1 */
int db_token_used(int64_t id);
int db_token_add_project(int64_t id, int64_t project_id);
/* 1 when the token is good for the project: named, or none is. */
int db_token_reaches(int64_t id, int64_t project_id);

int db_team_get(int64_t id, struct team *);

#endif /* CID_DB_TOKEN_H */
