#ifndef CID_PROJECT_H
#define CID_PROJECT_H

#include <stdint.h>

void project_remove(uint64_t project_id);
void project_engine_up(void);
void project_engine_down(void);

#endif /* CID_PROJECT_H */
