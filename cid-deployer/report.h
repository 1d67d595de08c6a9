#ifndef CID_REPORT_H
#define CID_REPORT_H

#include <stdint.h>

struct env;
struct msg_container;
struct msg_reconciled;
struct msg_release;
struct msg_release_try;

int report_is(const struct msg_container *, const char *id);
void report_try(const struct msg_release_try *, const char *text);
void report_failed(const struct msg_release *, const char *text);
void report_drained(const struct msg_release *);
void report_fact(struct env *, uint32_t slot, unsigned int fact);
void report_forgotten(const struct env *);
void report_reconciled(const struct msg_reconciled *, const char *text);

#endif /* CID_REPORT_H */
