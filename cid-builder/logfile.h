#ifndef CID_LOGFILE_H
#define CID_LOGFILE_H

#include <stddef.h>
#include <stdint.h>

#include "logindex.h"
#include "msg_build.h"

struct event_base;
struct logfile;
struct mask;

/*
 * The log of a build, shared by all that open it, made when it is not there.
 * What is written becomes visible at the end of the loop's turn, when grew
 * is called, once for each log.
 */
void logfile_init(struct event_base *, const char *dir,
    void (*grew)(const struct msg_log_grew *));
struct logfile *logfile_open(const struct msg_build *, uint64_t limit);
void logfile_close(struct logfile *);
void logfile_limit(struct logfile *, uint64_t bytes);
void logfile_mask(struct logfile *, struct mask *);
const struct mask *logfile_hides(const struct logfile *);
void logfile_say(struct logfile *, const char *, ...)
    __attribute__((__format__(printf, 2, 3)));
void logfile_say_text(struct logfile *, const char *, size_t);
void logfile_line(struct logfile *, enum line_stream, const char *, size_t,
    uint64_t consumed);
void logfile_consumed(const struct logfile *, uint64_t consumed[2]);
void logfile_restart(struct logfile *);
int logfile_flush(void);
void logfile_settle(struct logfile *);
void logfile_end(const struct msg_build *);
int logfile_error(const struct logfile *);
uint64_t logfile_dropped(const struct logfile *);

#endif /* CID_LOGFILE_H */
