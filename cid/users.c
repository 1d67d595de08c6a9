/*
 * Which user each program becomes.
 */

#include <sys/stat.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "users.h"

static const char *const suffixes[PROC_MAX] = {
	[PROC_EDGE] = "edge",
	[PROC_ADMIN] = "admin",
	[PROC_API] = "api",
	[PROC_BUILDER] = "build",
	[PROC_GIT] = "git",
	[PROC_DEPLOYER] = "deploy",
};

static int
find_user(const struct conf *c, enum proc p, struct users *u)
{
	struct passwd *pw;
	char name[sizeof(c->user_prefix) + 16];

	snprintf(name, sizeof(name), "%s%s", c->user_prefix, suffixes[p]);
	if ((pw = getpwnam(name)) == NULL) {
		log_warnx("user %s is missing: make install adds it, or: "
			  "useradd --system --user-group --shell "
			  "/usr/sbin/nologin %s",
		    name, name);
		return -1;
	}
	if (pw->pw_uid == 0) {
		log_warnx("user %s must not be root", name);
		return -1;
	}
	u->of[p].uid = pw->pw_uid;
	u->of[p].gid = pw->pw_gid;
	u->of[p].extra = (gid_t)-1;
	return 0;
}

/* Whoever may open the Docker socket is root's equal: only the builder. */
static void
find_docker_group(const struct conf *c, struct users *u)
{
	struct stat st;
	struct group *gr;

	if (stat(c->docker, &st) == 0) {
		u->of[PROC_BUILDER].extra = st.st_gid;
		return;
	}
	log_warnx("%s: %s; builds wait until it is there", c->docker,
	    strerror(errno));
	if ((gr = getgrnam("docker")) != NULL)
		u->of[PROC_BUILDER].extra = gr->gr_gid;
}

/* Look all users up.  Returns 0, or -1 after naming each that is missing. */
int
users_find(const struct conf *c, struct users *u)
{
	struct group *gr;
	int p, ret = 0;

	memset(u, 0, sizeof(*u));
	for (p = PROC_EDGE; p < PROC_MAX; p++) {
		if (find_user(c, p, u) == -1)
			ret = -1;
	}
	if ((gr = getgrnam(c->group)) == NULL) {
		log_warnx("group %s is missing: make install adds it, or: "
			  "groupadd --system %s",
		    c->group, c->group);
		return -1;
	}
	u->ctl = gr->gr_gid;
	find_docker_group(c, u);
	return ret;
}
