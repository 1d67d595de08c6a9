/*
 * The only way of what a server said to the user (S21): nothing of it may
 * move the cursor, change the title or pretend to be somebody else's words.
 */

#include <err.h>
#include <locale.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include <json-c/json.h>

#include "print.h"
#include "utf8.h"

#define ERROR_MAX 4096

static const char *const colours[] = {
	[PRINT_PLAIN] = "",
	[PRINT_GOOD] = "\033[32m",
	[PRINT_BAD] = "\033[31m",
	[PRINT_BUSY] = "\033[33m",
	[PRINT_FAINT] = "\033[2m",
	[PRINT_STRONG] = "\033[1m",
};

static int wants_colour;

/* Call it first.  Colours are for terminals, and for who likes them. */
void
print_init(void)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	setlocale(LC_CTYPE, "C.UTF-8");
	wants_colour = (no == NULL || no[0] == '\0') &&
	    (term == NULL || strcmp(term, "dumb") != 0);
}

int
print_is_terminal(FILE *fp)
{
	return isatty(fileno(fp));
}

/* Show what can't be printed as something that can. */
static void
escape(FILE *fp, const char *s, size_t n, uint32_t code)
{
	uint8_t c = (uint8_t)s[0];

	if (n == 0)
		fprintf(fp, "\\x%02x", c);
	else if (code < 0x20)
		fprintf(fp, "^%c", c + '@');
	else if (code == 0x7f)
		fputs("^?", fp);
	else
		fprintf(fp, "<U+%04X>", code);
}

/* How long the escape sequence is if it only sets colours, else 0. */
static size_t
sgr_len(const char *s, size_t len)
{
	size_t i = 2;

	if (len < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	while (i < len && i < 64 && strchr("0123456789;:", s[i]) != NULL &&
	    s[i] != '\0')
		i++;
	return i < len && s[i] == 'm' ? i + 1 : 0;
}

static size_t
put_one(FILE *fp, const char *s, size_t len)
{
	uint32_t code = 0;
	size_t n;

	n = utf8_next(s, len, &code);
	if (n > 0 && utf8_is_printable(code))
		fwrite(s, 1, n, fp);
	else
		escape(fp, s, n, code);
	return n == 0 ? 1 : n;
}

/* Any string, within a line. */
void
print_text(FILE *fp, const char *s)
{
	size_t i, len = strlen(s);

	for (i = 0; i < len;)
		i += put_one(fp, s + i, len - i);
}

void
print_colour(FILE *fp, enum print_colour colour, const char *s)
{
	int use = wants_colour && colour != PRINT_PLAIN && isatty(fileno(fp));

	if (use)
		fputs(colours[colour], fp);
	print_text(fp, s);
	if (use)
		fputs("\033[0m", fp);
}

/* Columns that print_text() takes, as far as it can be known. */
size_t
print_width(const char *s)
{
	size_t i, len = strlen(s), n, width = 0;
	uint32_t code;
	int w;

	for (i = 0; i < len; i += n == 0 ? 1 : n) {
		n = utf8_next(s + i, len - i, &code);
		if (n > 0 && utf8_is_printable(code))
			width +=
			    (w = wcwidth((wchar_t)code)) > 0 ? (size_t)w : 0;
		else if (n > 0 && (code < 0x20 || code == 0x7f))
			width += 2;
		else
			width += n == 0 ? 4 : code > 0xffff ? 9 : 8;
	}
	return width;
}

/*
 * A line of a log, without its newline.  On a terminal tabs and colours are
 * kept, and no colour lasts longer than its line; else all of it is.
 */
void
print_log(FILE *fp, const char *s, size_t len)
{
	size_t i, n;
	int coloured = 0;

	if (!isatty(fileno(fp))) {
		fwrite(s, 1, len, fp);
		putc('\n', fp);
		return;
	}
	for (i = 0; i < len; i += n) {
		if ((n = sgr_len(s + i, len - i)) > 0) {
			coloured = wants_colour;
			if (wants_colour)
				fwrite(s + i, 1, n, fp);
		} else if (s[i] == '\t') {
			putc('\t', fp);
			n = 1;
		} else {
			n = put_one(fp, s + i, len - i);
		}
	}
	fputs(coloured ? "\033[0m\n" : "\n", fp);
}

static void
put_json_escape(uint32_t code)
{
	if (code > 0xffff) {
		code -= 0x10000;
		printf("\\u%04x\\u%04x", 0xd800 + (code >> 10),
		    0xdc00 + (code & 0x3ff));
	} else {
		printf("\\u%04x", code);
	}
}

/* JSON on one line; what a terminal might act on is escaped as JSON can. */
void
print_json(struct json_object *o)
{
	const char *s;
	uint32_t code;
	size_t i, len, n;

	s = json_object_to_json_string_length(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	for (i = 0; s != NULL && i < len; i += n) {
		n = utf8_next(s + i, len - i, &code);
		if (n == 0) {
			fputs("\\ufffd", stdout);
			n = 1;
		} else if (utf8_is_printable(code)) {
			fwrite(s + i, 1, n, stdout);
		} else {
			put_json_escape(code);
		}
	}
	putchar('\n');
}

/* One line on standard error, "cidctl: " before it. */
void
print_error(const char *fmt, ...)
{
	char text[ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fflush(stdout);
	fputs("cidctl: ", stderr);
	print_text(stderr, text);
	putc('\n', stderr);
}
