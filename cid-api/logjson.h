#ifndef CID_LOGJSON_H
#define CID_LOGJSON_H

#include <stddef.h>
#include <stdint.h>

#include "logindex.h"

/* A line as the `log` message of `/ws`; every byte may need six. */
#define LOGJSON_MAX (6 * LINE_MAX_BYTES + 512)

struct logjson {
	int64_t build_id;
	int64_t project_id;
};

size_t logjson_line(const struct logjson *, const struct line_index *,
    uint64_t number, const char *text, size_t len, char out[LOGJSON_MAX]);

#endif /* CID_LOGJSON_H */
