#ifndef CID_LEFTOVER_H
#define CID_LEFTOVER_H

void leftover_allow(void);
void leftover_sweep(void);
void leftover_stop(void);

#endif /* CID_LEFTOVER_H */
