/*
 * HTTP by libevhtp, behind cid-proxy's admin worker or on the local socket.
 * What libevhtp does badly alone is not asked of it: requests are paused
 * until the turn ends, and answers, limits and refusals are made here.
 */

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <evhtp.h>

#include "db.h"
#include "door.h"
#include "http.h"
#include "http_status.h"
#include "log.h"
#include "request_state.h"
#include "stream.h"

#define RETRY_S 5

/* Where a connection came in is the address of one of these. */
static enum listener_kind kinds[LISTENER_MAX];
static evhtp_t *servers[LISTENER_MAX];

/* The request's last moment; whoever works on it answers into the void. */
static void
let_go(struct request *r)
{
	r->evr = NULL;
	if (r->has_begun)
		r->route->stream->gone(r);
	if (!r->is_whole || (r->is_answered && !r->is_sending))
		request_free(r);
}

static evhtp_res
on_gone(evhtp_request_t *evr, void *arg)
{
	struct request *r = evr->cbarg;

	(void)arg;
	if (r != NULL)
		let_go(r);
	return EVHTP_RES_OK;
}

static int
print_header(evhtp_header_t *h, void *arg)
{
	evbuffer_add_printf(arg, "%s: %s\r\n", h->key, h->val);
	return 0;
}

static void
write_head(const struct request *r, struct evbuffer *out, int64_t length,
    int is_kept)
{
	evbuffer_add_printf(out,
	    "HTTP/1.1 %d %s\r\n"
	    "X-Request-Id: %s\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: no-store\r\n"
	    "Content-Type: %s\r\n",
	    r->status, http_status(r->status), r->id, r->type);
	if (length >= 0)
		evbuffer_add_printf(out, "Content-Length: %lld\r\n",
		    (long long)length);
	else
		evbuffer_add_printf(out, "Transfer-Encoding: chunked\r\n");
	if (!is_kept)
		evbuffer_add_printf(out, "Connection: close\r\n");
	if (r->status == 429 || r->status == 503)
		evbuffer_add_printf(out, "Retry-After: %d\r\n", RETRY_S);
	evhtp_headers_for_each(r->evr->headers_out, print_header, out);
	evbuffer_add(out, "\r\n", 2);
}

/* Have the connection without libevhtp, which forgets the request. */
static struct bufferevent *
take_connection(struct request *r)
{
	evhtp_connection_t *conn = r->evr->conn;
	struct bufferevent *bev;

	bev = evhtp_connection_take_ownership(conn);
	evhtp_connection_free(conn);
	return bev;
}

static void
send_stream(struct request *r)
{
	struct stream *s = r->answer_stream;
	struct bufferevent *bev;

	write_head(r, bufferevent_get_output(r->evr->conn->bev),
	    stream_length(s), 0);
	if (request_is_head(r)) {
		stream_drop(s);
		s = NULL;
	}
	r->answer_stream = NULL;
	bev = take_connection(r);
	let_go(r);
	if (s == NULL)
		stream_linger(bev);
	else
		stream_begin(s, bev);
}

/* The rest of the request's body is not read, so this connection ends. */
static void
send_last(struct request *r)
{
	struct evbuffer *out = bufferevent_get_output(r->evr->conn->bev);
	struct bufferevent *bev;

	write_head(r, out, (int64_t)evbuffer_get_length(r->body), 0);
	if (!request_is_head(r))
		evbuffer_add_buffer(out, r->body);
	bev = take_connection(r);
	let_go(r);
	stream_linger(bev);
}

/* The request is freed by on_gone(), when libevhtp is through with it. */
static void
send_plain(struct request *r)
{
	evhtp_request_t *evr = r->evr;
	struct evbuffer *out = bufferevent_get_output(evr->conn->bev);

	write_head(r, out, (int64_t)evbuffer_get_length(r->body),
	    (evr->flags & EVHTP_REQ_FLAG_KEEPALIVE) != 0);
	if (!request_is_head(r))
		evbuffer_add_buffer(out, r->body);
	evhtp_send_reply_end(evr);
	evhtp_request_resume(evr);
}

/* What was to be answered did not come to be. */
static void
replace_answer(struct request *r)
{
	if (r->answer_stream != NULL)
		stream_drop(r->answer_stream);
	r->answer_stream = NULL;
	evbuffer_drain(r->body, evbuffer_get_length(r->body));
	r->is_answered = 0;
	free(r->once_key);
	r->once_key = NULL;
	r->is_sending = 1; /* already, do not queue it again */
	request_refuse(r, 503, "DATABASE_UNAVAILABLE",
	    "The change could not be written; nothing was changed.", NULL);
}

static void
on_turn_end(void *arg, int committed)
{
	struct request *r = arg;

	if (r->evr == NULL) {
		request_free(r);
		return;
	}
	if (!committed)
		replace_answer(r);
	r->is_sending = 0;
	if (r->answer_stream != NULL)
		send_stream(r);
	else if (r->must_close)
		send_last(r);
	else
		send_plain(r);
}

