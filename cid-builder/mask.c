/*
 * Finds secrets in lines and overwrites them.  A map of the first two bytes
 * of all needles lets most of a line pass at the cost of one look-up a byte.
 * Pure.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <sodium.h>

#include "mask.h"

#define MAP_BYTES (65536 / 8)
#define STARS 3 /* no longer than any needle */

struct needle {
	char *text;
	size_t len;
};

struct mask {
	struct needle *needles;
	size_t len;
	size_t longest;
	uint8_t map[MAP_BYTES];
};

/* Returns a mask that hides nothing yet, or NULL. */
struct mask *
mask_new(void)
{
	return calloc(1, sizeof(struct mask));
}

void
mask_free(struct mask *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->len; i++)
		freezero(m->needles[i].text, m->needles[i].len);
	free(m->needles);
	freezero(m, sizeof(*m));
}

static unsigned int
first_two(const char *s)
{
	return (unsigned int)(uint8_t)s[0] << 8 | (uint8_t)s[1];
}

static int
add_needle(struct mask *m, const char *text, size_t len)
{
	struct needle *grown;
	unsigned int two;

	if (len < MASK_LEAST)
		return 0;
	grown = reallocarray(m->needles, m->len + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	m->needles = grown;
	if ((grown[m->len].text = malloc(len)) == NULL)
		return -1;
	memcpy(grown[m->len].text, text, len);
	grown[m->len].len = len;
	m->len++;
	if (len > m->longest)
		m->longest = len;
	two = first_two(text);
	m->map[two / 8] |= (uint8_t)(1U << (two % 8));
	return 0;
}

/*
 * What base64 makes of a value with skip other bytes before it, without the
 * characters at both ends that depend on its neighbours.
 */
static int
add_base64(struct mask *m, const char *value, size_t len, size_t skip,
    int variant)
{
	static const size_t lost[3] = { 0, 2, 3 };
	size_t size, text_len, whole;
	uint8_t *plain;
	char *text;
	int ret = -1;

	size = sodium_base64_encoded_len(len + skip, variant);
	plain = calloc(1, len + skip);
	text = malloc(size);
	if (plain == NULL || text == NULL)
		goto done;
	memcpy(plain + skip, value, len);
	sodium_bin2base64(text, size, plain, len + skip, variant);
	text_len = strlen(text);
	whole = (len + skip) * 8 / 6;
	/* At the end of what was encoded, and before something else. */
	ret = add_needle(m, text + lost[skip], text_len - lost[skip]);
	if (ret == 0 && whole < text_len)
		ret = add_needle(m, text + lost[skip], whole - lost[skip]);
done:
	freezero(plain, len + skip);
	freezero(text, size);
	return ret;
}

/* One line of a value, no longer than a needle may be. */
static int
add_piece(struct mask *m, const char *value, size_t len)
{
	size_t skip;

	if (len < MASK_LEAST)
		return 0;
	if (add_needle(m, value, len) == -1)
		return -1;
	for (skip = 0; skip < 3; skip++) {
		if (add_base64(m, value, len, skip,
			sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == -1 ||
		    add_base64(m, value, len, skip,
			sodium_base64_VARIANT_URLSAFE_NO_PADDING) == -1)
			return -1;
	}
	return 0;
}

static int
add_pieces(struct mask *m, const char *value, size_t len)
{
	size_t n;

	for (; len > 0; value += n, len -= n) {
		n = len < MASK_MOST ? len : MASK_MOST;
		if (add_piece(m, value, n) == -1)
			return -1;
	}
	return 0;
}

/*
 * Hide a value from now on.  Returns 0, or -1 when memory is out.  Values
 * shorter than MASK_LEAST are left alone.
 */
int
mask_add(struct mask *m, const char *value, size_t len)
{
	const char *nl;
	size_t n;

	/* As a whole first: its base64 does not care for its lines. */
	if (memchr(value, '\n', len) != NULL && len <= MASK_MOST &&
	    add_piece(m, value, len) == -1)
		return -1;
	for (; len > 0; value += n, len -= n) {
		nl = memchr(value, '\n', len);
		n = nl == NULL ? len : (size_t)(nl - value);
		if (add_pieces(m, value, n) == -1)
			return -1;
		if (nl != NULL)
			n++;
	}
	return 0;
}

/* The longest needle at the start of buf; 0: none. */
static size_t
match(const struct mask *m, const char *buf, size_t len)
{
	size_t i, best = 0;
	unsigned int two;

	if (len < MASK_LEAST)
		return 0;
	two = first_two(buf);
	if (!(m->map[two / 8] & 1U << (two % 8)))
		return 0;
	for (i = 0; i < m->len; i++) {
		if (m->needles[i].len <= len && m->needles[i].len > best &&
		    memcmp(m->needles[i].text, buf, m->needles[i].len) == 0)
			best = m->needles[i].len;
	}
	return best;
}

/*
 * Overwrite each secret in a line with "***", so that not even its length
 * shows.  Returns the new length.  m may be NULL.
 */
size_t
mask_line(const struct mask *m, char *line, size_t len)
{
	size_t from, n, to = 0;

	if (m == NULL || m->len == 0)
		return len;
	for (from = 0; from < len; from += n) {
		n = match(m, line + from, len - from);
		if (n > 0) {
			memset(line + to, '*', STARS);
			to += STARS;
			continue;
		}
		line[to++] = line[from];
		n = 1;
	}
	return to;
}

/*
 * Where a line that is longer than at may be cut, so that no secret lies on
 * both sides: at, or a little before.  buf should reach MASK_MOST * 2 bytes
 * beyond at.
 */
size_t
mask_cut(const struct mask *m, const char *buf, size_t len, size_t at)
{
	size_t i, n;

	if (m == NULL || m->len == 0 || at >= len)
		return at;
	i = at > m->longest ? at - m->longest : 0;
	for (; i < at; i++) {
		n = match(m, buf + i, len - i);
		if (i + n > at)
			return i > 0 ? i : at;
	}
	return at;
}
