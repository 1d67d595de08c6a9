/*
 * Which ports a container listens on, from the kernel's tables of its
 * network namespace.
 */

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ports.h"

#define TABLE_MAX 65536
#define LISTEN 0x0a

/* Addresses are hex, each 32-bit group in host byte order. */
static int
is_loopback(const char *address, size_t len)
{
	static const char *const v6[] = { "00000000000000000000000001000000",
		"0000000000000000FFFF00000100007F" };

	if (len == 8)
		return strncmp(address + 6, "7F", 2) == 0;
	return strncmp(address, v6[0], 32) == 0 ||
	    strncmp(address, v6[1], 32) == 0;
}

/* The engine answers DNS on 127.0.0.11 inside every network. */
static int
is_engine(const char *address)
{
	return strncmp(address, "0B00007F:", 9) == 0;
}

static void
add(struct ports *p, uint16_t port, int local)
{
	size_t i;

	for (i = 0; i < p->len; i++) {
		if (p->list[i].port != port)
			continue;
		if (!local)
			p->list[i].local = 0;
		return;
	}
	if (p->len == PORTS_MAX)
		return;
	p->list[p->len].port = port;
	p->list[p->len].local = local;
	p->len++;
}

/* The n-th word of a line, from 0; "" when there are fewer. */
static const char *
word(const char *line, int n)
{
	line += strspn(line, " ");
	for (; n > 0; n--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return line;
}

/* "sl local_address rem_address st ..." */
static void
add_line(struct ports *p, const char *line)
{
	const char *local = word(line, 1);
	size_t len = strspn(local, "0123456789ABCDEF");

	if (strtoul(word(line, 3), NULL, 16) != LISTEN || is_engine(local) ||
	    (len != 8 && len != 32) || local[len] != ':')
		return;
	add(p, (uint16_t)strtoul(local + len + 1, NULL, 16),
	    is_loopback(local, len));
}

/* Add what one table, as in /proc/net/tcp, shows. */
void
ports_add(struct ports *p, const char *table, size_t len)
{
	char line[256];
	const char *nl;
	size_t n;

	while (len > 0 && (nl = memchr(table, '\n', len)) != NULL) {
		n = (size_t)(nl - table);
		if (n < sizeof(line)) {
			memcpy(line, table, n);
			line[n] = '\0';
			add_line(p, line);
		}
		table += n + 1;
		len -= n + 1;
	}
}

static void
read_table(struct ports *p, int64_t pid, const char *name)
{
	static char buf[TABLE_MAX];
	char path[64];
	size_t len = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRId64 "/net/%s", pid, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	while (len < sizeof(buf) &&
	    (n = read(fd, buf + len, sizeof(buf) - len)) > 0)
		len += (size_t)n;
	close(fd);
	ports_add(p, buf, len);
}

/* Ask the kernel about a process; nothing is added when it is gone. */
void
ports_read(struct ports *p, int64_t pid)
{
	memset(p, 0, sizeof(*p));
	if (pid <= 0)
		return;
	read_table(p, pid, "tcp");
	read_table(p, pid, "tcp6");
}

/* "8081 9090", with "127.0.0.1:" before those nobody else can reach. */
const char *
ports_print(const struct ports *p, char *buf, size_t size)
{
	size_t i, used = 0;
	int n;

	buf[0] = '\0';
	for (i = 0; i < p->len; i++) {
		n = snprintf(buf + used, size - used, "%s%s%u",
		    i > 0 ? " " : "", p->list[i].local ? "127.0.0.1:" : "",
		    p->list[i].port);
		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
	}
	return buf;
}
