/*
 * What cid.conf says for this program, as the parent handed it over last.
 */

#include "conf.h"
#include "msg_conf.h"

static struct msg_conf_api conf;

const struct msg_conf_api *
conf_get(void)
{
	return &conf;
}

void
conf_set(const struct msg_conf_api *c)
{
	conf = *c;
}
