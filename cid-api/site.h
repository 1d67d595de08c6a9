#ifndef CID_SITE_H
#define CID_SITE_H

#include <stdint.h>

#include "db_env.h"
#include "db_project.h"
#include "db_slot.h"
#include "rest_url.h"
#include "spec_release.h"

/* An environment with its project and its slots, as the database has them. */
struct site {
	struct project project;
	struct environment env;
	struct slot_row slots[SLOTS];
};

int site_load(int64_t environment_id, struct site *);
void site_free(struct site *);
int site_find(const struct project *, const char *environment, struct site *);
struct slot_row *site_active(struct site *); /* NULL: none */
struct slot_row *site_release(struct site *, uint64_t release_id);
int site_is_production(const struct site *);
int site_host(const struct site *, char *, size_t);
const char *site_url(const struct site *, char buf[URL_MAX]);
void site_ports(const struct site *, int slot, int64_t *first, int64_t *last);

#endif /* CID_SITE_H */
