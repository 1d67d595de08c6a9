/*
 * A room with few places and a line before its door.  No I/O here.
 */

#include <bsd/sys/queue.h>

#include "places.h"

enum {
	OUTSIDE,
	WAITS,
	INSIDE
};

void
places_init(struct places *room, size_t count_max, size_t bytes_max)
{
	TAILQ_INIT(&room->waiting);
	room->count = 0;
	room->bytes = 0;
	room->count_max = count_max;
	room->bytes_max = bytes_max;
}

static int
has_room(const struct places *room, size_t bytes)
{
	return room->count < room->count_max &&
	    bytes <= room->bytes_max - room->bytes;
}

static void
let_in(struct places *room, struct place *p)
{
	room->count++;
	room->bytes += p->bytes;
	p->state = INSIDE;
}

/* Returns 1 when p has a place, 0 when it waits. */
int
places_enter(struct places *room, struct place *p, size_t bytes)
{
	p->bytes = bytes;
	if (TAILQ_EMPTY(&room->waiting) && has_room(room, bytes)) {
		let_in(room, p);
		return 1;
	}
	p->state = WAITS;
	TAILQ_INSERT_TAIL(&room->waiting, p, entry);
	return 0;
}

/* Give up the place, or the waiting; nothing when outside already. */
void
places_leave(struct places *room, struct place *p)
{
	if (p->state == WAITS) {
		TAILQ_REMOVE(&room->waiting, p, entry);
	} else if (p->state == INSIDE) {
		room->count--;
		room->bytes -= p->bytes;
	}
	p->state = OUTSIDE;
}

/* Who waited and has a place now; NULL when nobody does. */
struct place *
places_next(struct places *room)
{
	struct place *p = TAILQ_FIRST(&room->waiting);

	if (p == NULL || !has_room(room, p->bytes))
		return NULL;
	TAILQ_REMOVE(&room->waiting, p, entry);
	let_in(room, p);
	return p;
}

int
places_inside(const struct place *p)
{
	return p->state == INSIDE;
}
