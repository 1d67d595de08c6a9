/*
 * What a release that failed said last goes into its build's log, and the
 * ports it listened on to the deployer.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "child.h"
#include "conf.h"
#include "docker.h"
#include "docker_demux.h"
#include "json.h"
#include "linebuf.h"
#include "log.h"
#include "logfile.h"
#include "mask.h"
#include "msg.h"
#include "msg_conf.h"
#include "msg_release.h"
#include "peer.h"
#include "ports.h"
#include "slot.h"
#include "slot_tail.h"

struct tail {
	struct msg_release asked;
	char id[ANSWER_ID_MAX];
	struct logfile *log;
	struct mask *mask;
	char ports[512];
	struct docker_demux demux;
	struct linebuf lines[2];
	unsigned int told;
};

static void
finish(struct tail *t)
{
	peer_send_tail(child_peer(PROC_DEPLOYER, 0), MSG_CONTAINER_PORTS,
	    &t->asked, sizeof(t->asked), t->ports, strlen(t->ports));
	logfile_close(t->log);
	mask_free(t->mask);
	linebuf_free(&t->lines[0]);
	linebuf_free(&t->lines[1]);
	free(t);
}

static void
on_line(void *arg, const char *line, size_t len, uint64_t consumed)
{
	struct tail *t = arg;
	char text[2048];

	(void)consumed;
	if (t->told++ == 0)
		logfile_say(t->log, "The container's last lines:");
	len = (size_t)snprintf(text, sizeof(text), "| %.*s", (int)len, line);
	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	logfile_say_text(t->log, text, mask_line(t->mask, text, len));
}

static void
on_piece(void *arg, unsigned int stream, const char *data, size_t len)
{
	struct tail *t = arg;
	struct linebuf_to to = { on_line, t, t->mask };

	linebuf_feed(&t->lines[stream - 1], &to, data, len);
}

static void
on_data(void *arg, const char *data, size_t len)
{
	struct tail *t = arg;

	if (docker_demux(&t->demux, data, len, on_piece, t) == -1)
		log_warnx("the output of container %.12s can't be read", t->id);
}

static void
on_done(void *arg, const struct docker_answer *a)
{
	struct tail *t = arg;
	struct linebuf_to to = { on_line, t, t->mask };

	(void)a;
	linebuf_end(&t->lines[0], &to);
	linebuf_end(&t->lines[1], &to);
	finish(t);
}

static const struct docker_ops tail_ops = { .done = on_done, .data = on_data };

/* Hide the variables whose names a label lists, separated by commas. */
static void
hide_secrets(struct tail *t, struct json_object *o)
{
	struct json_object *env = json_at(o, "Config.Env");
	const char *name, *entry;
	size_t i, len;

	name = json_label(json_at(o, "Config.Labels"), "cid.secrets");
	for (; *name != '\0'; name += len + (name[len] == ',')) {
		len = strcspn(name, ",");
		for (i = 0; i < json_len(env); i++) {
			entry = json_text(json_item(env, i), "");
			if (strncmp(entry, name, len) == 0 && entry[len] == '=')
				mask_add(t->mask, entry + len + 1,
				    strlen(entry + len + 1));
		}
	}
}

static void
on_inspected(void *arg, const struct docker_answer *a)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINER_TAIL);
	struct tail *t = arg;
	struct answer_container c;
	struct json_object *o;
	struct ports ports;

	if (a->error != DOCKER_OK || a->status != 200 ||
	    answer_container(a->body, a->len, conf()->instance, &c) == -1) {
		finish(t);
		return;
	}
	o = json_read(a->body, a->len);
	hide_secrets(t, o);
	json_free(o);
	ports_read(&ports, c.pid);
	ports_print(&ports, t->ports, sizeof(t->ports));
	ask.a = t->id;
	docker_start(&ask, &tail_ops, t);
}

static const struct docker_ops inspected_ops = { .done = on_inspected };

/* CONTAINER_TAIL: answered by CONTAINER_PORTS, always. */
void
slot_tail(const struct msg_release *m)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINER_INSPECT);
	struct slot_seen *s = slot_find(m->env_id, m->slot);
	struct msg_build build;
	struct tail *t;

	if ((t = calloc(1, sizeof(*t))) == NULL ||
	    (t->mask = mask_new()) == NULL)
		fatal("tail");
	t->asked = *m;
	if (s == NULL || s->now.id[0] == '\0' ||
	    s->now.label.release_id != m->release_id) {
		finish(t);
		return;
	}
	memset(&build, 0, sizeof(build));
	build.build_id = m->build_id;
	build.project_id = m->project_id;
	build.number = m->number;
	t->log = logfile_open(&build, conf()->log_max);
	memcpy(t->id, s->now.id, sizeof(t->id));
	ask.a = t->id;
	docker_start(&ask, &inspected_ops, t);
}
