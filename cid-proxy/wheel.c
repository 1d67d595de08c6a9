/*
 * Deadlines by the second.  To move one away costs a store: the item stays in
 * its slot until that comes up, and only then goes to a later one.
 */

#include "wheel.h"

void
wheel_init(struct wheel *w, uint32_t now)
{
	int i;

	for (i = 0; i < WHEEL_SLOTS; i++)
		TAILQ_INIT(&w->slots[i]);
	w->now = now;
}

static void
insert(struct wheel *w, struct wheel_item *item)
{
	uint32_t at = item->due;

	if (at <= w->now)
		at = w->now + 1;
	if (at - w->now >= WHEEL_SLOTS)
		at = w->now + WHEEL_SLOTS - 1;
	item->looked_at = at;
	TAILQ_INSERT_TAIL(&w->slots[at % WHEEL_SLOTS], item, entry);
}

/* Set a deadline, the first or another one; WHEEL_NEVER for none. */
void
wheel_set(struct wheel *w, struct wheel_item *item, uint32_t due)
{
	item->due = due;
	if (item->looked_at != 0 && item->looked_at <= due)
		return;
	wheel_del(w, item);
	insert(w, item);
}

void
wheel_del(struct wheel *w, struct wheel_item *item)
{
	if (item->looked_at == 0)
		return;
	TAILQ_REMOVE(&w->slots[item->looked_at % WHEEL_SLOTS], item, entry);
	item->looked_at = 0;
}

static void
turn_slot(struct wheel *w, void (*expired)(struct wheel_item *))
{
	struct wheel_slot *slot = &w->slots[w->now % WHEEL_SLOTS];
	struct wheel_item *item;

	while ((item = TAILQ_FIRST(slot)) != NULL) {
		wheel_del(w, item);
		if (item->due > w->now)
			insert(w, item);
		else
			expired(item);
	}
}

/*
 * Let time pass.  expired is called for each item whose deadline came; it is
 * in the wheel no more, and anything may be set or deleted meanwhile.
 */
void
wheel_turn(struct wheel *w, uint32_t now, void (*expired)(struct wheel_item *))
{
	while (w->now < now) {
		w->now++;
		turn_slot(w, expired);
	}
}
