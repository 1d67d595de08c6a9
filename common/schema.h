#ifndef CID_SCHEMA_H
#define CID_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/*
 * One table maps a struct to a JSON object, both ways.  The reader refuses
 * what the table does not name.  A field that is absent is zero, whatever min
 * and check say; so is an empty string, which needs min 1 to be refused.
 */
enum schema_type {
	SCHEMA_STRING,	/* char[size], min to max bytes; max 0: what fits */
	SCHEMA_TEXT,	/* char *, malloc'd, min to max bytes; NULL: absent */
	SCHEMA_INT,	/* int64_t, min to max; max 0: no end, unless min < 0 */
	SCHEMA_BOOL,	/* int */
	SCHEMA_ENUM,	/* int, index into names */
	SCHEMA_STRINGS, /* struct schema_list of char *, min to max items */
	SCHEMA_PAIRS,	/* the same, from an object: name, value, name, ...;
			   min to max names, which are what check sees */
	SCHEMA_OBJECT,	/* an embedded struct, by sub */
	SCHEMA_OBJECTS	/* struct schema_list of structs, by sub, max items */
};

#define SCHEMA_REQUIRED 0x1
#define SCHEMA_READ_ONLY 0x2  /* written, refused when read from a user */
#define SCHEMA_OMIT_EMPTY 0x4 /* "", 0, [] and unset are not written */

struct schema_list {
	void *items; /* char ** or an array of structs */
	size_t len;  /* of items; of PAIRS both names and values count */
};

struct schema_field {
	const char *name;
	enum schema_type type;
	int flags;
	size_t offset;
	size_t size;
	int64_t min;
	int64_t max;
	const char *const *names; /* of an enum, NULL at its end */
	const struct schema *sub;
	/* Further rule of a string; returns NULL or what is wrong. */
	const char *(*check)(const char *);
};

struct schema {
	const char *name;
	const struct schema_field *fields;
	size_t fields_len; /* at most 64 */
	size_t size;	   /* of the struct */
};

#define SCHEMA_FIELD_MAX 128
#define SCHEMA_REASON_MAX 256
#define SCHEMA_DEPTH_MAX 16

/* reason follows the field's name in a sentence: "must be a string". */
struct schema_error {
	char field[SCHEMA_FIELD_MAX]; /* "build.command[2]"; "": all of it */
	char reason[SCHEMA_REASON_MAX];
};

/*
 * For tables: SCHEMA_FIELD(spec_job, branch, STRING, .check = …) is struct
 * spec_job's member branch under its own name.
 */
#define SCHEMA_AT(tag, member) \
	.offset = offsetof(struct tag, member), \
	.size = sizeof(((struct tag *)0)->member)
#define SCHEMA_FIELD(tag, member, kind, ...) \
	{ \
		.name = #member, .type = SCHEMA_##kind, \
		SCHEMA_AT(tag, member), __VA_ARGS__ \
	}

int schema_read(const struct schema *, struct json_object *, void *out,
    uint64_t *present, struct schema_error *);
int schema_parse(const struct schema *, const char *text, size_t len, void *out,
    uint64_t *present, struct schema_error *);
struct json_object *schema_write(const struct schema *, const void *);
char *schema_print(const struct schema *, const void *, size_t *len);
void schema_free(const struct schema *, void *);
struct json_object *
schema_json(const char *text, size_t len, struct schema_error *);

#endif /* CID_SCHEMA_H */
