/*
 * Loads the table of etc/cid.nft by nft(8) (S7), and refuses a pool that
 * overlaps a network of the host.
 */

#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "conf.h"
#include "firewall.h"
#include "log.h"
#include "users.h"

#define TEMPLATE CID_SHAREDIR "/cid.nft"
#define WORD_MAX 32

struct filler {
	const struct conf *conf;
	const struct users *users;
	const char *instance;
};

static void
put_blocked(FILE *out, const struct conf *c, int v6)
{
	uint32_t i;

	for (i = 0; i < c->block_len; i++) {
		if ((strchr(c->block[i].text, ':') != NULL) == v6)
			fprintf(out, ", %s", c->block[i].text);
	}
}

/* Write what stands for one word of the template.  Returns 0 or -1. */
static int
put_word(FILE *out, const struct filler *f, const char *word)
{
	const struct users *u = f->users;
	char pool[32];

	if (strcmp(word, "table") == 0)
		fputs(f->conf->firewall_table, out);
	else if (strcmp(word, "bridge") == 0)
		fprintf(out, "cid-%.4s-", f->instance);
	else if (strcmp(word, "pool") == 0)
		fprintf(out, "%s/%u",
		    addr_print(f->conf->pool.net, pool, sizeof(pool)),
		    f->conf->pool.bits);
	else if (strcmp(word, "edge") == 0)
		fprintf(out, "%u", u->of[PROC_EDGE].uid);
	else if (strcmp(word, "admin") == 0)
		fprintf(out, "%u", u->of[PROC_ADMIN].uid);
	else if (strcmp(word, "api") == 0)
		fprintf(out, "%u", u->of[PROC_API].uid);
	else if (strcmp(word, "builder") == 0)
		fprintf(out, "%u", u->of[PROC_BUILDER].uid);
	else if (strcmp(word, "blocked4") == 0)
		put_blocked(out, f->conf, 0);
	else if (strcmp(word, "blocked6") == 0)
		put_blocked(out, f->conf, 1);
	else
		return -1;
	return 0;
}

/* Copy the template, with what stands between @ signs filled in. */
static int
fill_line(FILE *out, const struct filler *f, char *line)
{
	char *at, *end, word[WORD_MAX];

	if (line[strspn(line, " \t")] == '#')
		return 0;
	for (; (at = strchr(line, '@')) != NULL; line = end + 1) {
		fprintf(out, "%.*s", (int)(at - line), line);
		end = strchr(at + 1, '@');
		if (end == NULL) { /* a set of nft's own, "@blocked4" */
			fputs(at, out);
			return 0;
		}
		snprintf(word, sizeof(word), "%.*s", (int)(end - at - 1),
		    at + 1);
		if (put_word(out, f, word) == -1) {
			log_warnx("%s: no such word: @%s@", TEMPLATE, word);
			return -1;
		}
	}
	fputs(line, out);
	return 0;
}

static int
fill(FILE *out, const struct filler *f)
{
	FILE *in;
	char *line = NULL;
	size_t cap = 0;
	int ret = 0;

	if ((in = fopen(TEMPLATE, "re")) == NULL) {
		log_warn("%s", TEMPLATE);
		return -1;
	}
	/* Made, emptied and made again in one transaction of nft. */
	fprintf(out, "table inet %s\ndelete table inet %s\n",
	    f->conf->firewall_table, f->conf->firewall_table);
	while (ret == 0 && getline(&line, &cap, in) != -1)
		ret = fill_line(out, f, line);
	free(line);
	fclose(in);
	return ret;
}

static int
run_nft(const struct filler *f)
{
	FILE *out;
	pid_t pid;
	int p[2], status, bad;

	if (pipe(p) == -1) {
		log_warn("nft");
		return -1;
	}
	if ((pid = fork()) == -1) {
		log_warn("nft");
		close(p[0]);
		close(p[1]);
		return -1;
	}
	if (pid == 0) {
		dup2(p[0], STDIN_FILENO);
		closefrom(STDERR_FILENO + 1);
		execl("/usr/sbin/nft", "nft", "-f", "-", (char *)NULL);
		_exit(127);
	}
	close(p[0]);
	if ((out = fdopen(p[1], "w")) == NULL)
		fatal("nft");
	bad = fill(out, f);
	if (fclose(out) == EOF)
		bad = -1;
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_warnx(WIFEXITED(status) && WEXITSTATUS(status) == 127
			? "/usr/sbin/nft is missing: install nftables"
			: "nft refused the firewall table");
		return -1;
	}
	return bad;
}

/*
 * Load the firewall table.  Returns 0 when it stands (or none is wanted),
 * -1 after logging why; then nothing is built or released (NO_FIREWALL).
 */
int
firewall_load(const struct conf *c, const struct users *u, const char *instance)
{
	struct filler f = { c, u, instance };

	if (!c->firewall)
		return 0;
	return run_nft(&f);
}

/* One line of /proc/net/route; addresses are hex in network byte order. */
struct route_line {
	const char *name;
	uint32_t dest;
	uint32_t mask;
};

#define ROUTE_DEST 1 /* columns */
#define ROUTE_MASK 7

static int
read_route(char *line, struct route_line *r)
{
	char *word, *rest = line, *end = line;
	unsigned long n;
	int i;

	if ((r->name = strtok_r(NULL, "\t ", &rest)) == NULL)
		return -1;
	for (i = ROUTE_DEST; i <= ROUTE_MASK; i++) {
		if ((word = strtok_r(NULL, "\t ", &rest)) == NULL)
			return -1;
		n = strtoul(word, &end, 16);
		if (i == ROUTE_DEST)
			r->dest = ntohl((uint32_t)n);
	}
	r->mask = ntohl((uint32_t)n);
	return *end == '\0' ? 0 : -1;
}

/*
 * Refuse a pool that a route of the host overlaps (POOL_OVERLAPS); cid's own
 * bridges do not count.  Returns 0, or -1 after logging which.
 */
int
firewall_check_pool(const struct conf *c, const char *instance)
{
	struct route_line r;
	char line[256], own[16], net[32];
	uint32_t mask = 0xffffffffU << (32 - c->pool.bits);
	FILE *fp;
	int ret = 0;

	snprintf(own, sizeof(own), "cid-%.4s-", instance);
	if ((fp = fopen("/proc/net/route", "re")) == NULL) {
		log_warn("/proc/net/route");
		return -1;
	}
	while (fgets(line, sizeof(line), fp) != NULL) {
		if (read_route(line, &r) == -1 || r.mask == 0 ||
		    strncmp(r.name, own, strlen(own)) == 0 ||
		    ((r.dest ^ c->pool.net) & r.mask & mask) != 0)
			continue;
		log_warnx("pool %s/%u overlaps the network of %s "
			  "(POOL_OVERLAPS): choose another in cid.conf",
		    addr_print(c->pool.net, net, sizeof(net)), c->pool.bits,
		    r.name);
		ret = -1;
	}
	fclose(fp);
	return ret;
}
