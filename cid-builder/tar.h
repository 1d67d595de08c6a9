#ifndef CID_TAR_H
#define CID_TAR_H

#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK 512
#define TAR_PATH_MAX 4096
#define TAR_EXTRA_MAX 65536 /* bytes of an extended header */

enum tar_type {
	TAR_FILE,
	TAR_DIRECTORY,
	TAR_OTHER /* links, devices, whatever else */
};

struct tar_entry {
	enum tar_type type;
	int64_t size;
	int64_t time_s;
	char path[TAR_PATH_MAX]; /* as it is written there */
};

/*
 * What a tar stream is told to.  entry returns whether the content of a file
 * is wanted; data gets it.  Either may be NULL.
 */
struct tar_to {
	int (*entry)(void *, const struct tar_entry *);
	void (*data)(void *, const char *, size_t);
	void *arg;
};

/* Where a stream has got to; zeroed at its start. */
struct tar {
	char block[TAR_BLOCK];
	size_t block_len;
	char *extra; /* an extended header being read, for pax or GNU */
	size_t extra_len;
	int64_t left;		 /* of an entry's content */
	size_t pad;		 /* after it */
	char next[TAR_PATH_MAX]; /* the path an extended header gave */
	int64_t next_size;	 /* the size it gave */
	char kind;		 /* type flag of what is read */
	int wanted;
	int has_next; /* a path was given */
	int has_size;
	int is_over; /* the end was seen */
};

int tar_walk(struct tar *, const struct tar_to *, const char *, size_t);
void tar_free(struct tar *);

#endif /* CID_TAR_H */
