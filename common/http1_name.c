/*
 * Turns the header field names that matter to us into numbers.
 */

#include "http1_name.h"
#include "http1.h"

struct known {
	const char *text;
	size_t len;
};

static const struct known known[HTTP1_NAME_MAX] = {
#define HTTP1_KNOWN(id, text) [HTTP1_NAME_##id] = { text, sizeof(text) - 1 },
	HTTP1_NAMES(HTTP1_KNOWN)
#undef HTTP1_KNOWN
};

/* The first name of each length; the others follow it. */
static const uint8_t first[] = {
	[2] = HTTP1_NAME_TE,
	[4] = HTTP1_NAME_DATE,
	[6] = HTTP1_NAME_COOKIE,
	[7] = HTTP1_NAME_TRAILER,
	[8] = HTTP1_NAME_LOCATION,
	[9] = HTTP1_NAME_FORWARDED,
	[10] = HTTP1_NAME_CONNECTION,
	[12] = HTTP1_NAME_CONTENT_TYPE,
	[13] = HTTP1_NAME_AUTHORIZATION,
	[14] = HTTP1_NAME_CONTENT_LENGTH,
	[15] = HTTP1_NAME_CLEAR_SITE_DATA,
	[16] = HTTP1_NAME_PROXY_CONNECTION,
	[17] = HTTP1_NAME_TRANSFER_ENCODING,
	[18] = HTTP1_NAME_X_FORWARDED_PREFIX,
	[22] = HTTP1_NAME_SERVICE_WORKER_ALLOWED,
};

/* The number of a field name, whatever the case of its letters. */
enum http1_name
http1_name(const char *s, size_t len)
{
	size_t i;

	if (len >= sizeof(first) || first[len] == HTTP1_NAME_OTHER)
		return HTTP1_NAME_OTHER;
	for (i = first[len]; i < HTTP1_NAME_MAX && known[i].len == len; i++) {
		if ((s[0] | 0x20) == known[i].text[0] &&
		    http1_eq(s, len, known[i].text))
			return i;
	}
	return HTTP1_NAME_OTHER;
}
