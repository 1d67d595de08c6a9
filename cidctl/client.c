/*
 * Speaks HTTP to cid, over its local socket or with a key.
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <curl/curl.h>
#include <json-c/json.h>

#include "client.h"
#include "ctl.h"
#include "field.h"
#include "print.h"
#include "progress.h"
#include "where.h"

#define ANSWER_MAX (64UL * 1024 * 1024)
#define CONNECT_S 10L
#define ANSWER_S 90L   /* removing a project takes its time */
#define SILENCE_S 120L /* a stream has a beat every half minute */

struct client {
	CURL *curl;
	struct where where;
	char why[CURL_ERROR_SIZE];
	CURLcode code;
	long os_errno;
};

/* A body on its way in. */
struct inbox {
	CURL *curl;
	char *text;
	size_t len;
	client_bytes bytes; /* NULL: keep it */
	void *arg;
};

/* Ends the program when there is no memory for it. */
struct client *
client_new(const struct where *w)
{
	struct client *c;

	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (c->curl = curl_easy_init()) == NULL)
		errx(1, "out of memory");
	c->where = *w;
	return c;
}

void
client_free(struct client *c)
{
	explicit_bzero(&c->where, sizeof(c->where));
	curl_easy_cleanup(c->curl);
	curl_global_cleanup();
	free(c);
}

/*
 * Make a path of a format with one %s, the name encoded for it.  The caller
 * frees it; ends the program when out of memory.
 */
char *
client_path(struct client *c, const char *fmt, const char *name)
{
	char *escaped, *path;
	size_t size;

	if ((escaped = curl_easy_escape(c->curl, name, 0)) == NULL)
		errx(1, "out of memory");
	size = strlen(fmt) + strlen(escaped) + 1;
	if ((path = malloc(size)) == NULL)
		errx(1, "out of memory");
	/* The format is ours; only its %s is replaced. */
	snprintf(path, size, "%.*s%s%s", (int)strcspn(fmt, "%"), fmt, escaped,
	    strchr(fmt, '%') == NULL ? "" : strchr(fmt, '%') + 2);
	curl_free(escaped);
	return path;
}

static size_t
on_bytes(char *p, size_t one, size_t n, void *arg)
{
	struct inbox *in = arg;
	long status = 0;
	char *grown;

	(void)one;
	curl_easy_getinfo(in->curl, CURLINFO_RESPONSE_CODE, &status);
	if (in->bytes != NULL && status == 200)
		return in->bytes(p, n, in->arg) == -1 ? 0 : n;
	if (n > ANSWER_MAX - in->len ||
	    (grown = realloc(in->text, in->len + n + 1)) == NULL)
		return 0;
	memcpy(grown + in->len, p, n);
	in->len += n;
	grown[in->len] = '\0';
	in->text = grown;
	return n;
}

static int
on_progress(void *arg, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
    curl_off_t ulnow)
{
	(void)arg;
	(void)dltotal;
	(void)dlnow;
	(void)ultotal;
	(void)ulnow;
	progress_draw();
	return 0;
}

static struct curl_slist *
add_header(struct curl_slist *list, const char *name, const char *value)
{
	char text[WHERE_MAX + 64];

	snprintf(text, sizeof(text), "%s: %s", name, value);
	if ((list = curl_slist_append(list, text)) == NULL)
		errx(1, "out of memory");
	explicit_bzero(text, sizeof(text));
	return list;
}

static void
set_place(struct client *c, const char *path)
{
	const char *base = c->where.url;
	char *url;
	size_t size;

	if (c->where.socket[0] != '\0') {
		base = "http://cid";
		curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH,
		    c->where.socket);
		curl_easy_setopt(c->curl, CURLOPT_PROXY, "");
	}
	size = strlen(base) + strlen(path) + 1;
	if ((url = malloc(size)) == NULL)
		errx(1, "out of memory");
	snprintf(url, size, "%s%s", base, path);
	curl_easy_setopt(c->curl, CURLOPT_URL, url);
	free(url);
}

/* All that every request has in common; no redirect is followed. */
static void
set_common(struct client *c, const char *path, struct inbox *in)
{
	const char *ca = getenv("CURL_CA_BUNDLE");

	curl_easy_reset(c->curl);
	in->curl = c->curl;
	set_place(c, path);
	curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->why);
	curl_easy_setopt(c->curl, CURLOPT_USERAGENT, "cidctl");
	curl_easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, in);
	/* As curl(1) has it; the library does not look there. */
	if (ca != NULL && ca[0] != '\0')
		curl_easy_setopt(c->curl, CURLOPT_CAINFO, ca);
}

static struct curl_slist *
add_key(struct client *c, struct curl_slist *list)
{
	char text[WHERE_MAX + 16];

	if (c->where.token[0] == '\0' || c->where.socket[0] != '\0')
		return list;
	snprintf(text, sizeof(text), "Bearer %s", c->where.token);
	list = add_header(list, "Authorization", text);
	explicit_bzero(text, sizeof(text));
	return list;
}

static int
perform(struct client *c, struct curl_slist *headers)
{
	c->why[0] = '\0';
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
	c->code = curl_easy_perform(c->curl);
	c->os_errno = 0;
	curl_easy_getinfo(c->curl, CURLINFO_OS_ERRNO, &c->os_errno);
	curl_slist_free_all(headers);
	return c->code == CURLE_OK ? 0 : -1;
}

