/*
 * Bytes as hexadecimal digits.
 */

#include <string.h>

#include "hex.h"

static const char digits[] = "0123456789abcdef";

/* Write 2 * len lower-case digits and a NUL to out, and return it. */
char *
hex_encode(char *out, const uint8_t *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 0xf];
	}
	out[2 * len] = '\0';
	return out;
}

static int
value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Read exactly 2 * len digits, which need no NUL behind them, into out.
 * Returns 0, or -1 when a byte is no digit (a NUL is none either).
 */
int
hex_decode(uint8_t *out, size_t len, const char *in)
{
	size_t i;
	int hi, lo;

	for (i = 0; i < len; i++) {
		if ((hi = value(in[2 * i])) == -1 ||
		    (lo = value(in[2 * i + 1])) == -1)
			return -1;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}
