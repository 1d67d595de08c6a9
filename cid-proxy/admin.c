/*
 * What the admin worker does with an operator's or a forge's request before
 * the API gets it.
 */

#include <string.h>

#include "admin.h"
#include "canon.h"
#include "client.h"
#include "forward.h"
#include "http1.h"
#include "proxy.h"
#include "text.h"

/*
 * Check that a request may go to the API and write its new head.  Returns 0,
 * or the status to answer with.
 */
int
admin_place(struct client *c, const char *p, size_t head_len, struct text *t,
    struct target **target)
{
	const struct http1_head *h = &c->px->head;
	struct forward f;
	int status;

	if ((status = canon_check(h, p, c->px->limits.host)) != 0)
		return status;
	memset(&f, 0, sizeof(f));
	f.head = h;
	f.buf = p;
	f.head_len = head_len;
	f.prefix = "";
	f.client = c->addr;
	f.host = c->px->limits.host;
	f.id = c->x.id;
	f.upgrade = c->x.upgrade ? forward_upgrade(h, p) : -1;
	forward_write(t, &f);
	if (t->full || text_len(t) > CANON_HEAD_MAX)
		return 431;
	if (canon_is_webhook(p + h->path.off, h->path.len))
		*target = c->px->hooks;
	else
		*target = c->px->api;
	return 0;
}
