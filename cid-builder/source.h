#ifndef CID_SOURCE_H
#define CID_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct msg;
struct msg_git_done;
struct msg_git_start;
struct peer;
struct source;
struct spec_job;

/*
 * What a cid-git reports.  over is called once, from the loop, after which
 * the source is gone: done is NULL when it died without a word.
 */
struct source_ops {
	void (*line)(void *, const char *, size_t);
	void (*spec)(void *, const char *, size_t);
	void (*over)(void *, const struct msg_git_done *, const char *, size_t);
};

void source_init(struct event_base *);
struct source *source_fetch(uint64_t project_id, const struct spec_job *,
    const char *token, const struct source_ops *, void *arg);
struct source *
source_wipe(uint64_t project_id, const struct source_ops *, void *arg);
int source_tar(struct source *);
void source_free(struct source *);

void source_up(struct peer *);
void source_down(struct peer *);
void source_from_git(struct peer *, struct msg *);
void source_refused(const struct msg_git_start *);

#endif /* CID_SOURCE_H */
