/*
 * Which project a request is for: a hash table of routes by host and first
 * path segment.  No I/O.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "http1.h"
#include "msg_route.h"
#include "route.h"

#define BUCKETS_MIN 64

struct route_table {
	struct route **buckets;
	size_t size; /* a power of two */
	size_t count;
	size_t with_host; /* routes that name a host */
};

/* FNV-1a, over the host whatever its case, a mark, and the prefix. */
static uint32_t
hash_bytes(uint32_t h, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ (uint8_t)s[i]) * 16777619U;
	return h;
}

static uint32_t
hash_host(const char *host, size_t len)
{
	uint32_t h = 2166136261U;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ (uint8_t)(host[i] | 0x20)) * 16777619U;
	return (h ^ '\n') * 16777619U;
}

/* Make a route with one reference.  Returns NULL when out of memory. */
struct route *
route_new(const struct msg_route *m, struct target *target)
{
	size_t host_len = strlen(m->host), prefix_len = strlen(m->prefix), i;
	struct route *r;

	r = calloc(1, sizeof(*r) + host_len + prefix_len + 2);
	if (r == NULL)
		return NULL;
	r->host = (char *)(r + 1);
	r->prefix = r->host + host_len + 1;
	for (i = 0; i < host_len; i++)
		r->host[i] = (char)tolower((uint8_t)m->host[i]);
	memcpy(r->prefix, m->prefix, prefix_len);
	r->host_len = (uint16_t)host_len;
	r->prefix_len = (uint16_t)prefix_len;
	r->hash =
	    hash_bytes(hash_host(r->host, host_len), r->prefix, prefix_len);
	r->body_max = m->body_max;
	r->target = target;
	r->refs = 1;
	return r;
}

void
route_ref(struct route *r)
{
	r->refs++;
}

/* NULL is allowed. */
void
route_unref(struct route *r)
{
	if (r != NULL && --r->refs == 0)
		free(r);
}

/* Make a table with room for n routes.  Returns NULL when out of memory. */
struct route_table *
route_table_new(size_t n)
{
	struct route_table *t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	for (t->size = BUCKETS_MIN; t->size < n * 2; t->size *= 2)
		continue;
	if ((t->buckets = calloc(t->size, sizeof(struct route *))) == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

/* Drop the table and its reference to each route.  NULL is allowed. */
void
route_table_free(struct route_table *t)
{
	struct route *r, *next;
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->size; i++) {
		for (r = t->buckets[i]; r != NULL; r = next) {
			next = r->next;
			route_unref(r);
		}
	}
	free(t->buckets);
	free(t);
}

static void
grow(struct route_table *t)
{
	struct route **buckets, *r, *next;
	size_t i, size = t->size * 2;

	/* Without memory the chains get longer, nothing else. */
	if ((buckets = calloc(size, sizeof(struct route *))) == NULL)
		return;
	for (i = 0; i < t->size; i++) {
		for (r = t->buckets[i]; r != NULL; r = next) {
			next = r->next;
			r->next = buckets[r->hash & (size - 1)];
			buckets[r->hash & (size - 1)] = r;
		}
	}
	free(t->buckets);
	t->buckets = buckets;
	t->size = size;
}

/* The link that points to the route with this key, or to NULL. */
static struct route **
place(const struct route_table *t, uint32_t hash, const struct route_key *k)
{
	struct route **at = &t->buckets[hash & (t->size - 1)];
	const struct route *r;

	for (; (r = *at) != NULL; at = &(*at)->next) {
		if (r->hash == hash && r->host_len == k->host_len &&
		    r->prefix_len == k->path_len &&
		    http1_same(k->host, r->host, r->host_len) &&
		    memcmp(r->prefix, k->path, r->prefix_len) == 0)
			break;
	}
	return at;
}

/* Unlink what a link points to. */
static struct route *
unlink_at(struct route_table *t, struct route **at)
{
	struct route *r = *at;

	if (r == NULL)
		return NULL;
	*at = r->next;
	t->count--;
	t->with_host -= r->host_len != 0;
	return r;
}

/*
 * Put a route in force; the table takes its reference over.  Returns the
 * route it replaces, with its reference, or NULL.
 */
struct route *
route_put(struct route_table *t, struct route *r)
{
	struct route_key k = { r->host, r->host_len, r->prefix, r->prefix_len };
	struct route **bucket, *old;

	old = unlink_at(t, place(t, r->hash, &k));
	if (t->count >= t->size)
		grow(t);
	bucket = &t->buckets[r->hash & (t->size - 1)];
	r->next = *bucket;
	*bucket = r;
	t->count++;
	t->with_host += r->host_len != 0;
	return old;
}

/* Take a route out.  Returns it with its reference, or NULL. */
struct route *
route_take(struct route_table *t, const char *host, const char *prefix)
{
	struct route_key k = { host, strlen(host), prefix, strlen(prefix) };
	uint32_t h =
	    hash_bytes(hash_host(host, k.host_len), prefix, k.path_len);

	return unlink_at(t, place(t, h, &k));
}

/* The length of "/name" at the start of a path; 0 for "/". */
static size_t
segment(const char *path, size_t len)
{
	size_t i;

	if (len == 0 || path[0] != '/')
		return 0;
	for (i = 1; i < len && path[i] != '/' && path[i] != '?'; i++)
		continue;
	return i == 1 ? 0 : i;
}

/* Look below a host: first the segment, then the host as a whole. */
static struct route *
find_below(const struct route_table *t, const char *host, size_t host_len,
    const struct route_key *k)
{
	uint32_t h = hash_host(host, host_len);
	struct route_key own = { host, host_len, k->path, 0 };
	struct route *r = NULL;

	own.path_len = segment(k->path, k->path_len);
	if (own.path_len != 0)
		r = *place(t, hash_bytes(h, own.path, own.path_len), &own);
	if (r != NULL)
		return r;
	own.path_len = 0;
	return *place(t, h, &own);
}

/*
 * The route of a request, or NULL.  A route that names the host comes before
 * those for any host; with a domain set, these are for that host only.
 */
struct route *
route_find(const struct route_table *t, const struct route_key *k,
    const char *domain)
{
	struct route *r = NULL;

	if (t->with_host != 0 && k->host_len != 0)
		r = find_below(t, k->host, k->host_len, k);
	if (r != NULL)
		return r;
	if (domain[0] != '\0' &&
	    (strlen(domain) != k->host_len ||
		!http1_same(k->host, domain, k->host_len)))
		return NULL;
	return find_below(t, "", 0, k);
}

size_t
route_count(const struct route_table *t)
{
	return t->count;
}

void
route_each(struct route_table *t, void (*f)(struct route *, void *), void *arg)
{
	struct route *r;
	size_t i;

	for (i = 0; i < t->size; i++) {
		for (r = t->buckets[i]; r != NULL; r = r->next)
			f(r, arg);
	}
}
