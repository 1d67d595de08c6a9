/*
 * Reads what GitHub sends to a webhook.  The bytes are signed, but by whoever
 * holds the hook's secret: nothing in them may cost more than their length
 * deserves.  No I/O here.
 */

#include <bsd/string.h>
#include <ctype.h>
#include <json-c/json_object.h>
#include <json-c/json_tokener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "github.h"
#include "name.h"
#include "push.h"

#define DEPTH_MAX 16
#define OBJECTS_MAX 32768 /* json-c takes about 800 bytes for each */
#define VALUES_MAX 600000

/* What is read, and where it first was not as documented. */
struct reader {
	struct push *push;
	const char *bad; /* the field, NULL while all is well */
};

static const char *const url_names[] = { "clone_url", "ssh_url", "git_url",
	"html_url", "url", "svn_url" };

enum github_event
github_event_find(const char *name)
{
	if (strcmp(name, "push") == 0)
		return GITHUB_PUSH;
	if (strcmp(name, "ping") == 0)
		return GITHUB_PING;
	return GITHUB_OTHER;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode a form value where it lies; *len shrinks. */
static int
decode_form_value(char *s, size_t *len)
{
	size_t in, out = 0;
	int hi, lo;

	for (in = 0; in < *len; in++) {
		if (s[in] != '%') {
			s[out++] = (char)(s[in] == '+' ? ' ' : s[in]);
			continue;
		}
		if (*len - in < 3 || (hi = hex_value(s[in + 1])) == -1 ||
		    (lo = hex_value(s[in + 2])) == -1)
			return -1;
		s[out++] = (char)(hi << 4 | lo);
		in += 2;
	}
	*len = out;
	return 0;
}

/*
 * Find the JSON in a form ("payload=..."), decoding it where it lies in body.
 * Returns 0 or -1 when it is no such form.
 */
int
github_unform(char *body, size_t len, char **json, size_t *json_len)
{
	static const char key[] = "payload=";
	char *end, *p = body;
	size_t n;

	while (len > 0) {
		end = memchr(p, '&', len);
		n = end == NULL ? len : (size_t)(end - p);
		if (n >= sizeof(key) - 1 &&
		    memcmp(p, key, sizeof(key) - 1) == 0) {
			*json = p + sizeof(key) - 1;
			*json_len = n - (sizeof(key) - 1);
			return decode_form_value(*json, json_len);
		}
		if (end == NULL)
			break;
		p += n + 1;
		len -= n + 1;
	}
	return -1;
}

/* The first byte after the string that begins before s. */
static const char *
skip_string(const char *s, const char *end)
{
	while (s < end && *s != '"') {
		if (*s == '\\' && end - s > 1)
			s++;
		s++;
	}
	return s < end ? s + 1 : end;
}

/* Count before the tree is made what each byte of it could cost. */
static int
is_affordable(const char *s, size_t len)
{
	const char *end = s + len;
	size_t objects = 0, values = 0;

	while (s < end) {
		switch (*s++) {
		case '"':
			s = skip_string(s, end);
			break;
		case '{':
		case '[':
			objects++;
			break;
		case ',':
		case ':':
			values++;
			break;
		}
	}
	return objects <= OBJECTS_MAX && values <= VALUES_MAX;
}

static struct json_object *
parse_json(const char *json, size_t len)
{
	struct json_tokener *tok;
	struct json_object *tree = NULL;

	if (len > INT32_MAX || !is_affordable(json, len) ||
	    (tok = json_tokener_new_ex(DEPTH_MAX)) == NULL)
		return NULL;
	json_tokener_set_flags(tok,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	tree = json_tokener_parse_ex(tok, json, (int)len);
	if (json_tokener_get_error(tok) != json_tokener_success) {
		json_object_put(tree);
		tree = NULL;
	}
	json_tokener_free(tok);
	return tree;
}

static void
mark_bad(struct reader *r, const char *field)
{
	if (r->bad == NULL)
		r->bad = field;
}

/* A member of the wanted type; NULL when it is absent, null, or wrong. */
static struct json_object *
get(struct reader *r, struct json_object *o, const char *field,
    enum json_type type)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, field, &v) || v == NULL)
		return NULL;
	if (!json_object_is_type(v, type)) {
		mark_bad(r, field);
		return NULL;
	}
	return v;
}

