#ifndef CID_WHEEL_H
#define CID_WHEEL_H

#include <stddef.h>
#include <stdint.h>

#include <bsd/sys/queue.h>

#define WHEEL_SLOTS 64
#define WHEEL_NEVER UINT32_MAX

/* Something with a deadline, in seconds. */
struct wheel_item {
	TAILQ_ENTRY(wheel_item) entry;
	uint32_t due;
	uint32_t looked_at; /* when its slot comes up; 0: in no slot */
};

TAILQ_HEAD(wheel_slot, wheel_item);

struct wheel {
	struct wheel_slot slots[WHEEL_SLOTS];
	uint32_t now;
};

void wheel_init(struct wheel *, uint32_t now);
void wheel_set(struct wheel *, struct wheel_item *, uint32_t due);
void wheel_del(struct wheel *, struct wheel_item *);
void wheel_turn(struct wheel *, uint32_t now, void (*)(struct wheel_item *));

#endif /* CID_WHEEL_H */
