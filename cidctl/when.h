#ifndef CID_WHEN_H
#define CID_WHEN_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define WHEN_MAX 32

int when_parse(const char *, time_t *);
const char *when_ago(const char *rfc3339, time_t now, char buf[WHEN_MAX]);
const char *when_until(const char *rfc3339, time_t now, char buf[WHEN_MAX]);
const char *when_lasts(int64_t ms, char buf[WHEN_MAX]);

#endif /* CID_WHEN_H */