/* A string without NUL inside; NULL when there is none. */
static const char *
text_of(struct reader *r, struct json_object *v, const char *field)
{
	const char *s;

	if (v == NULL)
		return NULL;
	s = json_object_get_string(v);
	if (strlen(s) != (size_t)json_object_get_string_len(v)) {
		mark_bad(r, field);
		return NULL;
	}
	return s;
}

static const char *
get_text(struct reader *r, struct json_object *o, const char *field)
{
	return text_of(r, get(r, o, field, json_type_string), field);
}

static int
get_bool(struct reader *r, struct json_object *o, const char *field)
{
	struct json_object *v = get(r, o, field, json_type_boolean);

	return v != NULL && json_object_get_boolean(v);
}

/* A commit as hex digits; all zeros mean none and become "". */
static void
get_commit(struct reader *r, struct json_object *o, const char *field,
    char buf[NAME_COMMIT_MAX])
{
	const char *s = get_text(r, o, field);

	if (s == NULL || !name_is_commit(s)) {
		mark_bad(r, field);
		return;
	}
	if (s[strspn(s, "0")] != '\0')
		strlcpy(buf, s, NAME_COMMIT_MAX);
}

static void
read_ref(struct reader *r, struct json_object *o)
{
	static const char heads[] = "refs/heads/", tags[] = "refs/tags/";
	const char *ref = get_text(r, o, "ref");

	if (ref == NULL || strncmp(ref, "refs/", 5) != 0) {
		mark_bad(r, "ref");
		return;
	}
	r->push->kind = PUSH_OTHER;
	if (strncmp(ref, tags, sizeof(tags) - 1) == 0)
		r->push->kind = PUSH_TAG;
	if (strncmp(ref, heads, sizeof(heads) - 1) != 0)
		return;
	ref += sizeof(heads) - 1;
	if (!name_is_branch(ref)) {
		mark_bad(r, "ref");
		return;
	}
	if (strlcpy(r->push->branch, ref, sizeof(r->push->branch)) <
	    sizeof(r->push->branch))
		r->push->kind = PUSH_BRANCH;
}

static void
read_repository(struct reader *r, struct json_object *o)
{
	struct json_object *id, *repo;
	struct push *p = r->push;
	const char *s;
	size_t i;

	repo = get(r, o, "repository", json_type_object);
	id = get(r, repo, "id", json_type_int);
	if (id == NULL || json_object_get_int64(id) <= 0) {
		mark_bad(r, "repository.id");
		return;
	}
	p->repo_id = (uint64_t)json_object_get_int64(id);
	s = get_text(r, repo, "full_name");
	if (s == NULL || strchr(s, '/') == NULL ||
	    strlcpy(p->repo, s, sizeof(p->repo)) >= sizeof(p->repo))
		mark_bad(r, "repository.full_name");
	for (i = 0; i < sizeof(url_names) / sizeof(url_names[0]); i++) {
		if ((s = get_text(r, repo, url_names[i])) != NULL)
			p->urls[p->urls_len++] = s;
	}
}

