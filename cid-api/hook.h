#ifndef CID_HOOK_H
#define CID_HOOK_H

struct request_stream;

/*
 * POST /webhook/{forge}/{hook}, parameters "forge" and "hook" (absent when
 * the path ends before it).
 */
extern const struct request_stream hook_stream;

#endif /* CID_HOOK_H */
