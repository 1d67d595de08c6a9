/*
 * Sealed boxes that say what they are for.  In the box: a version, the
 * context as length-prefixed fields, then the value.
 */

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <sodium.h>

#include "seal.h"

#define B64 sodium_base64_VARIANT_ORIGINAL
#define FORMAT 1
/* kind, project, version, scope and FORMAT, then four strings. */
#define HEAD_MAX (5 * 8 + 4 * 8 + sizeof(struct seal_context))
#define BOX_MAX (HEAD_MAX + SEAL_VALUE_MAX + crypto_box_SEALBYTES)

_Static_assert(CONF_KEY_LEN == crypto_box_PUBLICKEYBYTES, "a public key");
_Static_assert(CONF_KEY_LEN == crypto_box_SECRETKEYBYTES, "a secret key");

/* Where the head is written to or compared with. */
struct head {
	uint8_t buf[HEAD_MAX];
	size_t len;
};

/* Ready the library, before the sandbox.  Returns 0, or -1: no randomness. */
int
seal_init(void)
{
	return sodium_init() == -1 ? -1 : 0;
}

void
seal_keypair(uint8_t pk[CONF_KEY_LEN], uint8_t sk[CONF_KEY_LEN])
{
	crypto_box_keypair(pk, sk);
}

static void
put_number(struct head *h, uint64_t n)
{
	int i;

	for (i = 0; i < 8; i++)
		h->buf[h->len++] = (uint8_t)(n >> (8 * i));
}

static uint64_t
get_number(const uint8_t *p)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < 8; i++)
		n |= (uint64_t)p[i] << (8 * i);
	return n;
}

static void
put_string(struct head *h, const char *s, size_t size)
{
	size_t len = strnlen(s, size);

	put_number(h, len);
	memcpy(h->buf + h->len, s, len);
	h->len += len;
}

/* The scope comes first: it is the one field that need not be equal. */
static void
make_head(struct head *h, const struct seal_context *c)
{
	h->len = 0;
	put_number(h, c->scope);
	put_number(h, FORMAT);
	put_number(h, c->kind);
	put_number(h, c->project_id);
	put_number(h, c->version);
	put_string(h, c->instance, sizeof(c->instance));
	put_string(h, c->environment, sizeof(c->environment));
	put_string(h, c->name, sizeof(c->name));
	put_string(h, c->origin, sizeof(c->origin));
}

static char *
to_text(const uint8_t *box, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, B64);
	char *text;

	if ((text = malloc(size)) != NULL)
		sodium_bin2base64(text, size, box, len, B64);
	return text;
}

/*
 * Seal a value to the owner of pk.  Returns base64 text for the caller to
 * free, or NULL when the value is longer than SEAL_VALUE_MAX or memory is
 * out.
 */
char *
seal_make(const uint8_t pk[CONF_KEY_LEN], const struct seal_context *c,
    const char *value, size_t len)
{
	struct head h;
	uint8_t *plain = NULL, *box = NULL;
	char *text = NULL;
	size_t plain_len;

	if (len > SEAL_VALUE_MAX)
		return NULL;
	make_head(&h, c);
	plain_len = h.len + len;
	plain = malloc(plain_len);
	box = malloc(plain_len + crypto_box_SEALBYTES);
	if (plain == NULL || box == NULL)
		goto done;
	memcpy(plain, h.buf, h.len);
	if (len > 0)
		memcpy(plain + h.len, value, len);
	if (crypto_box_seal(box, plain, plain_len, pk) == 0)
		text = to_text(box, plain_len + crypto_box_SEALBYTES);
done:
	freezero(plain, plain_len);
	free(box);
	return text;
}

static uint8_t *
from_text(const char *text, size_t *len)
{
	size_t chars = strlen(text);
	uint8_t *box;

	if (chars > sodium_base64_encoded_len(BOX_MAX, B64) ||
	    (box = malloc(chars + 1)) == NULL)
		return NULL;
	if (sodium_base642bin(box, chars + 1, text, chars, NULL, len, NULL,
		B64) == 0)
		return box;
	free(box);
	return NULL;
}

/* Whether the box is for what its opener is about to do. */
static int
is_meant(const uint8_t *plain, size_t len, const struct seal_context *c,
    size_t *head_len)
{
	struct head h;

	make_head(&h, c);
	*head_len = h.len;
	if (len < h.len || (get_number(plain) & c->scope) != c->scope)
		return 0;
	return memcmp(plain + 8, h.buf + 8, h.len - 8) == 0;
}

/*
 * Open a box that must be for exactly this context; its scope may be wider.
 * On 0 *value has *len bytes and a NUL behind them, for the caller to
 * freezero(*value, *len + 1).  Returns -1 when it is not sealed to this key,
 * is for something else, or memory is out; it does not say which.
 */
int
seal_open(const uint8_t pk[CONF_KEY_LEN], const uint8_t sk[CONF_KEY_LEN],
    const char *sealed, const struct seal_context *c, char **value, size_t *len)
{
	uint8_t *box = NULL, *plain = NULL;
	size_t box_len, head_len, plain_len = 0;
	int ret = -1;

	if ((box = from_text(sealed, &box_len)) == NULL ||
	    box_len < crypto_box_SEALBYTES)
		goto done;
	plain_len = box_len - crypto_box_SEALBYTES;
	if ((plain = malloc(plain_len + 1)) == NULL)
		goto done;
	if (crypto_box_seal_open(plain, box, box_len, pk, sk) != 0 ||
	    !is_meant(plain, plain_len, c, &head_len))
		goto done;
	if ((*value = malloc(plain_len - head_len + 1)) == NULL)
		goto done;
	*len = plain_len - head_len;
	memcpy(*value, plain + head_len, *len);
	(*value)[*len] = '\0';
	ret = 0;
done:
	freezero(plain, plain_len);
	free(box);
	return ret;
}

/* What a server may take for another path than it looks like. */
static int
is_devious(const char *path)
{
	static const char *const parts[] = { "..", "%2e", "%2f", "%5c", "\\" };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcasestr(path, parts[i]) != NULL)
			return 1;
	}
	return 0;
}

/*
 * Say whether a credential for origin may go to url: the same scheme, host
 * and port, and a path at or below.  Both are compared byte by byte, so who
 * seals and who asks must write hosts in lower case and ports alike.
 */
int
seal_covers(const char *origin, const char *url)
{
	const char *host = strstr(origin, "://");
	size_t len = strlen(origin);

	if (host == NULL || host[3] == '\0' || host[3] == '/' ||
	    strncmp(origin, url, len) != 0 || is_devious(url + len))
		return 0;
	return url[len] == '\0' || url[len] == '/' || origin[len - 1] == '/';
}
