/*
 * The migrations, embedded as they are in schema/.  A file is never edited
 * once released; a change is the next number, here and in DB_VERSION.
 */

#include <stddef.h>

#include "db.h"
#include "db_schema.h"

#define EMBED(number) \
	__asm__(".pushsection .rodata\n" \
		".hidden schema_" #number "\n" \
		".globl schema_" #number "\n" \
		"schema_" #number ":\n" \
		".incbin \"cid-api/schema/" #number ".sql\"\n" \
		".byte 0\n" \
		".popsection\n"); \
	extern const char schema_##number[] \
	    __attribute__((visibility("hidden")))

EMBED(001);

/* The text that brings a database from version - 1 to version. */
const char *
db_schema(int version)
{
	static const char *const texts[DB_VERSION] = { schema_001 };

	return version >= 1 && version <= DB_VERSION ? texts[version - 1]
						     : NULL;
}
