#ifndef CID_ENGINE_H
#define CID_ENGINE_H

struct answer_event;
struct event_base;

/* Who wants to know; each is called from the loop. */
struct engine_ops {
	void (*up)(void);   /* it answers, events are being listened to */
	void (*down)(void); /* what was under way is to be given up */
	void (*event)(const struct answer_event *);
};

void engine_init(struct event_base *, const struct engine_ops *);
void engine_lost(void);
int engine_is_up(void);
int engine_kept_containers(void);
void engine_tell(void);

#endif /* CID_ENGINE_H */
