#ifndef CID_DOOR_H
#define CID_DOOR_H

#include <sys/types.h>

struct evbuffer;
struct request;

/* What a client asks for, before anything of it is believed. */
struct door_knock {
	const char *method;
	const char *path;
	const char *query; /* NULL: none */
	uid_t uid;	   /* of the peer, on the local socket */
};

/*
 * The one door (R113).  door_open() finds the route, who asks, whether they
 * may, and what the path names; it refuses or lets the body come.
 * door_handle() reads the body by the route's schema and calls the handler.
 */
void door_open(struct request *, const struct door_knock *);
void door_handle(struct request *, struct evbuffer *body);

#endif /* CID_DOOR_H */
