/*
 * The last deliveries that nobody could verify, in memory only: what has no
 * right signature may not cost disk.
 */

#include "refused.h"

static struct hook_refused ring[REFUSED_MAX];
static size_t added;

void
refused_add(const struct hook_refused *r)
{
	ring[added % REFUSED_MAX] = *r;
	added++;
}

int
hook_each_refused(int (*f)(const struct hook_refused *, void *), void *arg)
{
	size_t i, n = added < REFUSED_MAX ? added : REFUSED_MAX;
	int ret;

	for (i = 1; i <= n; i++) {
		ret = f(&ring[(added - i) % REFUSED_MAX], arg);
		if (ret != 0)
			return ret;
	}
	return 0;
}
