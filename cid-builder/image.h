#ifndef CID_IMAGE_H
#define CID_IMAGE_H

#include <stdint.h>

#include "answer.h"
#include "reason.h"
#include "spec.h"

struct image;
struct logfile;
struct schema_list;

/* What a name stood for: name@digest, or the id of one without a registry. */
struct image_result {
	enum reason reason;
	char text[ANSWER_TEXT_MAX]; /* why not */
	char ref[SPEC_IMAGE_MAX];
	struct answer_image info;
};

/* Who wants an image, and what for. */
struct image_want {
	const char *name;
	uint64_t project_id;
	const struct schema_list *registries; /* of struct spec_sealed */
	struct logfile *log;		      /* of the progress; NULL: none */
	int is_resolved; /* name has a digest that was asked for before */
};

/* done is called from the loop, once. */
struct image *image_get(const struct image_want *,
    void (*done)(void *, const struct image_result *), void *arg);
void image_cancel(struct image *);

#endif /* CID_IMAGE_H */