void
http_send(struct request *r)
{
	if (!r->is_whole || !r->is_answered || r->is_sending)
		return;
	r->is_sending = 1;
	db_after_commit(on_turn_end, r);
}

void
request_cut(struct request *r)
{
	if (r->evr == NULL || r->is_whole)
		return;
	r->must_close = 1;
	r->is_whole = 1;
	http_send(r);
}

void
request_hold(struct request *r, int is_held)
{
	if (r->evr == NULL)
		return;
	if (is_held)
		bufferevent_disable(r->evr->conn->bev, EV_READ);
	else
		bufferevent_enable(r->evr->conn->bev, EV_READ);
}

static evhtp_res
on_bytes(evhtp_request_t *evr, struct evbuffer *buf, void *arg)
{
	struct request *r = evr->cbarg;
	size_t len = evbuffer_get_length(buf);

	(void)arg;
	if (r == NULL)
		return EVHTP_RES_FATAL;
	if (!r->is_answered && r->route->stream == NULL)
		return EVHTP_RES_OK; /* it gathers in buffer_in */
	if (!r->is_answered)
		r->route->stream->bytes(r, evbuffer_pullup(buf, -1), len);
	evbuffer_drain(buf, len);
	return EVHTP_RES_OK;
}

/* Paused, the request waits for http_send(), now or much later. */
static void
on_whole(evhtp_request_t *evr, void *arg)
{
	struct request *r = arg;

	if (r == NULL)
		return;
	evhtp_request_pause(evr);
	r->is_whole = 1;
	if (r->is_answered)
		http_send(r);
	else if (r->route->stream != NULL)
		r->route->stream->end(r);
	else
		door_handle(r, evr->buffer_in);
}

static uid_t
peer_uid(evhtp_connection_t *conn)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(conn->sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return (uid_t)-1;
	return cred.uid;
}

static evhtp_res
on_head(evhtp_request_t *evr, evhtp_headers_t *headers, void *arg)
{
	struct door_knock knock;
	struct request *r;
	int has_uri;

	(void)headers;
	r = request_new(evr, *(enum listener_kind *)arg);
	if (r == NULL)
		return EVHTP_RES_FATAL;
	evr->cb = on_whole;
	evr->cbarg = r;
	/* A request such as OPTIONS * has no path, some have no method. */
	has_uri = evr->uri != NULL && evr->uri->path != NULL;
	knock.method = htparser_get_methodstr_m(evr->method);
	if (knock.method == NULL)
		knock.method = "";
	knock.path = has_uri ? evr->uri->path->full : "";
	knock.query = has_uri ? (const char *)evr->uri->query_raw : NULL;
	knock.uid = peer_uid(evr->conn);
	door_open(r, &knock);
	/* Who is refused could send the body as slowly as it likes. */
	if (r->is_answered && request_length(r) > 0)
		r->must_close = 1;
	if (!r->must_close)
		return EVHTP_RES_OK;
	r->is_whole = 1;
	http_send(r);
	return EVHTP_RES_PAUSE;
}

static evhtp_res
on_accept(evhtp_connection_t *conn, void *arg)
{
	evhtp_connection_set_hook(conn, evhtp_hook_on_headers,
	    (evhtp_hook)on_head, arg);
	evhtp_connection_set_hook(conn, evhtp_hook_on_read,
	    (evhtp_hook)on_bytes, NULL);
	evhtp_connection_set_hook(conn, evhtp_hook_on_request_fini,
	    (evhtp_hook)on_gone, NULL);
	return EVHTP_RES_OK;
}

int
http_listen(struct event_base *base, enum listener_kind kind, int fd)
{
	struct timeval send_limit = { 300, 0 };
	evhtp_t *htp;

	if (evutil_make_socket_nonblocking(fd) == -1 ||
	    (htp = evhtp_new(base, NULL)) == NULL) {
		log_warn("http");
		close(fd);
		return -1;
	}
	evhtp_set_gencb(htp, on_whole, NULL);
	kinds[kind] = kind;
	evhtp_set_post_accept_cb(htp, on_accept, &kinds[kind]);
	evhtp_set_timeouts(htp, NULL, &send_limit);
	evhtp_set_parser_flags(htp, EVHTP_PARSE_QUERY_FLAG_LENIENT);
	/* Backlog 0: it listens already. */
	if (evhtp_accept_socket(htp, fd, 0) == -1) {
		log_warn("http: accept");
		evhtp_free(htp);
		close(fd);
		return -1;
	}
	servers[kind] = htp;
	return 0;
}

void
http_stop(void)
{
	size_t i;

	for (i = 0; i < LISTENER_MAX; i++) {
		if (servers[i] != NULL)
			evhtp_unbind_socket(servers[i]);
	}
}
