#ifndef CID_DB_RELEASE_H
#define CID_DB_RELEASE_H

#include <stdint.h>

struct db_table;

enum release_kind {
	RELEASE_OF_BUILD,
	RELEASE_ROLLBACK
};

/* spec and what it belongs to never change; the rest is what became of it. */
struct release_row {
	int64_t id;
	int64_t environment_id;
	int64_t build_id;
	int64_t env_version;
	int kind;
	int slot;   /* enum slot */
	char *spec; /* spec_release as canonical JSON; its id is 0 in there */
	int64_t created_ms;
	char created_by[128];
	int64_t started_ms;
	int64_t healthy_ms;
	int64_t switched_ms;
	int64_t drained_ms;
	int64_t ended_ms;
	int reason;
	char message[512];
	int64_t requests_cut;
};

extern const struct db_table release_table;
extern const char *const release_kind_names[];

/* 1 found, 0 not, -1 error; freed with db_release_free(). */
int db_release_get(int64_t id, struct release_row *);
/* The newest release of a build in an environment. */
int db_release_of_build(int64_t environment_id, int64_t build_id,
    struct release_row *);
int db_release_each(int64_t environment_id, int (*)(void *release_row, void *),
    void *);
void db_release_free(struct release_row *);

int db_release_add(struct release_row *); /* sets id and created_ms */
int db_release_save(const struct release_row *);

#endif /* CID_DB_RELEASE_H */
