#ifndef CID_REPORT_H
#define CID_REPORT_H

#include <stdint.h>

struct fail;
struct peer;
struct spec_source;

void report_to(struct peer *);
void report_line(const char *, ...) __attribute__((__format__(printf, 1, 2)));
int report_spec(const struct spec_source *, struct fail *);
void report_done(uint64_t entries, uint64_t bytes, const char *deepest);
void report_fail(const struct fail *);
int report_is_over(void);

#endif /* CID_REPORT_H */
