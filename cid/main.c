/*
 * cid(8), the parent: reads cid.conf, opens what needs root, starts the
 * programs and keeps them alive.  It reads no byte from the network.
 */

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/unistd.h>
#include <event2/event.h>

#include "conf.h"
#include "firewall.h"
#include "log.h"
#include "parent.h"
#include "run.h"
#include "tryout.h"

#define CONF_FILE "/etc/cid/cid.conf"

_Noreturn static void
usage(void)
{
	fprintf(stderr, "usage: cid [-dnv] [-f file]\n");
	exit(2);
}

static void
read_arguments(struct parent *p, int argc, char **argv, int *check)
{
	int c;

	p->conf_file = CONF_FILE;
	p->conf_missing_ok = 1;
	while ((c = getopt(argc, argv, "df:nT:v")) != -1) {
		switch (c) {
		case 'd':
			p->foreground = 1;
			break;
		case 'f':
			p->conf_file = optarg;
			p->conf_missing_ok = 0;
			break;
		case 'n':
			*check = 1;
			break;
#ifdef CID_REGRESS
		case 'T':
			p->foreground = 1;
			tryout_set(optarg);
			break;
#endif
		case 'v':
			p->debug = 1;
			break;
		default:
			usage();
		}
	}
	if (argc != optind)
		usage();
}

/* Only one cid works on a data directory. */
static void
lock_data(const struct parent *p)
{
	char path[CONF_PATH_MAX + 8];
	int fd;

	if (mkdir(p->conf.data, 0755) == -1 && errno != EEXIST)
		fatal("%s", p->conf.data);
	snprintf(path, sizeof(path), "%s/lock", p->conf.data);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		fatal("%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		fatalx("%s: another cid works there", p->conf.data);
	/* The descriptor stays open, and with it the lock, for life. */
}

/* Make and open all that needs root, in the order in which it is needed. */
static void
prepare(struct parent *p)
{
	umask(022);
	if (users_find(&p->conf, &p->users) == -1 ||
	    keys_load(&p->conf, &p->keys) == -1 ||
	    open_directories(&p->conf, &p->users) == -1 ||
	    firewall_check_pool(&p->conf, p->keys.instance) == -1)
		exit(1);
	p->firewall_ok =
	    firewall_load(&p->conf, &p->users, p->keys.instance) == 0;
	if (!p->firewall_ok)
		log_warnx("no firewall table (NO_FIREWALL): nothing is built "
			  "or released until it loads, or cid.conf says "
			  "\"firewall no\"");
	if (open_listeners(&p->conf, &p->users, &p->open) == -1)
		exit(1);
}

int
main(int argc, char **argv)
{
	static struct parent parent;
	int check = 0;

	read_arguments(&parent, argc, argv, &check);
	log_init("cid", 1, parent.debug);
	conf_default(&parent.conf);
	if (conf_parse(&parent.conf, parent.conf_file,
		parent.conf_missing_ok) == -1)
		return 1;
	if (check) {
		conf_warn(&parent.conf, parent.conf_file);
		if (parent.debug)
			conf_print(&parent.conf, stdout);
		else
			fprintf(stderr, "configuration OK\n");
		return 0;
	}
	if (geteuid() != 0)
		fatalx("cid must be started by root");
	closefrom(STDERR_FILENO + 1);
	signal(SIGPIPE, SIG_IGN); /* nft(8) may end before it has read all */
	lock_data(&parent);
	prepare(&parent);
	if (!parent.foreground && daemon(0, 0) == -1)
		fatal("daemon");
	log_init("cid", parent.foreground, parent.debug);
	return run(&parent);
}
