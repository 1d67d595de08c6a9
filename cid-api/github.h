#ifndef CID_GITHUB_H
#define CID_GITHUB_H

#include <stddef.h>

struct push;

/* What GitHub can list; more means that git itself has to be asked. */
#define GITHUB_COMMITS_MAX 2048
#define GITHUB_FILES_MAX 3000 /* of one commit */

#define GITHUB_WHY_MAX 96

enum github_event {
	GITHUB_PUSH,
	GITHUB_PING,
	GITHUB_OTHER
};

enum github_event github_event_find(const char *name);
int github_unform(char *body, size_t len, char **json, size_t *json_len);
int github_read(const char *json, size_t len, struct push *,
    char why[GITHUB_WHY_MAX]);

#endif /* CID_GITHUB_H */
