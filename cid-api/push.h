#ifndef CID_PUSH_H
#define CID_PUSH_H

#include <stddef.h>
#include <stdint.h>

#include "name.h"

struct json_object;

#define PUSH_REPO_MAX 256
#define PUSH_TEXT_MAX 512
#define PUSH_URLS 6

enum push_kind {
	PUSH_BRANCH,
	PUSH_TAG,
	PUSH_OTHER /* notes, or a branch no project can name */
};

/*
 * What a forge says of one push, whichever forge it was.  The strings that
 * are pointers belong to tree; push_free() lets go of both.
 */
struct push {
	enum push_kind kind;
	char repo[PUSH_REPO_MAX]; /* "owner/name" */
	uint64_t repo_id;	  /* the forge's number */
	const char *urls[PUSH_URLS];
	size_t urls_len;
	char branch[NAME_BRANCH_MAX];
	char before[NAME_COMMIT_MAX]; /* "" : there was none */
	char after[NAME_COMMIT_MAX];  /* "" : the branch is gone */
	int created;
	int deleted;
	int forced;
	int partial; /* not every changed file is listed */
	size_t commits;
	const char **files; /* added, modified, removed; may repeat */
	size_t files_len;
	const char *message; /* of the head commit, NULL when none came */
	char author[PUSH_TEXT_MAX];
	char email[PUSH_TEXT_MAX];
	char subject[PUSH_TEXT_MAX]; /* first line of message */
	struct json_object *tree;
};

void push_free(struct push *);
int push_wants_skip(const struct push *);
int push_is_from(const struct push *, const char *repo, uint64_t repo_id);

#endif /* CID_PUSH_H */
