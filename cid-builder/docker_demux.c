/*
 * Both outputs of a container share one stream: frames of an 8-byte head
 * (which output, three zeros, the length) and as many bytes.  Pure.
 */

#include <string.h>

#include "docker_demux.h"

#define STDOUT 1
#define STDERR 2

static int
read_frame_head(struct docker_demux *d)
{
	static const uint8_t zeros[3];

	if ((d->head[0] != STDOUT && d->head[0] != STDERR) ||
	    memcmp(d->head + 1, zeros, sizeof(zeros)) != 0)
		return -1;
	d->left = (uint32_t)d->head[4] << 24 | (uint32_t)d->head[5] << 16 |
	    (uint32_t)d->head[6] << 8 | d->head[7];
	if (d->left == 0)
		d->head_len = 0;
	return 0;
}

int
docker_demux(struct docker_demux *d, const char *buf, size_t len,
    void (*f)(void *, unsigned int, const char *, size_t), void *arg)
{
	size_t n;

	while (len > 0) {
		if (d->head_len < sizeof(d->head)) {
			d->head[d->head_len++] = (uint8_t)*buf++;
			len--;
			if (d->head_len == sizeof(d->head) &&
			    read_frame_head(d) == -1)
				return -1;
			continue;
		}
		n = d->left < len ? d->left : len;
		f(arg, d->head[0], buf, n);
		buf += n;
		len -= n;
		d->left -= (uint32_t)n;
		if (d->left == 0)
			d->head_len = 0;
	}
	return 0;
}
