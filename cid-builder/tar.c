/*
 * Follows a tar stream (ustar, pax, GNU) from header to header, to learn
 * what is in it, without unpacking.  Pure.
 */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tar.h"

/* Where fields lie in a header. */
#define AT_NAME 0
#define AT_SIZE 124
#define AT_TIME 136
#define AT_SUM 148
#define AT_TYPE 156
#define AT_MAGIC 257
#define AT_PREFIX 345

/* A number in octal, or in base 256 when its first bit is set; -1: neither. */
static int64_t
number(const char *s, size_t len)
{
	int64_t n = 0;
	size_t i = 0;

	if ((unsigned char)s[0] == 0x80) {
		for (i = 1; i < len; i++) {
			if (n > INT64_MAX >> 8)
				return -1;
			n = n << 8 | (unsigned char)s[i];
		}
		return n;
	}
	while (i < len && s[i] == ' ')
		i++;
	for (; i < len && s[i] >= '0' && s[i] <= '7'; i++) {
		if (n > INT64_MAX >> 3)
			return -1;
		n = n << 3 | (s[i] - '0');
	}
	return i < len && s[i] != '\0' && s[i] != ' ' ? -1 : n;
}

static int
is_sum_right(const char *b)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++)
		sum +=
		    i >= AT_SUM && i < AT_SUM + 8 ? ' ' : (unsigned char)b[i];
	return number(b + AT_SUM, 8) == sum;
}

static int
is_blank(const char *b)
{
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++) {
		if (b[i] != '\0')
			return 0;
	}
	return 1;
}

static void
copy_path(const struct tar *t, struct tar_entry *e)
{
	const char *b = t->block;
	size_t n = 0, len;

	if (t->has_next) {
		memcpy(e->path, t->next, sizeof(e->path));
		return;
	}
	if (memcmp(b + AT_MAGIC, "ustar\0", 6) == 0 && b[AT_PREFIX] != '\0') {
		n = strnlen(b + AT_PREFIX, 155);
		memcpy(e->path, b + AT_PREFIX, n);
		e->path[n++] = '/';
	}
	len = strnlen(b + AT_NAME, 100);
	memcpy(e->path + n, b + AT_NAME, len);
	e->path[n + len] = '\0';
}

static enum tar_type
type_of(char flag)
{
	switch (flag) {
	case '0':
	case '\0':
	case '7':
		return TAR_FILE;
	case '5':
		return TAR_DIRECTORY;
	default:
		return TAR_OTHER;
	}
}

static void
tell_entry(struct tar *t, const struct tar_to *to)
{
	static struct tar_entry e;

	memset(&e, 0, sizeof(e));
	e.type = type_of(t->kind);
	e.size = t->left;
	e.time_s = number(t->block + AT_TIME, 12);
	copy_path(t, &e);
	t->has_next = t->has_size = 0;
	t->wanted =
	    to->entry != NULL && to->entry(to->arg, &e) && e.type == TAR_FILE;
}

/* A header is whole.  Returns 0, or -1 when it is none. */
static int
read_header(struct tar *t, const struct tar_to *to)
{
	t->block_len = 0;
	if (is_blank(t->block)) {
		t->is_over = 1;
		return 0;
	}
	t->left = number(t->block + AT_SIZE, 12);
	if (t->left < 0 || !is_sum_right(t->block))
		return -1;
	t->kind = t->block[AT_TYPE];
	if (strchr("xgLK", t->kind) == NULL || t->kind == '\0') {
		if (t->has_size)
			t->left = t->next_size;
		if (type_of(t->kind) == TAR_DIRECTORY)
			t->left = 0;
		tell_entry(t, to);
	} else if (t->left > TAR_EXTRA_MAX ||
	    (t->extra = calloc(1, (size_t)t->left + 1)) == NULL) {
		return -1;
	}
	t->extra_len = 0;
	t->pad = (size_t)((TAR_BLOCK - t->left % TAR_BLOCK) % TAR_BLOCK);
	return 0;
}

static void
set_next(struct tar *t, const char *path, size_t len)
{
	if (len >= sizeof(t->next))
		len = sizeof(t->next) - 1;
	memset(t->next, 0, sizeof(t->next));
	memcpy(t->next, path, len);
	t->has_next = 1;
}

/* Records are "LEN key=value\n".  Returns 0, or -1. */
static int
read_pax(struct tar *t)
{
	char *p = t->extra, *end = t->extra + t->extra_len, *key;
	long n;

	while (p < end) {
		n = strtol(p, &key, 10);
		if (n <= 0 || n > end - p || *key != ' ' || p[n - 1] != '\n' ||
		    key >= p + n)
			return -1;
		key++;
		p += n;
		if (p - key > 6 && strncmp(key, "path=", 5) == 0)
			set_next(t, key + 5, (size_t)(p - key) - 6);
		if (strncmp(key, "size=", 5) != 0)
			continue;
		if ((t->next_size = strtoll(key + 5, NULL, 10)) < 0)
			return -1;
		t->has_size = 1;
	}
	return 0;
}

/* An extended header is whole. */
static int
read_extra(struct tar *t)
{
	int ret = 0;

	if (t->kind == 'L')
		set_next(t, t->extra, strnlen(t->extra, t->extra_len));
	else if (t->kind == 'x')
		ret = read_pax(t);
	free(t->extra);
	t->extra = NULL;
	return ret;
}

/* Take what is there of an entry's content and padding. */
static int
read_content(struct tar *t, const struct tar_to *to, const char **buf,
    size_t *len)
{
	size_t n;

	n = (uint64_t)t->left < *len ? (size_t)t->left : *len;
	if (t->extra != NULL) {
		memcpy(t->extra + t->extra_len, *buf, n);
		t->extra_len += n;
	} else if (n > 0 && t->wanted && to->data != NULL)
		to->data(to->arg, *buf, n);
	t->left -= (int64_t)n;
	*buf += n;
	*len -= n;
	if (t->left > 0)
		return 0;
	if (t->extra != NULL && read_extra(t) == -1)
		return -1;
	n = t->pad < *len ? t->pad : *len;
	t->pad -= n;
	*buf += n;
	*len -= n;
	return 0;
}

/* Walk on over bytes of the stream.  Returns 0, or -1 when it is no tar. */
int
tar_walk(struct tar *t, const struct tar_to *to, const char *buf, size_t len)
{
	size_t n;

	while (len > 0 && !t->is_over) {
		if (t->left > 0 || t->pad > 0 || t->extra != NULL) {
			if (read_content(t, to, &buf, &len) == -1)
				return -1;
			continue;
		}
		n = TAR_BLOCK - t->block_len;
		n = n < len ? n : len;
		memcpy(t->block + t->block_len, buf, n);
		t->block_len += n;
		buf += n;
		len -= n;
		if (t->block_len == TAR_BLOCK && read_header(t, to) == -1)
			return -1;
	}
	return 0;
}

void
tar_free(struct tar *t)
{
	free(t->extra);
	t->extra = NULL;
}
