#ifndef CID_PULL_H
#define CID_PULL_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

#define PULL_LAYERS_MAX 128
#define PULL_TELL_MS 2000 /* between two lines of progress */

struct pull_layer {
	char id[16];
	int64_t done;
	int64_t total;
};

/* How far a pull has got; zeroed at its start. */
struct pull {
	struct pull_layer layers[PULL_LAYERS_MAX];
	size_t len;
	uint64_t told_ms;
	char error[512]; /* "" unless the engine reported one */
};

int pull_take(struct pull *, struct json_object *, uint64_t now_ms, char *line,
    size_t size);

#endif /* CID_PULL_H */
