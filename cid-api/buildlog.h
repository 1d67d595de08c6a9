#ifndef CID_BUILDLOG_H
#define CID_BUILDLOG_H

struct build;

/*
 * Have a sentence of cid's own written to a build's log, once the turn's
 * changes are on disk.  It is lost while cid-builder is down.
 */
void buildlog_say(const struct build *, const char *, ...)
    __attribute__((__format__(printf, 2, 3)));

#endif /* CID_BUILDLOG_H */
