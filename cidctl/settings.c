/*
 * A project's settings: read from files, compared with what the server has,
 * shown.
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <json-c/json.h>

#include "field.h"
#include "print.h"
#include "projectfile.h"
#include "settings.h"
#include "toml.h"

#define SHOWN_MAX 72 /* bytes of a value in a list of changes */

static FILE *
open_file(const char *path)
{
	FILE *fp;

	if (strcmp(path, "-") == 0)
		return stdin;
	if ((fp = fopen(path, "re")) == NULL)
		print_error("%s: %s", path, strerror(errno));
	return fp;
}

static void
close_file(FILE *fp)
{
	if (fp != stdin)
		fclose(fp);
}

/*
 * Read a project file, "-" for standard input.  Returns the fields of the
 * API, or NULL after saying where the error is.
 */
struct json_object *
settings_read(const char *path)
{
	static char text[TOML_BYTES_MAX + 1];
	struct projectfile_error e;
	struct json_object *o;
	const char *name;
	FILE *fp;
	size_t n;

	if ((fp = open_file(path)) == NULL)
		return NULL;
	n = fread(text, 1, sizeof(text), fp);
	if (ferror(fp)) {
		print_error("%s: %s", path, strerror(errno));
		close_file(fp);
		return NULL;
	}
	close_file(fp);
	name = strcmp(path, "-") == 0 ? "cid.toml" : path;
	o = projectfile_parse(name, text, n, PROJECTFILE_PERSON, &e);
	if (o == NULL)
		print_error("%s", e.text);
	return o;
}

/* Take the next line, without its end; NULL at the end of the file. */
static char *
next_line(FILE *fp, char **line, size_t *cap)
{
	do {
		if (getline(line, cap, fp) == -1)
			return NULL;
		(*line)[strcspn(*line, "\r\n")] = '\0';
	} while ((*line)[0] == '\0' || (*line)[0] == '#');
	return *line;
}

/* Adds one line to what the file makes; -1 when it is not of its form. */
typedef int (*add_line)(struct json_object *, char *);

static int
add_secret(struct json_object *o, char *line)
{
	char *value = strchr(line, '=');

	if (value == NULL || value == line)
		return -1;
	*value++ = '\0';
	json_object_object_add(o, line, json_object_new_string(value));
	return 0;
}

static int
add_registry(struct json_object *list, char *line)
{
	static const char *const names[] = { "server", "user", "password" };
	struct json_object *o = json_object_new_object();
	char *word;
	size_t i;

	json_object_array_add(list, o);
	for (i = 0; i < 3; i++) {
		/* A password may have spaces in it. */
		word = i < 2 ? strsep(&line, " \t") : line;
		if (word == NULL || word[0] == '\0')
			return -1;
		json_object_object_add(o, names[i],
		    json_object_new_string(word));
	}
	return 0;
}

static int
read_lines(const char *path, struct json_object *into, add_line add,
    const char *form)
{
	char *line = NULL;
	size_t cap = 0;
	FILE *fp;
	int ret = 0;

	if ((fp = open_file(path)) == NULL)
		return -1;
	while (ret == 0 && next_line(fp, &line, &cap) != NULL)
		ret = add(into, line);
	if (ret == -1)
		print_error("%s: each line must be %s", path, form);
	freezero(line, cap);
	close_file(fp);
	return ret;
}

/* A file with one line. */
static int
read_word(const char *path, struct json_object *o, const char *field)
{
	char *line = NULL;
	size_t cap = 0;
	FILE *fp;
	int ret = -1;

	if ((fp = open_file(path)) == NULL)
		return -1;
	if (next_line(fp, &line, &cap) == NULL) {
		print_error("%s: there is nothing in it", path);
	} else {
		json_object_object_add(o, field, json_object_new_string(line));
		ret = 0;
	}
	freezero(line, cap);
	close_file(fp);
	return ret;
}

