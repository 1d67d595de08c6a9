/*
 * Reads what libFuzzer makes as one of the documents.  What is read must
 * print, and what was printed must be read as the same again; what is not
 * must say why and leave nothing behind.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"
#include "spec.h"
#include "spec_release.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct schema *const schemas[] = {
	&spec_job_schema,
	&spec_source_schema,
	&spec_fetch_schema,
	&spec_build_schema,
	&spec_result_schema,
	&spec_release_schema,
	&spec_env_schema,
};

#define SCHEMAS (sizeof(schemas) / sizeof(schemas[0]))

static void
must(int holds)
{
	if (!holds)
		abort();
}

static int
is_zero(const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (p[i] != 0)
			return 0;
	}
	return 1;
}

static void
check_again(const struct schema *s, const void *in, void *spec)
{
	struct schema_error e;
	char *first, *second;
	size_t len;

	must((first = schema_print(s, in, &len)) != NULL);
	must(schema_parse(s, first, len, spec, NULL, &e) == 0);
	must((second = schema_print(s, spec, NULL)) != NULL);
	must(strcmp(first, second) == 0);
	schema_free(s, spec);
	free(first);
	free(second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct schema *s;
	struct schema_error e;
	uint64_t present;
	void *spec, *again;

	if (len < 1)
		return 0;
	s = schemas[data[0] % SCHEMAS];
	must((spec = malloc(s->size)) != NULL);
	must((again = malloc(s->size)) != NULL);
	memset(spec, 0xa5, s->size);
	if (schema_parse(s, (const char *)data + 1, len - 1, spec, &present,
		&e) == 0) {
		check_again(s, spec, again);
		schema_free(s, spec);
	} else {
		must(e.reason[0] != '\0');
		must(present == 0 && is_zero(spec, s->size));
	}
	free(spec);
	free(again);
	return 0;
}
