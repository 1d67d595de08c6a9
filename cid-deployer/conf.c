/*
 * The part of cid.conf that the parent hands over.
 */

#include "conf.h"
#include "log.h"
#include "msg_conf.h"

static struct msg_conf_deployer current;
static int is_taken;

/* CONF_DEPLOYER, at start and on reload.  Addresses stay as they began. */
void
conf_take(const struct msg_conf_deployer *c)
{
	struct conf_pool pool = current.pool;

	if (is_taken && (pool.net != c->pool.net || pool.bits != c->pool.bits))
		log_warnx("the address pool changes with the next start only");
	else
		pool = c->pool;
	current = *c;
	current.pool = pool;
	is_taken = 1;
}

/* What was taken last; at start it comes before anything else. */
const struct msg_conf_deployer *
conf(void)
{
	if (!is_taken)
		fatalx("no configuration came from the parent");
	return &current;
}
