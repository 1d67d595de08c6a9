/*
 * The TLS stream that libgit2 speaks https over: its own knows no TLS 1.3,
 * connects where it likes and blocks.  This one connects to judged addresses
 * only, checks the certificate, waits in work_wait(), and sends no request
 * but those of a fetch from the one repository the job is about.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>
#include <git2/sys/stream.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "clock.h"
#include "connect.h"
#include "fail.h"
#include "log.h"
#include "msg_conf.h"
#include "stream.h"
#include "url.h"
#include "work.h"

#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"
#define SILENCE_MS 60000 /* of the server */

struct stream {
	git_stream git;
	SSL *ssl;
	int fd;
	int may_ask; /* what is written next begins a request */
};

static SSL_CTX *tls;
static BIO *authorities; /* what is not read yet */

/* What the job at hand allows; libgit2 passes nothing of ours through. */
static struct {
	const struct msg_conf_git *conf;
	const struct url *url;
	struct fail *fail;
	uint64_t deadline; /* by clock_ms() */
} job;

/*
 * Before chroot: open the certificates of authorities; they are read when a
 * server is met, which a local repository has none of.  Returns 0, or -1
 * after logging why.
 */
int
stream_load(const struct msg_conf_git *conf)
{
	const char *ca = conf->ca[0] == '\0' ? SYSTEM_CA : conf->ca;

	if ((tls = SSL_CTX_new(TLS_client_method())) == NULL ||
	    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) {
		log_warnx("TLS: %s", ERR_error_string(ERR_get_error(), NULL));
		return -1;
	}
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	if ((authorities = BIO_new_file(ca, "re")) == NULL)
		log_warn("%s", ca);
	return 0;
}

/* Trust whom the file names.  Once; without any nobody is trusted. */
static void
trust_authorities(void)
{
	X509_STORE *store = SSL_CTX_get_cert_store(tls);
	STACK_OF(X509_INFO) * all;
	const X509_INFO *info;
	int i;

	if (authorities == NULL)
		return;
	all = PEM_X509_INFO_read_bio(authorities, NULL, NULL, NULL);
	for (i = 0; i < sk_X509_INFO_num(all); i++) {
		info = sk_X509_INFO_value(all, i);
		if (info->x509 != NULL)
			X509_STORE_add_cert(store, info->x509);
	}
	if (sk_X509_INFO_num(all) <= 0)
		log_warnx("no certificate of an authority could be read");
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	BIO_free(authorities);
	authorities = NULL;
}

/* Say what the streams to come are for.  All must outlive the job. */
void
stream_use(const struct msg_conf_git *conf, const struct url *u, struct fail *f)
{
	job.conf = conf;
	job.url = u;
	job.fail = f;
	job.deadline = clock_ms() + (uint64_t)conf->timeout_s * 1000;
}

/* The fetch as a whole took longer than allowed. */
int
stream_is_late(void)
{
	return clock_ms() >= job.deadline;
}

/* Returns -1, with libgit2's error set, for it to hand up. */
static int
refuse(void)
{
	git_error_set_str(GIT_ERROR_NET, job.fail->text);
	return -1;
}

static int
refuse_late(void)
{
	fail_set(job.fail, REASON_GIT_UNREACHABLE,
	    stream_is_late() ? "fetching from %s took longer than allowed"
			     : "%s stopped answering",
	    job.url->host);
	return refuse();
}

/* How long the server may be silent now, milliseconds. */
static int
patience(void)
{
	uint64_t t = clock_ms();

	if (t >= job.deadline)
		return 0;
	t = job.deadline - t;
	return t > SILENCE_MS ? SILENCE_MS : (int)t;
}

/* Handle what an SSL call returned: 0 try again, 1 it closed, -1 failed. */
static int
settle(struct stream *s, int ret)
{
	unsigned long e;
	int err = SSL_get_error(s->ssl, ret);

	if (err == SSL_ERROR_ZERO_RETURN)
		return 1;
	if (err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE) {
		if (work_wait(s->fd, err == SSL_ERROR_WANT_WRITE, patience()) ==
		    0)
			return 0;
		return refuse_late();
	}
	e = ERR_get_error();
	fail_set(job.fail, REASON_GIT_UNREACHABLE, "%s: %s", job.url->host,
	    e != 0	     ? ERR_reason_error_string(e)
		: errno != 0 ? strerror(errno)
			     : "the connection broke");
	return refuse();
}

/* Expect a certificate for the host, be it a name or an address. */
static int
expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *vp = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(vp,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(vp, host) == 1)
		return 0;
	if (X509_VERIFY_PARAM_set1_host(vp, host, 0) != 1 ||
	    SSL_set_tlsext_host_name(ssl, host) != 1)
		return -1;
	return 0;
}

