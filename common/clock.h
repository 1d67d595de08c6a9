#ifndef CID_CLOCK_H
#define CID_CLOCK_H

#include <stdint.h>

uint64_t clock_ms(void);      /* monotonic */
uint64_t clock_wall_ms(void); /* since the epoch */

#endif /* CID_CLOCK_H */
