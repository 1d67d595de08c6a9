/*
 * cidctl: the command line of cid.
 */

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "client.h"
#include "ctl.h"
#include "list.h"
#include "logs.h"
#include "print.h"
#include "project.h"
#include "release.h"
#include "server.h"
#include "usage.h"
#include "where.h"

/* argv[0] is the command's last word. */
static const struct command {
	const char *name; /* of one word, or two */
	int (*run)(struct ctl *, int argc, char **argv);
} commands[] = {
	{ "list", list_run },
	{ "status", list_status },
	{ "deploy", build_deploy },
	{ "builds", build_list },
	{ "logs", logs_run },
	{ "cancel", build_cancel },
	{ "rollback", release_rollback },
	{ "project apply", project_apply },
	{ "project show", project_show },
	{ "project delete", project_delete },
	{ "health", server_health },
	{ "reconcile", server_reconcile },
};

/* Returns how many words of argv name the command: 0, 1 or 2. */
static int
match(const char *name, int argc, char **argv)
{
	const char *second = strchr(name, ' ');
	size_t len = second == NULL ? strlen(name) : (size_t)(second - name);

	if (argc < 1 || strlen(argv[0]) != len ||
	    strncmp(argv[0], name, len) != 0)
		return 0;
	if (second == NULL)
		return 1;
	return argc > 1 && strcmp(argv[1], second + 1) == 0 ? 2 : 0;
}

static const struct command *
find(int argc, char **argv, int *words)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if ((*words = match(commands[i].name, argc, argv)) > 0)
			return &commands[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	const char *socket = NULL, *url = NULL;
	const struct command *cmd;
	struct ctl ctl = { NULL, 0 };
	struct where w;
	int c, ret, words;

	print_init();
	signal(SIGPIPE, SIG_DFL);
	while ((c = getopt(argc, argv, "+hH:js:")) != -1) {
		switch (c) {
		case 'h':
			usage_all(stdout);
			return CTL_DONE;
		case 'H':
			url = optarg;
			break;
		case 'j':
			ctl.is_json = 1;
			break;
		case 's':
			socket = optarg;
			break;
		default:
			usage_all(stderr);
			return CTL_USAGE;
		}
	}
	argc -= optind;
	argv += optind;
	if (argc == 0 || strcmp(argv[0], "help") == 0) {
		usage_all(argc == 0 ? stderr : stdout);
		return argc == 0 ? CTL_USAGE : CTL_DONE;
	}
	if ((cmd = find(argc, argv, &words)) == NULL) {
		if (usage_of(argv[0]) == CTL_USAGE) /* half of one */
			return CTL_USAGE;
		print_error("there is no command \"%s\"; \"cidctl help\" lists "
			    "them",
		    argv[0]);
		return CTL_USAGE;
	}
	if (where_find(socket, url, &w) == -1)
		return CTL_NO_CONNECTION;
	ctl.client = client_new(&w);
	optind = 0;
	ret = cmd->run(&ctl, argc - words + 1, argv + words - 1);
	client_free(ctl.client);
	if (fflush(stdout) == EOF || ferror(stdout))
		err(CTL_FAILED, "standard output");
	return ret;
}
