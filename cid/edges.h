#ifndef CID_EDGES_H
#define CID_EDGES_H

struct kid;

void edges_make(struct kid *);

#endif /* CID_EDGES_H */
