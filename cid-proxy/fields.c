/*
 * Copies the fields of a head, as many lines at a time as follow each other
 * unchanged.  No I/O.
 */

#include "fields.h"
#include "http1.h"
#include "text.h"

/* Where line i begins; the empty line comes after the last. */
static size_t
line(const struct fields *f, int i)
{
	if (i < f->head->nfields)
		return f->head->fields[i].name.off;
	return f->head_len - 2;
}

void
fields_write(struct text *t, const struct fields *f)
{
	enum fields_fate fate = FIELDS_KEEP;
	int i, first = 0, n = f->head->nfields;

	for (i = 0; i <= n; i++) {
		if (i < n && (fate = f->fate(f->arg, i)) == FIELDS_KEEP)
			continue;
		if (i > first)
			text_put(t, f->buf + line(f, first),
			    line(f, i) - line(f, first));
		if (i < n && fate == FIELDS_EDIT)
			f->edit(t, f->arg, i);
		first = i + 1;
	}
}
