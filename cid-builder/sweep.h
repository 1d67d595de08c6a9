#ifndef CID_SWEEP_H
#define CID_SWEEP_H

#include "label.h"

struct sweep;

struct sweep_counts {
	unsigned int containers;
	unsigned int networks;
	unsigned int volumes;
	int failed; /* something could not be listed or removed */
};

/*
 * Remove what the engine lists by a filter and unwanted() says goes, first
 * containers, then networks, then volumes.  done is called once, from the
 * loop.
 */
struct sweep *
sweep_start(const char *filter, int (*unwanted)(const struct label *, void *),
    void (*done)(void *, const struct sweep_counts *), void *arg);
void sweep_cancel(struct sweep *);

#endif /* CID_SWEEP_H */
