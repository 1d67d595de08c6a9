#ifndef CID_ANSWER_H
#define CID_ANSWER_H

struct client;

void answer_run(struct client *);

#endif /* CID_ANSWER_H */
