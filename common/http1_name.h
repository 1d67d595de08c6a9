#ifndef CID_HTTP1_NAME_H
#define CID_HTTP1_NAME_H

#include <stddef.h>

/*
 * Header field names that some part of cid acts on, so that a name is
 * compared once, when it is parsed.  Kept in order of length.
 */
/* clang-format off */
#define HTTP1_NAMES(X)                                     \
	X(TE, "te")                                        \
	X(DATE, "date")                                    \
	X(HOST, "host")                                    \
	X(COOKIE, "cookie")                                \
	X(EXPECT, "expect")                                \
	X(ORIGIN, "origin")                                \
	X(SERVER, "server")                                \
	X(TRAILER, "trailer")                              \
	X(UPGRADE, "upgrade")                              \
	X(LOCATION, "location")                            \
	X(FORWARDED, "forwarded")                          \
	X(X_API_KEY, "x-api-key")                          \
	X(X_REAL_IP, "x-real-ip")                          \
	X(CONNECTION, "connection")                        \
	X(KEEP_ALIVE, "keep-alive")                        \
	X(SET_COOKIE, "set-cookie")                        \
	X(CONTENT_TYPE, "content-type")                    \
	X(X_REQUEST_ID, "x-request-id")                    \
	X(AUTHORIZATION, "authorization")                  \
	X(CONTENT_LENGTH, "content-length")                \
	X(CLEAR_SITE_DATA, "clear-site-data")              \
	X(X_FORWARDED_FOR, "x-forwarded-for")              \
	X(PROXY_CONNECTION, "proxy-connection")            \
	X(X_FORWARDED_HOST, "x-forwarded-host")            \
	X(X_FORWARDED_PORT, "x-forwarded-port")            \
	X(TRANSFER_ENCODING, "transfer-encoding")          \
	X(X_FORWARDED_PROTO, "x-forwarded-proto")          \
	X(X_FORWARDED_PREFIX, "x-forwarded-prefix")        \
	X(SERVICE_WORKER_ALLOWED, "service-worker-allowed")
/* clang-format on */

enum http1_name {
	HTTP1_NAME_OTHER,
#define HTTP1_ENUM(id, text) HTTP1_NAME_##id,
	HTTP1_NAMES(HTTP1_ENUM)
#undef HTTP1_ENUM
	HTTP1_NAME_MAX
};

enum http1_name http1_name(const char *, size_t);

#endif /* CID_HTTP1_NAME_H */
