#ifndef CID_VERDICT_H
#define CID_VERDICT_H

#include "reason.h"

/* What is known of a build's container after its end. */
struct verdict {
	int exit_code;
	int oom;
	int timed_out;
	int kept;    /* the engine leaves containers alone when it restarts */
	int resumed; /* it may have ended while nobody listened */
	int resumed_after_engine;
};

/* It can't be told what the command would have said: begin anew. */
#define VERDICT_LOST REASON_INTERRUPTED

enum reason verdict(const struct verdict *);

#endif /* CID_VERDICT_H */
