#ifndef CID_DOCKER_DEMUX_H
#define CID_DOCKER_DEMUX_H

#include <stddef.h>
#include <stdint.h>

/* Where a raw stream of attach or logs has got to; zeroed at its start. */
struct docker_demux {
	uint8_t head[8];
	uint32_t head_len;
	uint32_t left; /* of the frame's payload */
};

/*
 * Take a stream apart.  Calls f with the number of the output (1 stdout,
 * 2 stderr) and each piece of it.  Returns 0, or -1 when the bytes are no
 * such stream; nothing may be fed after that.
 */
int docker_demux(struct docker_demux *, const char *, size_t,
    void (*f)(void *, unsigned int, const char *, size_t), void *);

#endif /* CID_DOCKER_DEMUX_H */