/* Cut a text to fit, not within a character. */
static void
copy_text(char buf[PUSH_TEXT_MAX], const char *s, size_t len)
{
	if (len >= PUSH_TEXT_MAX) {
		len = PUSH_TEXT_MAX - 1;
		while (len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(buf, s, len);
	buf[len] = '\0';
}

static void
read_head(struct reader *r, struct json_object *o)
{
	struct json_object *author, *head;
	struct push *p = r->push;
	const char *s;

	if ((head = get(r, o, "head_commit", json_type_object)) == NULL)
		return;
	if ((p->message = get_text(r, head, "message")) != NULL)
		copy_text(p->subject, p->message, strcspn(p->message, "\r\n"));
	author = get(r, head, "author", json_type_object);
	if ((s = get_text(r, author, "name")) != NULL)
		copy_text(p->author, s, strlen(s));
	if ((s = get_text(r, author, "email")) != NULL)
		copy_text(p->email, s, strlen(s));
}

/* How many files a list names; a missing list makes the push partial. */
static size_t
count_list(struct reader *r, struct json_object *commit, const char *field)
{
	struct json_object *list = get(r, commit, field, json_type_array);

	if (list == NULL) {
		r->push->partial = 1;
		return 0;
	}
	return json_object_array_length(list);
}

static void
read_list(struct reader *r, struct json_object *commit, const char *field)
{
	struct json_object *list = get(r, commit, field, json_type_array), *v;
	struct push *p = r->push;
	const char *s;
	size_t i, n;

	n = list == NULL ? 0 : json_object_array_length(list);
	for (i = 0; i < n; i++) {
		v = json_object_array_get_idx(list, i);
		if (!json_object_is_type(v, json_type_string) ||
		    (s = text_of(r, v, field)) == NULL) {
			mark_bad(r, field);
			return;
		}
		p->files[p->files_len++] = s;
	}
}

/* Returns the number of files in all commits. */
static size_t
count_files(struct reader *r, struct json_object *commits)
{
	struct json_object *commit;
	size_t files, i, sum = 0;

	for (i = 0; i < r->push->commits; i++) {
		commit = json_object_array_get_idx(commits, i);
		if (!json_object_is_type(commit, json_type_object)) {
			mark_bad(r, "commits");
			return 0;
		}
		files = count_list(r, commit, "added") +
		    count_list(r, commit, "modified") +
		    count_list(r, commit, "removed");
		if (files >= GITHUB_FILES_MAX)
			r->push->partial = 1;
		sum += files;
	}
	return sum;
}

static void
read_commits(struct reader *r, struct json_object *o)
{
	struct json_object *commit, *commits, *size;
	struct push *p = r->push;
	size_t files, i;

	commits = get(r, o, "commits", json_type_array);
	p->commits = commits == NULL ? 0 : json_object_array_length(commits);
	size = get(r, o, "size", json_type_int);
	if (p->commits == 0 || p->commits >= GITHUB_COMMITS_MAX ||
	    (size != NULL && json_object_get_int64(size) > (int64_t)p->commits))
		p->partial = 1;
	if ((files = count_files(r, commits)) == 0 || r->bad != NULL)
		return;
	if ((p->files = calloc(files, sizeof(*p->files))) == NULL) {
		p->partial = 1;
		return;
	}
	for (i = 0; i < p->commits && r->bad == NULL; i++) {
		commit = json_object_array_get_idx(commits, i);
		read_list(r, commit, "added");
		read_list(r, commit, "modified");
		read_list(r, commit, "removed");
	}
}

/*
 * Read the payload of a push event.  Returns 0 with *p to be freed by
 * push_free(), or -1 with what is wrong in why.
 */
int
github_read(const char *json, size_t len, struct push *p,
    char why[GITHUB_WHY_MAX])
{
	struct reader r = { p, NULL };

	memset(p, 0, sizeof(*p));
	p->tree = parse_json(json, len);
	if (!json_object_is_type(p->tree, json_type_object)) {
		snprintf(why, GITHUB_WHY_MAX, "not JSON that cid reads");
		push_free(p);
		return -1;
	}
	read_ref(&r, p->tree);
	get_commit(&r, p->tree, "before", p->before);
	get_commit(&r, p->tree, "after", p->after);
	p->created = get_bool(&r, p->tree, "created") || p->before[0] == '\0';
	p->deleted = get_bool(&r, p->tree, "deleted") || p->after[0] == '\0';
	p->forced = get_bool(&r, p->tree, "forced");
	read_repository(&r, p->tree);
	read_head(&r, p->tree);
	read_commits(&r, p->tree);
	if (r.bad != NULL) {
		snprintf(why, GITHUB_WHY_MAX, "%s: not as documented", r.bad);
		push_free(p);
		return -1;
	}
	return 0;
}
