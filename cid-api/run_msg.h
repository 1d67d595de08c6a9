#ifndef CID_RUN_MSG_H
#define CID_RUN_MSG_H

struct build;
struct msg_build;

enum run_order {
	RUN_START,
	RUN_GO,
	RUN_CANCEL /* for the reason in the row */
};

void run_name(const struct build *, struct msg_build *);
void run_tell(const struct build *, enum run_order);
int run_is_ending(const struct build *);

#endif /* CID_RUN_MSG_H */
