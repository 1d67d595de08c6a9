/*
 * What cid-git does with each message, one function per peer.  msg_check()
 * has passed before either is called.
 */

#include "dispatch.h"
#include "job.h"
#include "log.h"
#include "msg.h"

void
git_from_parent(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONF_GIT:
		job_conf(m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
git_from_builder(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_GIT_FETCH:
		job_want_fetch(msg_tail(m));
		break;
	case MSG_GIT_TAR:
		job_want_tar(m->fd);
		m->fd = -1;
		break;
	case MSG_GIT_WIPE:
		job_want_wipe();
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}
