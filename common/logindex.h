#ifndef CID_LOGINDEX_H
#define CID_LOGINDEX_H

#include <stdint.h>

/*
 * {n}.idx holds one record for each line of {n}.log, host byte order.  Line k
 * (from 0) is what lies between the end of line k - 1 and its own; bytes of
 * the log after the last record's end do not count yet.
 */
enum line_stream {
	LINE_CID, /* cid's own words, which no container can forge */
	LINE_STDOUT,
	LINE_STDERR,
	LINE_LIMIT, /* cid's: from here on the container's lines are dropped */
	LINE_STREAMS
};

struct line_index {
	uint64_t end;	      /* offset after the line's newline */
	uint64_t consumed[2]; /* raw bytes of stdout and stderr up to here */
	uint32_t time_s;      /* since the epoch */
	uint16_t time_ms;     /* 0 to 999 */
	uint8_t stream;	      /* enum line_stream */
	uint8_t zero;
};

#define LINE_MAX_BYTES 16384 /* a longer line becomes several */
#define LINE_SHARE 8	     /* a log's limit in bytes / this: in lines */

_Static_assert(sizeof(struct line_index) == 32, "records are 32 bytes");

#endif /* CID_LOGINDEX_H */
