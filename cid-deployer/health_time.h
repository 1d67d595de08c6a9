#ifndef CID_HEALTH_TIME_H
#define CID_HEALTH_TIME_H

#include <stdint.h>

uint32_t health_delay(uint32_t attempt, uint32_t interval_ms);
uint32_t health_attempts(uint64_t budget_ms, uint32_t interval_ms);
int health_next(uint32_t attempt, uint32_t interval_ms, uint64_t budget_ms,
    uint64_t begun_ms, uint64_t now_ms, uint64_t *wait_ms);
uint64_t
health_knock(uint32_t attempt, uint32_t interval_ms, uint64_t timeout_ms);
uint64_t
health_timeout(uint64_t timeout_ms, uint64_t budget_ms, uint64_t now_ms);

#endif /* CID_HEALTH_TIME_H */
