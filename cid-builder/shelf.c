/*
 * Makes shelves.  The image they need is an empty one that cid imports.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "conf.h"
#include "docker.h"
#include "docker_lines.h"
#include "json.h"
#include "leftover.h"
#include "log.h"
#include "msg_conf.h"
#include "shelf.h"
#include "template.h"

#define EMPTY_TAR_LEN 1024 /* two blocks of zeros */

struct shelf {
	struct label label;
	char volume[NAME_DOCKER_MAX];
	struct docker_req *req;
	struct docker_lines lines;
	int imported;
	void (*done)(void *, const char *, enum reason, const char *);
	void *arg;
};

static char image[ANSWER_ID_MAX]; /* the empty one, once it is known */

static void create(struct shelf *);

static void
finish(struct shelf *s, const char *id, enum reason reason, const char *text)
{
	s->done(s->arg, id, reason, text);
	docker_lines_free(&s->lines);
	free(s);
}

static void
fail(struct shelf *s, const struct docker_answer *a)
{
	char text[ANSWER_TEXT_MAX];
	enum reason reason = docker_failed(a, text, sizeof(text));

	finish(s, "", reason, text);
}

static void
on_created(void *arg, const struct docker_answer *a)
{
	struct shelf *s = arg;
	char id[ANSWER_ID_MAX];

	s->req = NULL;
	if (a->error == DOCKER_OK && a->status == 201 &&
	    answer_id(a->body, a->len, id) == 0)
		finish(s, id, REASON_NONE, "");
	else
		fail(s, a);
}

static const struct docker_ops created_ops = { .done = on_created };

static void
on_import_line(void *arg, struct json_object *o)
{
	const char *id = json_text(o, "status");

	(void)arg;
	if (docker_call_is_id(id))
		strlcpy(image, id, sizeof(image));
}

static void
on_import_data(void *arg, const char *data, size_t len)
{
	struct shelf *s = arg;

	docker_lines(&s->lines, data, len, on_import_line, s);
}

static void
on_imported(void *arg, const struct docker_answer *a)
{
	struct shelf *s = arg;

	s->req = NULL;
	if (a->error == DOCKER_OK && a->status == 200 && image[0] != '\0')
		create(s);
	else
		fail(s, a);
}

static const struct docker_ops import_ops = { .done = on_imported,
	.data = on_import_data };

static void
import(struct shelf *s)
{
	static const char empty_tar[EMPTY_TAR_LEN];
	struct docker_ask ask = DOCKER_ASK(DOCKER_IMAGE_IMPORT);
	char label[128];

	snprintf(label, sizeof(label), "LABEL cid.instance=%s cid.kind=empty",
	    conf()->instance);
	ask.b = label;
	ask.body = empty_tar;
	ask.body_len = sizeof(empty_tar);
	ask.type = "application/x-tar";
	s->imported = 1;
	s->req = docker_start(&ask, &import_ops, s);
}

static void
on_images(void *arg, const struct docker_answer *a)
{
	struct shelf *s = arg;
	struct json_object *o;

	s->req = NULL;
	if (a->error != DOCKER_OK || a->status != 200) {
		fail(s, a);
		return;
	}
	o = json_read(a->body, a->len);
	if (json_len(o) > 0 &&
	    docker_call_is_id(json_text(json_item(o, 0), "Id")))
		strlcpy(image, json_text(json_item(o, 0), "Id"), sizeof(image));
	json_free(o);
	if (image[0] != '\0')
		create(s);
	else
		import(s);
}

static const struct docker_ops images_ops = { .done = on_images };

static void
create(struct shelf *s)
{
	static char none[] = "none"; /* the engine wants some command */
	static char *const argv[] = { none };
	struct docker_ask ask = DOCKER_ASK(DOCKER_SHELF_CREATE);
	struct template_ceiling ceiling;
	struct template t;
	char *body;

	memset(&t, 0, sizeof(t));
	conf_ceiling(&ceiling);
	t.kind = TEMPLATE_SHELF;
	t.image = image;
	t.argv = argv;
	t.argc = 1;
	t.working_directory = "";
	t.label = s->label;
	if (template_add_mount(&t, s->volume, "/output", LABEL_OUTPUT, 1) !=
		REASON_NONE ||
	    template_check(&t, &ceiling) != REASON_NONE) {
		finish(s, "", REASON_INTERNAL, "");
		return;
	}
	if ((body = template_container(&t, &ceiling, &ask.body_len)) == NULL)
		fatal("shelf");
	ask.body = body;
	s->req = docker_start(&ask, &created_ops, s);
	free(body);
}

static void
find_image(struct shelf *s)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_IMAGES);
	char filter[256];

	image[0] = '\0';
	ask.b =
	    label_filter(filter, sizeof(filter), conf()->instance, LABEL_EMPTY);
	s->req = docker_start(&ask, &images_ops, s);
}

static void
on_volume(void *arg, const struct docker_answer *a)
{
	struct shelf *s = arg;
	struct json_object *o;
	struct label l;

	s->req = NULL;
	if (a->error != DOCKER_OK || (a->status != 200 && a->status != 404)) {
		fail(s, a);
		return;
	}
	o = json_read(a->body, a->len);
	label_read(json_at(o, "Labels"), conf()->instance, &l);
	json_free(o);
	if (a->status == 404 || l.kind != LABEL_OUTPUT ||
	    l.project_id != s->label.project_id)
		finish(s, "", REASON_ARTIFACT_GONE, "");
	else
		find_image(s);
}

static const struct docker_ops volume_ops = { .done = on_volume };

struct shelf *
shelf_make(uint64_t project_id, uint32_t number,
    void (*done)(void *, const char *, enum reason, const char *), void *arg)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_VOLUME_INSPECT);
	struct shelf *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("shelf");
	s->done = done;
	s->arg = arg;
	s->label.kind = LABEL_SHELF;
	s->label.project_id = project_id;
	s->label.number = number;
	strlcpy(s->label.instance, conf()->instance, sizeof(s->label.instance));
	name_output(s->volume, s->label.instance, project_id, number);
	ask.a = s->volume;
	s->req = docker_start(&ask, &volume_ops, s);
	return s;
}

/* Forget it; done is not called.  NULL is allowed. */
void
shelf_cancel(struct shelf *s)
{
	if (s == NULL)
		return;
	docker_cancel(s->req);
	docker_lines_free(&s->lines);
	free(s);
}

static void
on_removed(void *arg, const struct docker_answer *a)
{
	(void)arg;
	if (a->error != DOCKER_OK || a->status < 300 || a->status == 404)
		return;
	log_warnx("a shelf can't be removed");
	leftover_later();
}

static const struct docker_ops removed_ops = { .done = on_removed };

/* Nobody waits for this; what stays is swept later. */
void
shelf_remove(const char *id)
{
	struct docker_ask ask = DOCKER_ASK(DOCKER_CONTAINER_REMOVE);

	ask.a = id;
	docker_start(&ask, &removed_ops, NULL);
}
