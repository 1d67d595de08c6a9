/*
 * The grammar of cid.conf(5).  Every line stands alone; an error is told
 * with its line and the rest is read on, so that one run shows them all.
 */

%{
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "addr.h"
#include "conf.h"
#include "lex.h"

static struct conf *conf;

static void yyerror(const char *);
static int yylex(void);

static void set_string(char *, size_t, char *, const char *);
static void set_path(char *, size_t, char *, const char *);
static void set_number(uint32_t *, int64_t, int64_t, int64_t, const char *);
static void set_seconds(uint32_t *, char *, const char *);
static void set_bytes(uint64_t *, char *, const char *);
static void set_cpus(char *);
static void set_pool(char *);
static void add_listen(struct conf_listen *, uint32_t *, char *, int64_t);
static void add_path(char (*)[CONF_PATH_MAX], uint32_t *, char *,
    const char *);
static void add_allow(char *, int64_t);
static void add_registry(char *);
static void add_block(char *);
static char *number_text(int64_t);

#define SET_STRING(member, s, what) \
	set_string(conf->member, sizeof(conf->member), s, what)
#define SET_PATH(member, s, what) \
	set_path(conf->member, sizeof(conf->member), s, what)
%}

%define parse.error verbose

%union {
	char *string;
	int64_t number;
}

%token ALLOW API BLOCK BODY BUILDS CA CGROUP CLIENTS CONNECT CPUS DATA DOCKER
%token DOMAIN DRAIN FIREWALL GIT GRACE GROUP HEAD IDLE KEEP KEYS LISTEN LOCAL
%token LOG MEMORY NO NONE ON OUTGOING PARALLEL PIDS POOL PORT PORTS PRODUCTION
%token PROXY REGISTRY RUN SIZE SOCKET TABLE TIMEOUT TO UPSTREAM URL USERS WARM
%token WORKERS YES ERROR
%token <string> STRING
%token <number> NUMBER
%type <string> amount
%type <number> upto

%%

file	: /* empty */
	| file '\n'
	| file line '\n'
	| file error '\n' { yyerrok; }
	;

line	: DATA STRING { SET_PATH(data, $2, "data"); }
	| KEYS STRING { SET_PATH(keys, $2, "keys"); }
	| RUN STRING { SET_PATH(run, $2, "run"); }
	| USERS STRING { SET_STRING(user_prefix, $2, "users"); }
	| GROUP STRING { SET_STRING(group, $2, "group"); }
	| DOCKER SOCKET STRING { SET_PATH(docker, $3, "docker socket"); }
	| DOCKER CGROUP STRING {
		SET_STRING(cgroup_parent, $3, "docker cgroup");
	}
	| DOMAIN STRING { SET_STRING(domain, $2, "domain"); }
	| URL STRING { SET_STRING(public_url, $2, "url"); }
	| API URL STRING { SET_STRING(api_url, $3, "api url"); }
	| LISTEN PROXY ON STRING PORT NUMBER {
		add_listen(conf->proxy, &conf->proxy_len, $4, $6);
	}
	| LISTEN API ON STRING PORT NUMBER {
		add_listen(conf->api, &conf->api_len, $4, $6);
	}
	| POOL STRING { set_pool($2); }
	| PORTS PRODUCTION NUMBER upto {
		set_number(&conf->port_base, $3, 1024, 65000,
		    "ports production");
		set_number(&conf->port_limit, $4, $3, 65535,
		    "ports production ... to");
	}
	| PORTS NONE { conf->port_limit = 0; }
	| PROXY WORKERS NUMBER {
		set_number(&conf->workers, $3, 1, CONF_WORKERS_MAX,
		    "proxy workers");
	}
	| PROXY CLIENTS NUMBER {
		set_number(&conf->clients_max, $3, 16, 1000000,
		    "proxy clients");
	}
	| PROXY BODY SIZE amount {
		set_bytes(&conf->body_max, $4, "proxy body size");
	}
	| PROXY HEAD TIMEOUT amount {
		set_seconds(&conf->head_timeout, $4, "proxy head timeout");
	}
	| PROXY IDLE TIMEOUT amount {
		set_seconds(&conf->idle_timeout, $4, "proxy idle timeout");
	}
	| PROXY CONNECT TIMEOUT amount {
		set_seconds(&conf->connect_timeout, $4,
		    "proxy connect timeout");
	}
	| PROXY UPSTREAM TIMEOUT amount {
		set_seconds(&conf->upstream_timeout, $4,
		    "proxy upstream timeout");
	}
	| BUILDS PARALLEL NUMBER {
		set_number(&conf->builds_parallel, $3, 1, 64,
		    "builds parallel");
	}
	| BUILDS TIMEOUT amount {
		set_seconds(&conf->build_timeout, $3, "builds timeout");
	}
	| BUILDS KEEP NUMBER {
		set_number(&conf->keep_builds, $3, 1, 1000, "builds keep");
	}
	| BUILDS MEMORY amount {
		set_bytes(&conf->memory_max, $3, "builds memory");
	}
	| BUILDS CPUS amount { set_cpus($3); }
	| BUILDS PIDS NUMBER {
		set_number(&conf->pids_max, $3, 16, 4194304, "builds pids");
	}
	| BUILDS LOG SIZE amount {
		set_bytes(&conf->log_max, $4, "builds log size");
	}
	| GRACE amount { set_seconds(&conf->grace, $2, "grace"); }
	| WARM amount { set_seconds(&conf->warm, $2, "warm"); }
	| DRAIN amount { set_seconds(&conf->drain, $2, "drain"); }
	| GIT CA STRING { SET_PATH(git_ca, $3, "git ca"); }
	| GIT LOCAL STRING {
		add_path(conf->git_local, &conf->git_local_len, $3,
		    "git local");
	}
	| GIT TIMEOUT amount {
		set_seconds(&conf->git_timeout, $3, "git timeout");
	}
	| GIT SIZE amount { set_bytes(&conf->git_max, $3, "git size"); }
	| OUTGOING ALLOW STRING { add_allow($3, 0); }
	| OUTGOING ALLOW STRING PORT NUMBER { add_allow($3, $5); }
	| REGISTRY ALLOW STRING { add_registry($3); }
	| FIREWALL YES { conf->firewall = 1; }
	| FIREWALL NO { conf->firewall = 0; }
	| FIREWALL TABLE STRING {
		SET_STRING(firewall_table, $3, "firewall table");
	}
	| FIREWALL BLOCK STRING { add_block($3); }
	;

