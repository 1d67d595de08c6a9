#ifndef CID_HTTP1_HEAD_H
#define CID_HTTP1_HEAD_H

/* Within http1*.c only: the parts that a head is read by. */

struct http1_head;

struct http1_cursor {
	const char *buf;
	const char *p;
	const char *end; /* of what came, or of what a head may be */
};

/* What a step found.  Errors are negated statuses. */
#define HTTP1_OK 0
#define HTTP1_MORE 1

int http1_request_line(struct http1_head *, struct http1_cursor *);
int http1_status_line(struct http1_head *, struct http1_cursor *);
int http1_fields(struct http1_head *, struct http1_cursor *);
int http1_judge_request(struct http1_head *, const char *);
int http1_judge_response(struct http1_head *, const char *, int);

#endif /* CID_HTTP1_HEAD_H */
