#ifndef CID_VIEW_H
#define CID_VIEW_H

#include <stdint.h>

struct msg_container;

/* struct slot_view of switch.h, by environment and slot. */
enum view_health {
	VIEW_UNKNOWN,
	VIEW_CHECKING,
	VIEW_HEALTHY,
	VIEW_FAILED
};

void view_clear(void);
int view_set(const struct msg_container *, const char *id);
void view_health(int64_t environment_id, int slot, enum view_health);
void view_forget(int64_t environment_id);

#endif /* CID_VIEW_H */