amount	: STRING
	| NUMBER { $$ = number_text($1); }
	;

upto	: /* empty */ { $$ = 65535; }
	| TO NUMBER { $$ = $2; }
	;

%%

static void
yyerror(const char *what)
{
	lex_error("%s", what);
}

static int
yylex(void)
{
	return lex_next();
}

static char *
number_text(int64_t n)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%lld", (long long)n);
	return strdup(buf);
}

/* Copy s and free it. */
static void
set_string(char *to, size_t size, char *s, const char *what)
{
	if (s == NULL || strlcpy(to, s, size) >= size)
		lex_error("%s: longer than %zu bytes", what, size - 1);
	free(s);
}

static void
set_path(char *to, size_t size, char *s, const char *what)
{
	if (s != NULL && s[0] != '/')
		lex_error("%s: %s is not an absolute path", what, s);
	set_string(to, size, s, what);
}

static void
set_number(uint32_t *to, int64_t n, int64_t min, int64_t max,
    const char *what)
{
	if (n < min || n > max)
		lex_error("%s: %lld is not between %lld and %lld", what,
		    (long long)n, (long long)min, (long long)max);
	else
		*to = (uint32_t)n;
}

static void
set_seconds(uint32_t *to, char *s, const char *what)
{
	if (s == NULL || conf_duration(s, to) == -1)
		lex_error("%s: '%s' is not a time such as 30s, 10m, 48h",
		    what, s == NULL ? "" : s);
	free(s);
}

static void
set_bytes(uint64_t *to, char *s, const char *what)
{
	if (s == NULL || conf_size(s, to) == -1)
		lex_error("%s: '%s' is not a size such as 512M or 2G", what,
		    s == NULL ? "" : s);
	free(s);
}

static void
set_cpus(char *s)
{
	char *end = NULL;
	double n = s == NULL ? 0 : strtod(s, &end);

	if (s == NULL || *end != '\0' || n < 0.01 || n > 1024)
		lex_error("builds cpus: '%s' is not a number of CPUs",
		    s == NULL ? "" : s);
	else
		conf->nano_cpus_max = (uint64_t)(n * 1e9);
	free(s);
}

static void
set_pool(char *s)
{
	if (s == NULL || addr_parse_pool(s, &conf->pool) == -1)
		lex_error("pool: '%s' is not an IPv4 network from /8 to /26",
		    s == NULL ? "" : s);
	free(s);
}

static void
add_listen(struct conf_listen *list, uint32_t *len, char *s, int64_t port)
{
	if (*len == CONF_LISTEN_MAX) {
		lex_error("listen: more than %d addresses", CONF_LISTEN_MAX);
	} else {
		set_number(&list[*len].port, port, 1, 65535, "port");
		set_string(list[*len].address, sizeof(list[*len].address), s,
		    "listen");
		(*len)++;
		return;
	}
	free(s);
}

static void
add_path(char (*list)[CONF_PATH_MAX], uint32_t *len, char *s,
    const char *what)
{
	if (*len == CONF_LIST_MAX) {
		lex_error("%s: more than %d", what, CONF_LIST_MAX);
		free(s);
		return;
	}
	set_path(list[(*len)++], CONF_PATH_MAX, s, what);
}

static void
add_allow(char *s, int64_t port)
{
	struct conf_hostport *hp;

	if (conf->allow_len == CONF_LIST_MAX) {
		lex_error("outgoing allow: more than %d", CONF_LIST_MAX);
		free(s);
		return;
	}
	hp = &conf->allow[conf->allow_len++];
	set_number(&hp->port, port, 0, 65535, "port");
	set_string(hp->host, sizeof(hp->host), s, "outgoing allow");
}

static void
add_registry(char *s)
{
	if (conf->registries_len == CONF_LIST_MAX) {
		lex_error("registry allow: more than %d", CONF_LIST_MAX);
		free(s);
		return;
	}
	set_string(conf->registries[conf->registries_len++], CONF_HOST_MAX, s,
	    "registry allow");
}

static void
add_block(char *s)
{
	if (conf->block_len == CONF_LIST_MAX) {
		lex_error("firewall block: more than %d", CONF_LIST_MAX);
		free(s);
		return;
	}
	SET_STRING(block[conf->block_len].text, s, "firewall block");
	conf->block_len++;
}

/*
 * Read file into c, which holds the defaults.  Returns 0, or -1 after
 * printing each error as "file:line: what".  A missing file is fine when
 * missing_ok is set: the defaults work.
 */
int
conf_parse(struct conf *c, const char *file, int missing_ok)
{
	int errors;

	conf = c;
	if (lex_open(file) == -1) {
		if (errno == ENOENT && missing_ok)
			return conf_finish(c, file);
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		return -1;
	}
	yyparse();
	errors = lex_errors();
	lex_close();
	if (errors > 0)
		return -1;
	return conf_finish(c, file);
}
