/*
 * What can be typed.
 */

#include <string.h>

#include "ctl.h"
#include "usage.h"

static const struct {
	const char *name;
	const char *args;
	const char *what;
} commands[] = {
	{ "list", "", "the projects and their last builds" },
	{ "status", "[project]", "what runs, and the way back" },
	{ "deploy", "[-w] [-e environment] [-c commit] project",
	    "build and release a branch's head, or a commit" },
	{ "builds", "[-n number] project", "the last builds" },
	{ "logs", "[-f] project | build", "the log of a build" },
	{ "cancel", "build", "end a build, or take it off the queue" },
	{ "rollback", "[-e environment] [-v number] project",
	    "go back to what ran before, or to a build" },
	{ "project apply", "[option ...] file", "make or change a project" },
	{ "project show", "project", "a project's settings and webhook" },
	{ "project delete", "[-y] project",
	    "remove a project and all that is its" },
	{ "health", "", "whether cid itself is well" },
	{ "reconcile", "[--adopt | --purge]",
	    "compare what runs with what should" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

void
usage_all(FILE *fp)
{
	size_t i;

	fputs("usage: cidctl [-j] [-H url | -s socket] command ...\n\n", fp);
	for (i = 0; i < COMMANDS; i++)
		fprintf(fp, "  %-14s  %s\n", commands[i].name,
		    commands[i].what);
	fputs("\nA build is a project's newest (hello), one by its number "
	      "(hello/12) or by its id (57).\ncidctl(8) tells the rest.\n",
	    fp);
}

/*
 * Say how one command is used, or all those that begin with that word.
 * Returns CTL_USAGE, or CTL_DONE when there is none.
 */
int
usage_of(const char *command)
{
	size_t i, len = strlen(command);
	int ret = CTL_DONE;

	for (i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i].name, command, len) != 0 ||
		    (commands[i].name[len] != '\0' &&
			commands[i].name[len] != ' '))
			continue;
		fprintf(stderr, "%s cidctl %s %s\n",
		    ret == CTL_DONE ? "usage:" : "      ", commands[i].name,
		    commands[i].args);
		ret = CTL_USAGE;
	}
	return ret;
}