/* Returns 0, or -1 after saying which file is not as it should be. */
int
settings_add_files(struct json_object *o, const struct settings_files *f)
{
	struct json_object *v;

	if (f->git_token != NULL &&
	    read_word(f->git_token, o, "git_token") == -1)
		return -1;
	if (f->webhook_secret != NULL &&
	    read_word(f->webhook_secret, o, "webhook_secret") == -1)
		return -1;
	if (f->registries != NULL) {
		v = json_object_new_array();
		json_object_object_add(o, "registry_auth", v);
		if (read_lines(f->registries, v, add_registry,
			"server user password") == -1)
			return -1;
	}
	if (f->secrets != NULL) {
		v = json_object_new_object();
		json_object_object_add(o, "secrets", v);
		if (read_lines(f->secrets, v, add_secret, "NAME=value") == -1)
			return -1;
	}
	return 0;
}

/* What the server shows as a string it may have been given as an argv. */
static int
is_same_command(struct json_object *argv, struct json_object *shown)
{
	if (!json_object_is_type(argv, json_type_array) ||
	    !json_object_is_type(shown, json_type_string) ||
	    json_object_array_length(argv) != 3)
		return 0;
	return strcmp(json_object_get_string(
			  json_object_array_get_idx(argv, 0)),
		   "/bin/sh") == 0 &&
	    strcmp(json_object_get_string(json_object_array_get_idx(argv, 1)),
		"-c") == 0 &&
	    json_object_equal(json_object_array_get_idx(argv, 2), shown);
}

/*
 * The fields of wanted that are not so on the server; what the server does
 * not show counts as changed.  The caller frees it.
 */
struct json_object *
settings_changes(struct json_object *wanted, struct json_object *current)
{
	struct json_object *changes = json_object_new_object(), *is;
	struct json_object_iter it;

	json_object_object_foreachC(wanted, it)
	{
		is = field_get(current, it.key);
		if (is != NULL &&
		    (json_object_equal(it.val, is) ||
			is_same_command(it.val, is)))
			continue;
		json_object_object_add(changes, it.key,
		    json_object_get(it.val));
	}
	return changes;
}

static void
print_value(struct json_object *v)
{
	char text[SHOWN_MAX + 1];
	const char *s;

	s = json_object_is_type(v, json_type_string)
	    ? json_object_get_string(v)
	    : json_object_to_json_string_ext(v,
		  JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (strlcpy(text, s, sizeof(text)) >= sizeof(text))
		strlcpy(text + SHOWN_MAX - 3, "...", 4);
	print_text(stdout, text[0] == '\0' ? "\"\"" : text);
}

static int
is_secret(const char *field)
{
	return strcmp(field, "git_token") == 0 ||
	    strcmp(field, "registry_auth") == 0 ||
	    strcmp(field, "secrets") == 0 ||
	    strcmp(field, "webhook_secret") == 0;
}

/* One line for each field; what is secret or long is not repeated. */
void
settings_print_changes(struct json_object *changes, struct json_object *current)
{
	struct json_object_iter it;
	struct json_object *is;

	json_object_object_foreachC(changes, it)
	{
		printf("  %-22s ", it.key);
		is = field_get(current, it.key);
		if (is_secret(it.key)) {
			puts("is set");
			continue;
		}
		if (is != NULL) {
			print_value(is);
			fputs(" -> ", stdout);
		}
		print_value(it.val);
		putchar('\n');
	}
}

/* All that the server tells of a project. */
void
settings_print(struct json_object *project)
{
	struct json_object_iter it;

	json_object_object_foreachC(project, it)
	{
		if (it.val == NULL ||
		    json_object_is_type(it.val, json_type_object))
			continue;
		print_text(stdout, it.key);
		printf("%*s",
		    (int)(24 - (strlen(it.key) > 23 ? 23 : strlen(it.key))),
		    "");
		print_value(it.val);
		putchar('\n');
	}
}
