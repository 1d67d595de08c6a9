#ifndef CID_WHERE_H
#define CID_WHERE_H

#define WHERE_MAX 1024

/* The server to talk to: a local socket, or an address with a key. */
struct where {
	char socket[108]; /* "" : use url */
	char url[WHERE_MAX];
	char token[WHERE_MAX]; /* "" : none */
};

int where_find(const char *socket, const char *url, struct where *);

#endif /* CID_WHERE_H */
