/*
 * The defaults of cid.conf(5), what must hold between its settings, and how
 * they are printed by cid -nv.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "addr.h"
#include "conf.h"

#define MIB (1024ULL * 1024)
#define UNIX_PATH_MAX 96 /* leaves room for "/front/api.sock" */

/* Fill c with settings that work on a machine nobody prepared. */
void
conf_default(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	strlcpy(c->data, "/var/cid", sizeof(c->data));
	strlcpy(c->keys, "/etc/cid", sizeof(c->keys));
	strlcpy(c->run, "/run/cid", sizeof(c->run));
	strlcpy(c->docker, "/var/run/docker.sock", sizeof(c->docker));
	strlcpy(c->user_prefix, "_cid", sizeof(c->user_prefix));
	strlcpy(c->group, "cid", sizeof(c->group));
	strlcpy(c->firewall_table, "cid", sizeof(c->firewall_table));
	c->workers = 1;
	c->clients_max = 4096;
	c->head_timeout = 10;
	c->idle_timeout = 60;
	c->connect_timeout = 5;
	c->upstream_timeout = 60;
	c->body_max = 1024 * MIB;
	c->pool.net = 0x0ad50000; /* 10.213.0.0/16 */
	c->pool.bits = 16;
	c->port_base = 9000;
	c->port_limit = 65535;
	c->builds_parallel = 2;
	c->build_timeout = 30 * 60;
	c->keep_builds = 10;
	c->memory_max = 4096 * MIB;
	c->pids_max = 4096;
	c->log_max = 64 * MIB;
	c->grace = 48 * 3600;
	c->warm = 3600;
	c->drain = 30;
	c->git_timeout = 600;
	c->git_max = 2048 * MIB;
	c->firewall = 1;
}

static int
parse_unit(const char *s, const char *units, const uint64_t *factors,
    uint64_t max, uint64_t *out)
{
	char digits[24];
	const char *err, *unit;
	uint64_t factor = 1;
	size_t n = strlen(s);

	if (n == 0 || strlcpy(digits, s, sizeof(digits)) >= sizeof(digits))
		return -1;
	if ((unit = strchr(units, s[n - 1])) != NULL) {
		factor = factors[unit - units];
		digits[n - 1] = '\0';
	}
	*out = (uint64_t)strtonum(digits, 0, (long long)(max / factor), &err);
	*out *= factor;
	return err == NULL ? 0 : -1;
}

/* "90", "90s", "10m", "48h", "7d" to seconds.  Returns 0 or -1. */
int
conf_duration(const char *s, uint32_t *seconds)
{
	static const uint64_t factors[] = { 1, 60, 3600, 86400 };
	uint64_t n;

	if (parse_unit(s, "smhd", factors, 86400ULL * 3650, &n) == -1)
		return -1;
	*seconds = (uint32_t)n;
	return 0;
}

/* "4096", "64K", "512M", "2G" to bytes.  Returns 0 or -1. */
int
conf_size(const char *s, uint64_t *bytes)
{
	static const uint64_t factors[] = { 1024, MIB, 1024 * MIB };

	return parse_unit(s, "KMG", factors, 1ULL << 50, bytes);
}

static int
complain(const char *file, const char *what, const char *value)
{
	fprintf(stderr, "%s: %s%s\n", file, what, value);
	return -1;
}

static int
is_address(const char *s)
{
	struct in6_addr buf;

	return inet_pton(AF_INET, s, &buf) == 1 ||
	    inet_pton(AF_INET6, s, &buf) == 1;
}

static int
check_listeners(const struct conf_listen *l, uint32_t len, const char *file)
{
	uint32_t i, j;

	for (i = 0; i < len; i++) {
		if (!is_address(l[i].address))
			return complain(file,
			    "listen: not an address: ", l[i].address);
		for (j = 0; j < i; j++) {
			if (l[i].port == l[j].port &&
			    strcmp(l[i].address, l[j].address) == 0)
				return complain(file,
				    "listen: given twice: ", l[i].address);
		}
	}
	return 0;
}

