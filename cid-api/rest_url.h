#ifndef CID_REST_URL_H
#define CID_REST_URL_H

struct msg_conf_api;

#define URL_MAX 1024

/* Addresses that people see; each fills buf[URL_MAX] and returns it. */
const char *
url_public(const struct msg_conf_api *, const char *project, char *);
const char *url_webhook(const struct msg_conf_api *, const char *forge,
    const char *hook, char *);

/* What a user may name as a repository. */
enum url_repo {
	URL_REPO_OK,
	URL_REPO_LOCAL, /* an absolute path */
	URL_REPO_SSH,	/* not supported */
	URL_REPO_BAD
};

/*
 * Make the address git fetches, buf[URL_MAX], of what the user wrote:
 * owner/name (GitHub), https://host/path, /path.
 */
enum url_repo url_repository(const char *given, char *);

const char *url_registry(const char *server, char *);

#endif /* CID_REST_URL_H */
