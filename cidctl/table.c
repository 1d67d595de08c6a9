/*
 * Aligned columns.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define GAP 2 /* columns between two cells */

struct cell {
	char *text;
	enum print_colour colour;
};

struct table {
	struct cell *cells; /* row by row, the heads first */
	size_t len;
	size_t columns;
};

/* heads are as many as columns.  Ends the program when out of memory. */
struct table *
table_new(const char *const heads[], int columns)
{
	struct table *t;
	int i;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		err(1, NULL);
	t->columns = (size_t)columns;
	for (i = 0; i < columns; i++)
		table_cell(t, PRINT_STRONG, heads[i]);
	return t;
}

/* Add the next cell of the row; NULL and "" are shown as a dash. */
void
table_cell(struct table *t, enum print_colour colour, const char *text)
{
	struct cell *c;

	t->cells = reallocarray(t->cells, t->len + 1, sizeof(*t->cells));
	if (t->cells == NULL)
		err(1, NULL);
	c = &t->cells[t->len++];
	if (text == NULL || text[0] == '\0')
		text = "-";
	if ((c->text = strdup(text)) == NULL)
		err(1, NULL);
	c->colour = colour;
}

static size_t
column_width(const struct table *t, size_t column)
{
	size_t i, w, width = 0;

	for (i = column; i < t->len; i += t->columns) {
		if ((w = print_width(t->cells[i].text)) > width)
			width = w;
	}
	return width;
}

static void
print_row(const struct table *t, const struct cell *c, const size_t *widths)
{
	size_t i, pad;

	for (i = 0; i < t->columns; i++, c++) {
		print_colour(stdout, c->colour, c->text);
		if (i + 1 == t->columns)
			break;
		pad = widths[i] + GAP - print_width(c->text);
		printf("%*s", (int)pad, "");
	}
	putchar('\n');
}

/* Print it on standard output and free it. */
void
table_print(struct table *t)
{
	size_t i, widths[TABLE_COLUMNS];

	for (i = 0; i < t->columns; i++)
		widths[i] = column_width(t, i);
	for (i = 0; i < t->len; i += t->columns)
		print_row(t, &t->cells[i], widths);
	for (i = 0; i < t->len; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}
