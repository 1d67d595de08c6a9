#ifndef CID_DB_DELIVERY_H
#define CID_DB_DELIVERY_H

#include <stdint.h>

#include "name.h"

struct db_table;

enum decision {
	DECISION_ACCEPTED,
	DECISION_PENDING, /* git decides */
	DECISION_SKIPPED,
	DECISION_REFUSED
};

#define DELIVERY_DIGEST 32 /* SHA-256 of the body */

struct delivery {
	int64_t id;
	int64_t hook_id;
	char forge_delivery[128]; /* the forge's own id, or "" */
	uint8_t digest[DELIVERY_DIGEST];
	char event[64];
	char *headers; /* JSON object, without anything secret */
	char *body;    /* "" when too large to keep */
	int64_t size;
	char address[64]; /* of the sender */
	char repository[256];
	char branch[NAME_BRANCH_MAX];
	char commit[NAME_COMMIT_MAX];
	int decision; /* enum decision */
	int reason;
	int64_t status; /* HTTP, as answered */
	char *answer;	/* the JSON sent, for a replay */
	int64_t received_ms;
};

struct delivery_filter {
	int64_t team_id; /* see DB_REACHABLE */
	int64_t token_id;
	int64_t project_id; /* then these two do not matter */
	int64_t limit;
	int64_t offset;
};

extern const struct db_table delivery_table;
extern const char *const decision_names[];

/* 1 found, 0 not, -1 error; freed with db_delivery_free(). */
int db_delivery_get(int64_t id, struct delivery *);
/* One answered 2xx with this id or these bytes (S14). */
int db_delivery_seen(int64_t hook_id, const char *forge_delivery,
    const uint8_t digest[DELIVERY_DIGEST], struct delivery *);
int db_delivery_each(const struct delivery_filter *,
    int (*)(void *delivery, void *), void *);
int64_t db_delivery_count(const struct delivery_filter *);
int
db_delivery_reaches(const struct delivery *, int64_t team_id, int64_t token_id);
void db_delivery_free(struct delivery *);

/* -1 with errno EEXIST when it was answered 2xx before. */
int db_delivery_add(struct delivery *);
int db_delivery_add_build(int64_t delivery_id, int64_t build_id);
int db_delivery_each_build(int64_t delivery_id, int (*)(void *build, void *),
    void *);
/* Keep the newest refused ones only, and bodies up to an age. */
int db_delivery_prune(int64_t refused_max, int64_t bodies_before_ms);

#endif /* CID_DB_DELIVERY_H */
