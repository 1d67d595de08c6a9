/*
 * Hooks: where forges knock, and which projects they may start.
 */

#include <sys/random.h>

#include <string.h>

#include <bsd/string.h>

#include "clock.h"
#include "db.h"
#include "db_hook.h"
#include "hex.h"
#include "log.h"

#define URL_BYTES 16
#define SECRET_BYTES 32

const char *const forge_names[] = { "github", "gitea", "gitlab", "bitbucket",
	"generic", NULL };

#define H(type, column, field, ...) \
	{ \
		column, type, DB_AT(struct hook, field), __VA_ARGS__ \
	}

static const struct db_column hook_columns[] = {
	H(DB_INT, "id", id, NULL),
	H(DB_INT, "team_id", team_id, NULL),
	H(DB_ENUM, "forge", forge, forge_names),
	H(DB_STRING, "url_id", url_id, NULL),
	H(DB_STRING, "secret", secret, NULL),
	H(DB_STRING, "repo_url", repo_url, NULL),
	H(DB_INT, "created_ms", created_ms, NULL),
};

const struct db_table hook_table = { "hook", hook_columns,
	sizeof(hook_columns) / sizeof(hook_columns[0]), sizeof(struct hook) };

int
db_hook_find(int forge, const char *url_id, struct hook *h)
{
	return db_find(&hook_table, h, "WHERE url_id = ?1 AND forge = ?2", "ss",
	    url_id, forge_names[forge]);
}

int
db_hook_of_project(int64_t project_id, int forge, struct hook *h)
{
	return db_find(&hook_table, h,
	    "WHERE forge = ?2 AND id IN (SELECT hook_id FROM hook_project "
	    "WHERE project_id = ?1) ORDER BY id",
	    "is", project_id, forge_names[forge]);
}

static void
make_random(char *out, size_t bytes)
{
	uint8_t raw[SECRET_BYTES];

	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		fatal("getrandom");
	hex_encode(out, raw, bytes);
	explicit_bzero(raw, sizeof(raw));
}

static int
find_or_make(int64_t team_id, int forge, const char *repo_url, struct hook *h)
{
	int ret;

	ret = db_find(&hook_table, h,
	    "WHERE team_id = ?1 AND forge = ?2 AND repo_url = ?3", "iss",
	    team_id, forge_names[forge], repo_url);
	if (ret != 0)
		return ret == 1 ? 0 : -1;
	memset(h, 0, sizeof(*h));
	h->team_id = team_id;
	h->forge = forge;
	strlcpy(h->repo_url, repo_url, sizeof(h->repo_url));
	make_random(h->url_id, URL_BYTES);
	make_random(h->secret, SECRET_BYTES);
	h->created_ms = (int64_t)clock_wall_ms();
	return db_insert(&hook_table, h);
}

int
db_hook_bind(int64_t team_id, int64_t project_id, int forge,
    const char *repo_url, struct hook *h)
{
	if (find_or_make(team_id, forge, repo_url, h) == -1)
		return -1;
	return db_exec("INSERT OR IGNORE INTO hook_project VALUES (?1, ?2)",
	    "ii", h->id, project_id);
}

int
db_hook_unbind(int64_t project_id)
{
	return db_exec("DELETE FROM hook_project WHERE project_id = ?1", "i",
		   project_id) == -1
	    ? -1
	    : db_hook_prune();
}

int
db_hook_set_secret(int64_t id, const char *secret)
{
	return db_exec("UPDATE hook SET secret = ?2 WHERE id = ?1", "is", id,
	    secret);
}

int
db_hook_prune(void)
{
	return db_exec("DELETE FROM hook WHERE id NOT IN "
		       "(SELECT hook_id FROM hook_project)",
	    "");
}
