/*
 * What cid-builder does with each message, one function per peer.
 * msg_check() has passed before any is called.
 */

#include "dispatch.h"
#include "artifact.h"
#include "build.h"
#include "conf.h"
#include "leftover.h"
#include "log.h"
#include "logfile.h"
#include "msg.h"
#include "msg_build.h"
#include "msg_conf.h"
#include "project.h"
#include "secret.h"
#include "slot.h"
#include "slot_op.h"
#include "slot_tail.h"
#include "source.h"

void
builder_from_parent(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONF_BUILDER:
		conf_set(m->data);
		break;
	case MSG_SECRET_BUILDER:
		secret_load(m->fd);
		break;
	case MSG_GIT_REFUSED:
		source_refused(m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

/* A line that others have for a build's log. */
static void
log_line(const struct msg_build *b, struct msg_tail t)
{
	struct logfile *l = logfile_open(b, conf()->log_max);

	logfile_say_text(l, t.data, t.len);
	logfile_close(l);
}

static void
read_artifact(struct msg *m)
{
	artifact_read(m->data, msg_tail(m), m->fd);
	m->fd = -1;
}

static void
remove_project(const struct msg_project *m)
{
	project_remove(m->project_id);
}

void
builder_from_api(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_BUILD_START:
		build_start(m->data, msg_tail(m));
		break;
	case MSG_BUILD_GO:
		build_go(m->data, msg_tail(m));
		break;
	case MSG_BUILD_CANCEL:
		build_cancel(m->data, msg_tail(m));
		break;
	case MSG_BUILD_SYNC:
		leftover_allow();
		break;
	case MSG_LOG_LINE:
		log_line(m->data, msg_tail(m));
		break;
	case MSG_LOG_END:
		logfile_end(m->data);
		break;
	case MSG_ARTIFACT_READ:
		read_artifact(m);
		break;
	case MSG_PROJECT_REMOVE:
		remove_project(m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}

void
builder_from_deployer(struct peer *p, struct msg *m)
{
	(void)p;
	switch (m->type) {
	case MSG_CONTAINER_START:
		slot_op_start(m->data, msg_tail(m));
		break;
	case MSG_CONTAINER_STOP:
		slot_op_stop_container(m->data);
		break;
	case MSG_CONTAINER_LIST:
		slot_list();
		break;
	case MSG_CONTAINER_TAIL:
		slot_tail(m->data);
		break;
	default:
		fatalx("%s: no case for %s", __func__, msg_name(m->type));
	}
}
