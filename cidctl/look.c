/*
 * Which state has which colour.  Pure.
 */

#include <string.h>

#include "look.h"

/* Of a build. */
enum print_colour
look_status(const char *s)
{
	if (strcmp(s, "Success") == 0)
		return PRINT_GOOD;
	if (strcmp(s, "Failed") == 0)
		return PRINT_BAD;
	if (strcmp(s, "Building") == 0 || strcmp(s, "Deploying") == 0)
		return PRINT_BUSY;
	return PRINT_PLAIN;
}

/* Of a slot. */
enum print_colour
look_slot(const char *s)
{
	if (strcmp(s, "active") == 0)
		return PRINT_GOOD;
	if (strcmp(s, "deployed") == 0)
		return PRINT_BUSY;
	if (strcmp(s, "empty") == 0)
		return PRINT_FAINT;
	return PRINT_PLAIN;
}

/* Of a container. */
enum print_colour
look_health(const char *s)
{
	if (strcmp(s, "healthy") == 0)
		return PRINT_GOOD;
	if (strcmp(s, "failed") == 0)
		return PRINT_BAD;
	if (strcmp(s, "checking") == 0)
		return PRINT_BUSY;
	return PRINT_FAINT;
}
