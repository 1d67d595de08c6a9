#ifndef CID_ENV_H
#define CID_ENV_H

#include <bsd/sys/queue.h>
#include <stddef.h>

struct schema_list;

struct env_entry {
	STAILQ_ENTRY(env_entry) entry;
	size_t size; /* of text, with the NUL */
	char text[]; /* NAME=value */
};

/* The environment of a container: each name once, the last one counts. */
struct env {
	STAILQ_HEAD(, env_entry)
	list;
	size_t len;
};

#define ENV_MAX 512

void env_init(struct env *);
void env_free(struct env *);
int env_is_name(const char *);
int env_set(struct env *, const char *name, const char *value, size_t len);
int env_add_pairs(struct env *, const struct schema_list *);

#endif /* CID_ENV_H */