/* A name that ends up in a command of nft(8) or a user name. */
static int
is_word(const char *s)
{
	return s[0] != '\0' && (s[0] < '0' || s[0] > '9') && s[0] != '-' &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static int
check_blocks(const struct conf *c, const char *file)
{
	char address[64], *slash;
	const char *err = NULL;
	uint32_t i;

	for (i = 0; i < c->block_len; i++) {
		strlcpy(address, c->block[i].text, sizeof(address));
		if ((slash = strchr(address, '/')) != NULL) {
			*slash++ = '\0';
			strtonum(slash, 0, 128, &err);
		}
		if (err != NULL || !is_address(address))
			return complain(file, "firewall block: not a network: ",
			    c->block[i].text);
	}
	return 0;
}

static void
default_urls(struct conf *c)
{
	const char *host;

	if (c->proxy_len == 0) {
		strlcpy(c->proxy[0].address, "0.0.0.0",
		    sizeof(c->proxy[0].address));
		c->proxy[0].port = 8080;
		c->proxy_len = 1;
	}
	if (c->api_len == 0) {
		strlcpy(c->api[0].address, "127.0.0.1",
		    sizeof(c->api[0].address));
		c->api[0].port = 3000;
		c->api_len = 1;
	}
	host = c->domain[0] != '\0' ? c->domain : "127.0.0.1";
	if (c->public_url[0] == '\0')
		snprintf(c->public_url, sizeof(c->public_url),
		    "http://%.200s:%u", host, c->proxy[0].port);
	if (c->api_url[0] == '\0')
		snprintf(c->api_url, sizeof(c->api_url), "http://%.200s:%u",
		    host, c->api[0].port);
}

static int
check_url(const char *url, const char *what, const char *file)
{
	size_t n = strlen(url);

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return complain(file, what,
		    ": must begin with http:// or "
		    "https://");
	if (n > 0 && url[n - 1] == '/')
		return complain(file, what, ": no slash at the end, please");
	return 0;
}

/*
 * Complete what was left out and check what must hold between settings.
 * Returns 0, or -1 after printing why.
 */
int
conf_finish(struct conf *c, const char *file)
{
	default_urls(c);
	if (check_listeners(c->proxy, c->proxy_len, file) == -1 ||
	    check_listeners(c->api, c->api_len, file) == -1 ||
	    check_blocks(c, file) == -1 ||
	    check_url(c->public_url, "url", file) == -1 ||
	    check_url(c->api_url, "api url", file) == -1)
		return -1;
	if (!is_word(c->firewall_table))
		return complain(file,
		    "firewall table: not a name: ", c->firewall_table);
	if (!is_word(c->user_prefix))
		return complain(file,
		    "users: not the beginning of a name: ", c->user_prefix);
	if (strlen(c->run) > UNIX_PATH_MAX)
		return complain(file, "run: too long for a socket: ", c->run);
	if (c->warm > c->grace)
		c->warm = c->grace;
	return 0;
}

/* The host of an address that check_url() passed; returns its length. */
static size_t
url_host(const char *url, const char **host)
{
	*host = strstr(url, "://") + 3;
	return **host == '[' ? strcspn(*host, "]") : strcspn(*host, ":/");
}

/*
 * Say what is allowed, but better otherwise: cookies do not know ports, so on
 * one host a project could get at what a browser keeps for cid (S13).
 */
void
conf_warn(const struct conf *c, const char *file)
{
	const char *apps, *api;
	size_t len = url_host(c->public_url, &apps);

	if (len == url_host(c->api_url, &api) &&
	    strncasecmp(apps, api, len) == 0)
		fprintf(stderr,
		    "%s: warning: url and api url share the host %.*s, and "
		    "so their cookies\n",
		    file, (int)len, apps);
}

static void
print_times(const struct conf *c, FILE *fp)
{
	fprintf(fp, "proxy head timeout %us\n", c->head_timeout);
	fprintf(fp, "proxy idle timeout %us\n", c->idle_timeout);
	fprintf(fp, "proxy connect timeout %us\n", c->connect_timeout);
	fprintf(fp, "proxy upstream timeout %us\n", c->upstream_timeout);
	fprintf(fp, "builds timeout %us\n", c->build_timeout);
	fprintf(fp, "grace %us\nwarm %us\ndrain %us\n", c->grace, c->warm,
	    c->drain);
	fprintf(fp, "git timeout %us\n", c->git_timeout);
}

static void
print_lists(const struct conf *c, FILE *fp)
{
	uint32_t i;

	for (i = 0; i < c->proxy_len; i++)
		fprintf(fp, "listen proxy on %s port %u\n", c->proxy[i].address,
		    c->proxy[i].port);
	for (i = 0; i < c->api_len; i++)
		fprintf(fp, "listen api on %s port %u\n", c->api[i].address,
		    c->api[i].port);
	for (i = 0; i < c->git_local_len; i++)
		fprintf(fp, "git local \"%s\"\n", c->git_local[i]);
	for (i = 0; i < c->allow_len; i++)
		fprintf(fp, "outgoing allow \"%s\" port %u\n", c->allow[i].host,
		    c->allow[i].port);
	for (i = 0; i < c->registries_len; i++)
		fprintf(fp, "registry allow \"%s\"\n", c->registries[i]);
	for (i = 0; i < c->block_len; i++)
		fprintf(fp, "firewall block \"%s\"\n", c->block[i].text);
}

/* Print all settings so that the result is a valid file again. */
void
conf_print(const struct conf *c, FILE *fp)
{
	char pool[32];

	fprintf(fp, "data \"%s\"\nkeys \"%s\"\nrun \"%s\"\n", c->data, c->keys,
	    c->run);
	fprintf(fp, "users \"%s\"\ngroup \"%s\"\n", c->user_prefix, c->group);
	fprintf(fp, "docker socket \"%s\"\n", c->docker);
	if (c->cgroup_parent[0] != '\0')
		fprintf(fp, "docker cgroup \"%s\"\n", c->cgroup_parent);
	if (c->domain[0] != '\0')
		fprintf(fp, "domain \"%s\"\n", c->domain);
	fprintf(fp, "url \"%s\"\napi url \"%s\"\n", c->public_url, c->api_url);
	fprintf(fp, "pool %s/%u\n", addr_print(c->pool.net, pool, sizeof(pool)),
	    c->pool.bits);
	if (c->port_limit == 0)
		fprintf(fp, "ports none\n");
	else
		fprintf(fp, "ports production %u to %u\n", c->port_base,
		    c->port_limit);
	fprintf(fp, "proxy workers %u\nproxy clients %u\n", c->workers,
	    c->clients_max);
	fprintf(fp, "proxy body size %llu\n", (unsigned long long)c->body_max);
	fprintf(fp, "builds parallel %u\nbuilds keep %u\nbuilds pids %u\n",
	    c->builds_parallel, c->keep_builds, c->pids_max);
	fprintf(fp, "builds memory %llu\nbuilds log size %llu\n",
	    (unsigned long long)c->memory_max, (unsigned long long)c->log_max);
	if (c->nano_cpus_max != 0)
		fprintf(fp, "builds cpus %g\n", (double)c->nano_cpus_max / 1e9);
	print_times(c, fp);
	fprintf(fp, "git size %llu\n", (unsigned long long)c->git_max);
	if (c->git_ca[0] != '\0')
		fprintf(fp, "git ca \"%s\"\n", c->git_ca);
	print_lists(c, fp);
	fprintf(fp, "firewall %s\nfirewall table \"%s\"\n",
	    c->firewall ? "yes" : "no", c->firewall_table);
}
