/*
 * The words of cid.conf(5): keywords, numbers, strings in quotes or bare,
 * comments from # to the end of the line, a backslash that joins lines.
 */

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "conf.h"
#include "lex.h"
#include "parse.h"

#define WORD_MAX 512

static struct {
	FILE *fp;
	const char *name;
	int line;
	int at_end; /* of the line: count it with the next word */
	int errors;
	int error_line;
	char word[WORD_MAX];
} in;

/* Sorted, for bsearch(3). */
static const struct keyword {
	const char *word;
	int token;
} keywords[] = {
	{ "allow", ALLOW },
	{ "api", API },
	{ "block", BLOCK },
	{ "body", BODY },
	{ "builds", BUILDS },
	{ "ca", CA },
	{ "cgroup", CGROUP },
	{ "clients", CLIENTS },
	{ "connect", CONNECT },
	{ "cpus", CPUS },
	{ "data", DATA },
	{ "docker", DOCKER },
	{ "domain", DOMAIN },
	{ "drain", DRAIN },
	{ "firewall", FIREWALL },
	{ "git", GIT },
	{ "grace", GRACE },
	{ "group", GROUP },
	{ "head", HEAD },
	{ "idle", IDLE },
	{ "keep", KEEP },
	{ "keys", KEYS },
	{ "listen", LISTEN },
	{ "local", LOCAL },
	{ "log", LOG },
	{ "memory", MEMORY },
	{ "no", NO },
	{ "none", NONE },
	{ "on", ON },
	{ "outgoing", OUTGOING },
	{ "parallel", PARALLEL },
	{ "pids", PIDS },
	{ "pool", POOL },
	{ "port", PORT },
	{ "ports", PORTS },
	{ "production", PRODUCTION },
	{ "proxy", PROXY },
	{ "registry", REGISTRY },
	{ "run", RUN },
	{ "size", SIZE },
	{ "socket", SOCKET },
	{ "table", TABLE },
	{ "timeout", TIMEOUT },
	{ "to", TO },
	{ "upstream", UPSTREAM },
	{ "url", URL },
	{ "users", USERS },
	{ "warm", WARM },
	{ "workers", WORKERS },
	{ "yes", YES },
};

/* Start on a file.  Returns 0, or -1 with errno set. */
int
lex_open(const char *file)
{
	memset(&in, 0, sizeof(in));
	if ((in.fp = fopen(file, "re")) == NULL)
		return -1;
	in.name = file;
	in.line = 1;
	return 0;
}

void
lex_close(void)
{
	fclose(in.fp);
	in.fp = NULL;
}

int
lex_errors(void)
{
	return in.errors;
}

/* Print "file:line: what" and count it; a line has one error. */
void
lex_error(const char *fmt, ...)
{
	va_list ap;

	if (in.error_line == in.line)
		return;
	in.error_line = in.line;
	in.errors++;
	fprintf(stderr, "%s:%d: ", in.name, in.line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static int
next_char(void)
{
	int c, d;

	while ((c = getc(in.fp)) == '\\') {
		if ((d = getc(in.fp)) != '\n') {
			ungetc(d, in.fp);
			return '\\';
		}
		in.line++;
	}
	return c;
}

static int
skip_blank(void)
{
	int c;

	while ((c = next_char()) == ' ' || c == '\t' || c == '\r')
		;
	if (c == '#') {
		while (c != '\n' && c != EOF)
			c = getc(in.fp);
	}
	return c;
}

static int
keyword_cmp(const void *key, const void *elem)
{
	return strcmp(key, ((const struct keyword *)elem)->word);
}

static int
string_token(void)
{
	if ((yylval.string = strdup(in.word)) == NULL) {
		lex_error("out of memory");
		return ERROR;
	}
	return STRING;
}

static int
quoted(void)
{
	size_t n = 0;
	int c;

	while ((c = getc(in.fp)) != '"') {
		if (c == EOF || c == '\n') {
			ungetc(c, in.fp);
			lex_error("a quote is not closed");
			return ERROR;
		}
		if (n == sizeof(in.word) - 1) {
			lex_error("a string is longer than %d bytes",
			    WORD_MAX - 1);
			return ERROR;
		}
		in.word[n++] = (char)c;
	}
	in.word[n] = '\0';
	return string_token();
}

/* A word without quotes: a keyword, a number or a short string. */
static int
bare(int c)
{
	const struct keyword *k;
	const char *err;
	size_t n = 0;

	while (c != EOF && (isalnum(c) || strchr("_-./:@*[]%", c) != NULL)) {
		if (n == sizeof(in.word) - 1) {
			lex_error("a word is longer than %d bytes",
			    WORD_MAX - 1);
			return ERROR;
		}
		in.word[n++] = (char)c;
		c = next_char();
	}
	ungetc(c, in.fp);
	in.word[n] = '\0';
	k = bsearch(in.word, keywords, sizeof(keywords) / sizeof(keywords[0]),
	    sizeof(keywords[0]), keyword_cmp);
	if (k != NULL)
		return k->token;
	yylval.number = strtonum(in.word, 0, INT64_MAX, &err);
	return err == NULL ? NUMBER : string_token();
}

int
lex_next(void)
{
	int c;

	in.line += in.at_end;
	in.at_end = 0;
	c = skip_blank();
	if (c == EOF)
		return 0;
	if (c == '\n') {
		in.at_end = 1;
		return '\n';
	}
	if (c == '"')
		return quoted();
	if (isalnum(c) || strchr("_-./:@*[]%", c) != NULL)
		return bare(c);
	lex_error("unexpected character '%c'", isprint(c) ? c : '?');
	return ERROR;
}
