#ifndef CID_DB_SLOT_H
#define CID_DB_SLOT_H

#include <stdint.h>

struct db_table;

/* R21; the database refuses any other move. */
enum slot_state {
	SLOT_EMPTY,
	SLOT_DEPLOYED,
	SLOT_ACTIVE,
	SLOT_GRACE
};

struct slot_row {
	int64_t id;
	int64_t environment_id;
	int slot;	    /* enum slot */
	int state;	    /* enum slot_state */
	int64_t release_id; /* 0 when empty */
	int is_healthy;
	int is_warm;	  /* in grace: it runs */
	int64_t since_ms; /* of the state */
	int64_t warm_until_ms;
	int64_t grace_until_ms; /* 0: no end */
	int64_t port;		/* published on 127.0.0.1, 0: not */
	char container[72];	/* its id, "" : none known */
};

extern const struct db_table slot_table;
extern const char *const slot_names[];	     /* "blue", "green" */
extern const char *const slot_state_names[]; /* "empty", ... */

/* 1 found, 0 not, -1 error. */
int db_slot_get(int64_t environment_id, int slot, struct slot_row *);
int db_slot_active(int64_t environment_id, struct slot_row *);

/* Slots in grace, the one that changes next first. */
int db_slot_each_grace(int (*)(void *slot_row, void *), void *);

/* Writes the whole row; since_ms is set when the state changes.  -1 when
 * the move is not one of R21's. */
int db_slot_save(struct slot_row *);
/* 1 when no slot row has this port, but for the one given. */
int db_slot_port_free(int64_t port, int64_t slot_id);

#endif /* CID_DB_SLOT_H */
