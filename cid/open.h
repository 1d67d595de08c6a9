#ifndef CID_OPEN_H
#define CID_OPEN_H

#include "conf.h"

struct users;

/* What the parent opens once and hands over again and again. */
struct open {
	/* With several workers each has its own socket per address. */
	int proxy[CONF_WORKERS_MAX][CONF_LISTEN_MAX];
	int api[CONF_LISTEN_MAX];
	int ctl;
	int front;
};

int open_directories(const struct conf *, const struct users *);
int open_listeners(const struct conf *, const struct users *, struct open *);
void open_close(struct open *);

#endif /* CID_OPEN_H */