static int
handshake(struct stream *s)
{
	long verdict;
	int ret;

	for (;;) {
		ERR_clear_error();
		errno = 0;
		if ((ret = SSL_connect(s->ssl)) == 1)
			return 0;
		verdict = SSL_get_verify_result(s->ssl);
		if (verdict != X509_V_OK) {
			fail_set(job.fail, REASON_GIT_CERTIFICATE,
			    "the certificate of %s is not trusted: %s",
			    job.url->host,
			    X509_verify_cert_error_string(verdict));
			return refuse();
		}
		if ((ret = settle(s, ret)) == 0)
			continue;
		if (ret == 1)
			fail_set(job.fail, REASON_GIT_UNREACHABLE,
			    "%s closed the connection", job.url->host);
		return refuse();
	}
}

static int
stream_connect(git_stream *git)
{
	struct stream *s = (struct stream *)git;

	trust_authorities();
	if ((s->fd = connect_to(job.url, job.conf, job.fail)) == -1)
		return refuse();
	if ((s->ssl = SSL_new(tls)) == NULL || SSL_set_fd(s->ssl, s->fd) != 1 ||
	    expect_host(s->ssl, job.url->host) == -1) {
		fail_set(job.fail, REASON_INTERNAL, "TLS could not be set up");
		return refuse();
	}
	return handshake(s);
}

/* What libgit2 does with a certificate is done already. */
static int
stream_certificate(git_cert **out, git_stream *git)
{
	(void)out;
	(void)git;
	return 0;
}

static ssize_t
stream_read(git_stream *git, void *buf, size_t len)
{
	struct stream *s = (struct stream *)git;
	int ret;

	s->may_ask = 1;
	for (;;) {
		ERR_clear_error();
		errno = 0;
		ret = SSL_read(s->ssl, buf, len > INT_MAX ? INT_MAX : (int)len);
		if (ret > 0)
			return ret;
		if ((ret = settle(s, ret)) != 0)
			return ret == 1 ? 0 : -1;
	}
}

static int
begins(const char **p, const char *end, const char *what)
{
	size_t len = strlen(what);

	if ((size_t)(end - *p) < len || memcmp(*p, what, len) != 0)
		return 0;
	*p += len;
	return 1;
}

/* libgit2 would follow a redirect to another path of the same server. */
static int
is_expected(const char *data, size_t len)
{
	const char *p = data, *end = data + len;

	if (!begins(&p, end, "GET ") && !begins(&p, end, "POST "))
		return 0;
	return begins(&p, end, job.url->path) &&
	    (begins(&p, end, "/info/refs?service=git-upload-pack ") ||
		begins(&p, end, "/git-upload-pack "));
}

static ssize_t
stream_write(git_stream *git, const char *data, size_t len, int flags)
{
	struct stream *s = (struct stream *)git;
	int ret;

	(void)flags;
	if (s->may_ask && !is_expected(data, len)) {
		fail_set(job.fail, REASON_GIT_ADDRESS,
		    "%s sends on to another address; write the repository's "
		    "own into the project",
		    job.url->host);
		return refuse();
	}
	s->may_ask = 0;
	for (;;) {
		ERR_clear_error();
		errno = 0;
		ret =
		    SSL_write(s->ssl, data, len > INT_MAX ? INT_MAX : (int)len);
		if (ret > 0)
			return ret;
		if (settle(s, ret) != 0)
			return -1;
	}
}

static int
stream_close(git_stream *git)
{
	struct stream *s = (struct stream *)git;

	if (s->ssl != NULL)
		SSL_free(s->ssl);
	if (s->fd != -1)
		close(s->fd);
	s->ssl = NULL;
	s->fd = -1;
	return 0;
}

static void
stream_free(git_stream *git)
{
	stream_close(git);
	free(git);
}

/* libgit2 and this program must mean the same server. */
static int
stream_init(git_stream **out, const char *host, const char *port)
{
	struct stream *s;

	if (strcasecmp(host, job.url->host) != 0 ||
	    strcmp(port, job.url->port) != 0) {
		fail_set(job.fail, REASON_GIT_ADDRESS,
		    "%s sends on to another server", job.url->host);
		return refuse();
	}
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return -1;
	s->git.version = GIT_STREAM_VERSION;
	s->git.encrypted = 1;
	s->git.connect = stream_connect;
	s->git.certificate = stream_certificate;
	s->git.read = stream_read;
	s->git.write = stream_write;
	s->git.close = stream_close;
	s->git.free = stream_free;
	s->fd = -1;
	s->may_ask = 1;
	*out = &s->git;
	return 0;
}

/* After git_libgit2_init().  Returns 0, or -1. */
int
stream_register(void)
{
	git_stream_registration r;

	memset(&r, 0, sizeof(r));
	r.version = GIT_STREAM_VERSION;
	r.init = stream_init;
	return git_stream_register(GIT_STREAM_TLS, &r) == 0 ? 0 : -1;
}
