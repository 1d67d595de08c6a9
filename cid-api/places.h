#ifndef CID_PLACES_H
#define CID_PLACES_H

#include <bsd/sys/queue.h>
#include <stddef.h>

/* One who takes a place, or waits for one; zeroed before its first use. */
struct place {
	TAILQ_ENTRY(place) entry;
	size_t bytes;
	int state; /* 0 outside, 1 waits, 2 inside */
	void *owner;
};

/* As many places as count and bytes allow; who comes first goes first. */
struct places {
	TAILQ_HEAD(place_list, place)
	waiting;
	size_t count;
	size_t bytes;
	size_t count_max;
	size_t bytes_max;
};

void places_init(struct places *, size_t count_max, size_t bytes_max);
int places_enter(struct places *, struct place *, size_t bytes);
void places_leave(struct places *, struct place *);
struct place *places_next(struct places *);
int places_inside(const struct place *);

#endif /* CID_PLACES_H */
