#ifndef CID_TEMPLATE_H
#define CID_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "label.h"
#include "name.h"
#include "reason.h"
#include "spec.h"

struct env;

#define TEMPLATE_MOUNTS_MAX 24

enum template_kind {
	TEMPLATE_BUILD,
	TEMPLATE_SLOT,
	TEMPLATE_SHELF, /* made to read a volume by, never started */
	TEMPLATE_KINDS
};

struct template_mount {
	char volume[NAME_DOCKER_MAX];
	char target[SPEC_PATH_MAX];
	enum label_kind kind; /* of the volume, if it is made by this */
	int read_only;
};

/* What the operator allows at most, and how containers are grouped. */
struct template_ceiling {
	uint64_t memory;
	uint64_t nano_cpus;
	uint64_t log;
	uint32_t pids;
	const char *cgroup_parent; /* "": the engine's own */
};

/*
 * All that may differ between two containers of a kind.  The pointers are
 * the caller's.
 */
struct template
{
	enum template_kind kind;
	const char *image;
	char *const *argv;
	size_t argc; /* 0: what the image says */
	const struct env *env;
	const char *working_directory; /* absolute; "": the image's */
	struct template_mount mounts[TEMPLATE_MOUNTS_MAX];
	size_t mounts_len;
	const char *network; /* name of one cid made; NULL: none at all */
	uint32_t address;    /* there; 0: any */
	uint32_t port;	     /* inside */
	uint32_t publish;    /* on the host's loopback; 0: not */
	struct spec_limits limits;
	int read_only;
	struct label label;
	const char *secrets; /* names of the variables that are secret */
};

int template_is_target(const char *);
enum reason template_add_mount(struct template *, const char *volume,
    const char *target, enum label_kind, int read_only);
enum reason
template_check(const struct template *, const struct template_ceiling *);
char *template_container(const struct template *,
    const struct template_ceiling *, size_t *len);

#endif /* CID_TEMPLATE_H */
