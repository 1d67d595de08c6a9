/*
 * What the engine means by the texts of its errors: it has no codes that
 * tell them apart.  Pure.
 */

#include <string.h>

#include "answer.h"

struct hint {
	const char *text;
	enum reason reason;
};

static enum reason
find(const struct hint *hints, size_t len, const char *text, enum reason other)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (strcasestr(text, hints[i].text) != NULL)
			return hints[i].reason;
	}
	return other;
}

/* Why an image could not be resolved or pulled; status 0: from a stream. */
enum reason
answer_pull_reason(int status, const char *text)
{
	static const struct hint hints[] = {
		{ "no basic auth credentials", REASON_REGISTRY_REFUSED },
		{ "unauthorized", REASON_REGISTRY_REFUSED },
		{ "authentication required", REASON_REGISTRY_REFUSED },
		{ "incorrect username or password", REASON_REGISTRY_REFUSED },
		{ "access to the resource is denied", REASON_REGISTRY_REFUSED },
		{ "denied:", REASON_REGISTRY_REFUSED },
		{ "manifest unknown", REASON_IMAGE_MISSING },
		{ "name unknown", REASON_IMAGE_MISSING },
		{ "not found: manifest", REASON_IMAGE_MISSING },
		{ "no such image", REASON_IMAGE_MISSING },
		{ "no matching manifest", REASON_IMAGE_MISSING },
		{ "invalid reference format", REASON_IMAGE_NAME },
		{ "no space left on device", REASON_DISK_FULL },
		{ "connection refused", REASON_REGISTRY_UNREACHABLE },
		{ "i/o timeout", REASON_REGISTRY_UNREACHABLE },
		{ "no such host", REASON_REGISTRY_UNREACHABLE },
		{ "server misbehaving", REASON_REGISTRY_UNREACHABLE },
		{ "network is unreachable", REASON_REGISTRY_UNREACHABLE },
		{ "no route to host", REASON_REGISTRY_UNREACHABLE },
		{ "connection reset", REASON_REGISTRY_UNREACHABLE },
		{ "tls handshake timeout", REASON_REGISTRY_UNREACHABLE },
		{ "x509:", REASON_REGISTRY_UNREACHABLE },
		{ "server gave http response", REASON_REGISTRY_UNREACHABLE },
		{ "request canceled", REASON_REGISTRY_UNREACHABLE },
		{ "deadline exceeded", REASON_REGISTRY_UNREACHABLE },
		{ "EOF", REASON_REGISTRY_UNREACHABLE },
	};

	return find(hints, sizeof(hints) / sizeof(hints[0]), text,
	    status == 404 ? REASON_IMAGE_MISSING : REASON_ENGINE_ERROR);
}

/* Why a container could not be made or started. */
enum reason
answer_start_reason(const char *text)
{
	static const struct hint hints[] = {
		{ "executable file not found", REASON_COMMAND_NOT_FOUND },
		{ "no such file or directory", REASON_COMMAND_NOT_FOUND },
		{ "permission denied: unknown", REASON_COMMAND_NOT_FOUND },
		{ "no command specified", REASON_COMMAND_NOT_FOUND },
		{ "no such image", REASON_IMAGE_MISSING },
		{ "no space left on device", REASON_DISK_FULL },
		{ "pool overlaps", REASON_POOL_OVERLAPS },
	};

	return find(hints, sizeof(hints) / sizeof(hints[0]), text,
	    REASON_ENGINE_ERROR);
}
