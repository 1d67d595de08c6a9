/*
 * HMAC-SHA256, fed piece by piece.
 */

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "hmac.h"

struct hmac {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
};

struct hmac *
hmac_new(const void *key, size_t len)
{
	char sha256[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256,
		    0),
		OSSL_PARAM_construct_end()
	};
	struct hmac *h;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		return NULL;
	if ((h->mac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL ||
	    (h->ctx = EVP_MAC_CTX_new(h->mac)) == NULL ||
	    !EVP_MAC_init(h->ctx, key, len, params)) {
		hmac_free(h);
		return NULL;
	}
	return h;
}

int
hmac_add(struct hmac *h, const void *data, size_t len)
{
	return EVP_MAC_update(h->ctx, data, len) ? 0 : -1;
}

void
hmac_free(struct hmac *h)
{
	if (h == NULL)
		return;
	EVP_MAC_CTX_free(h->ctx);
	EVP_MAC_free(h->mac);
	free(h);
}

int
hmac_parse(const char *header, unsigned char mac[HMAC_LEN])
{
	static const char scheme[] = "sha256=";

	if (header == NULL ||
	    strlen(header) != sizeof(scheme) - 1 + (size_t)2 * HMAC_LEN ||
	    strncmp(header, scheme, sizeof(scheme) - 1) != 0)
		return -1;
	return hex_decode(mac, HMAC_LEN, header + sizeof(scheme) - 1);
}

int
hmac_is(struct hmac *h, const unsigned char mac[HMAC_LEN])
{
	unsigned char sum[HMAC_LEN];
	size_t len;

	if (!EVP_MAC_final(h->ctx, sum, &len, sizeof(sum)) ||
	    len != sizeof(sum))
		return 0;
	return CRYPTO_memcmp(sum, mac, sizeof(sum)) == 0;
}
