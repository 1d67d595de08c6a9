#ifndef CID_HTTP1_SCAN_H
#define CID_HTTP1_SCAN_H

#include <stdint.h>

/* What an octet may be part of. */
#define HTTP1_TCHAR 0x01 /* a token */
#define HTTP1_DIGIT 0x02
#define HTTP1_HOST 0x04 /* a host name */
#define HTTP1_V6 0x08	/* an IPv6 address */
#define HTTP1_TEXT 0x10 /* a field value */

extern const uint8_t http1_class[256];

static inline int
http1_is(char c, uint8_t class)
{
	return (http1_class[(uint8_t)c] & class) != 0;
}

const char *http1_scan_token(const char *, const char *end);
const char *http1_scan_text(const char *, const char *end);
const char *http1_scan_target(const char *, const char *end);

#endif /* CID_HTTP1_SCAN_H */