/* Take the answer's text apart; it may come from anybody. */
static void
read_answer(struct client *c, struct inbox *in, struct client_answer *a)
{
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &a->status);
	if (in->text != NULL)
		a->body = json_tokener_parse(in->text);
	a->data = field_get(a->body, "data");
	strlcpy(a->code, field_text(a->body, "error.code"), sizeof(a->code));
	strlcpy(a->message, field_text(a->body, "error.message"),
	    sizeof(a->message));
	if (a->status < 300 && field_is(a->body, "success"))
		return;
	if (a->code[0] == '\0' && a->status != 0) {
		strlcpy(a->code, "UNKNOWN_ANSWER", sizeof(a->code));
		snprintf(a->message, sizeof(a->message),
		    "The server answered %ld, but not as cid does; is the "
		    "address right?",
		    a->status);
	}
}

int
client_refused(const struct client_answer *a)
{
	return a->code[0] != '\0';
}

void
client_free_answer(struct client_answer *a)
{
	json_object_put(a->body);
	memset(a, 0, sizeof(*a));
}

/*
 * Send one request; body may be NULL and stays the caller's.  Returns 0 with
 * *a filled in, also when the server refuses; or -1 when there is no answer:
 * client_explain() says why.
 */
int
client_ask(struct client *c, const char *method, const char *path,
    struct json_object *body, struct client_answer *a)
{
	struct curl_slist *headers = NULL;
	struct inbox in;
	int ret;

	memset(a, 0, sizeof(*a));
	memset(&in, 0, sizeof(in));
	set_common(c, path, &in);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, ANSWER_S);
	if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS,
		    body == NULL ? ""
				 : json_object_to_json_string_ext(body,
				       JSON_C_TO_STRING_PLAIN));
		headers =
		    add_header(headers, "Content-Type", "application/json");
		headers = add_header(headers, "Expect", "");
	}
	curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
	ret = perform(c, add_key(c, headers));
	if (ret == 0)
		read_answer(c, &in, a);
	progress_erase();
	free(in.text);
	return ret;
}

/* What can be done about a socket that can't be used. */
static void
explain_socket(const struct client *c)
{
	const char *path = c->where.socket;

	switch (c->os_errno) {
	case EACCES:
	case EPERM:
		print_error("%s: you may not use it; be root or in its group, "
			    "or set CID_URL and CID_TOKEN",
		    path);
		break;
	case ENOENT:
	case ECONNREFUSED:
		print_error("%s: cid does not run here; start it (systemctl "
			    "start cid), or name its socket with -s",
		    path);
		break;
	default:
		print_error("%s: %s", path,
		    c->why[0] != '\0' ? c->why : curl_easy_strerror(c->code));
		break;
	}
}

/* Say why there is no answer, and what to do. */
void
client_explain(const struct client *c)
{
	const char *why =
	    c->why[0] != '\0' ? c->why : curl_easy_strerror(c->code);

	progress_erase();
	if (c->where.socket[0] != '\0' && c->code == CURLE_COULDNT_CONNECT) {
		explain_socket(c);
		return;
	}
	print_error("%s: %s",
	    c->where.socket[0] != '\0' ? c->where.socket : c->where.url, why);
	if (c->code == CURLE_PEER_FAILED_VERIFICATION)
		print_error("if the certificate is your own, name its "
			    "authority in CURL_CA_BUNDLE");
	else if (c->code == CURLE_OPERATION_TIMEDOUT)
		print_error("the server is too busy or something between "
			    "drops the connection; try again");
}

/* Say what the server refused, and what to do where that is known. */
void
client_explain_refusal(const struct client *c, const struct client_answer *a)
{
	progress_erase();
	print_error("%s (%s)", a->message, a->code);
	if (a->status == 401)
		print_error(c->where.token[0] == '\0'
			? "set CID_TOKEN to an API key of this server"
			: "ask an owner of the team for a new key");
	else if (a->status == 403)
		print_error("ask an owner of the team for a key with more "
			    "rights");
	else if (strcmp(a->code, "PROJECT_NOT_FOUND") == 0)
		print_error("\"cidctl list\" shows the projects there are");
	else if (strcmp(a->code, "BUILD_NOT_FOUND") == 0)
		print_error("\"cidctl builds project\" shows the builds "
			    "there are");
	else if (a->status == 503)
		print_error("\"cidctl health\" shows what is amiss");
}

/*
 * The same, and say why when it does not succeed.  Returns CTL_DONE, or how
 * cidctl is to end.  Free the answer in every case.
 */
int
client_call(struct client *c, const char *method, const char *path,
    struct json_object *body, struct client_answer *a)
{
	if (client_ask(c, method, path, body, a) == -1) {
		client_explain(c);
		return CTL_NO_CONNECTION;
	}
	if (!client_refused(a))
		return CTL_DONE;
	client_explain_refusal(c, a);
	return CTL_FAILED;
}

/*
 * Read an event stream, or text.  Returns 0 when it ended by itself, or -1
 * when the connection broke or bytes said so; *a tells of a refusal.
 */
int
client_stream(struct client *c, const char *path, const char *last_id,
    client_bytes bytes, void *arg, struct client_answer *a)
{
	struct curl_slist *headers = NULL;
	struct inbox in;
	int ret;

	memset(a, 0, sizeof(*a));
	memset(&in, 0, sizeof(in));
	in.bytes = bytes;
	in.arg = arg;
	set_common(c, path, &in);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
	if (last_id != NULL) {
		headers = add_header(headers, "Accept", "text/event-stream");
		if (last_id[0] != '\0')
			headers = add_header(headers, "Last-Event-ID", last_id);
	}
	ret = perform(c, add_key(c, headers));
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &a->status);
	if (a->status != 0 && a->status != 200)
		read_answer(c, &in, a);
	free(in.text);
	return ret;
}
