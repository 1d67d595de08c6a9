/*
 * The instance's name and the key pairs of the programs that open sealed
 * values.  A file holds the secret half and then the public one, 32 bytes
 * each; the secret half goes to its owner as a descriptor and nowhere else.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <sodium.h>

#include "conf.h"
#include "keys.h"
#include "log.h"

#define UUID_LEN (CONF_INSTANCE_MAX - 1)

static int
key_path(const struct conf *c, const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/%s", c->keys, name);

	if (n < 0 || (size_t)n >= size) {
		log_warnx("%s: path too long", c->keys);
		return -1;
	}
	return 0;
}

/* Make the names in the directory outlive a loss of power. */
static int
sync_directory(const struct conf *c)
{
	int fd, ret = -1;

	fd = open(c->keys, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || (ret = fsync(fd)) == -1)
		log_warn("%s", c->keys);
	if (fd != -1)
		close(fd);
	return ret;
}

/*
 * Write a new file whole or not at all, and only if there is none: what is
 * labelled with a name, or sealed to a key, that a crash took is lost.
 */
static int
write_new(const struct conf *c, const char *path, const void *data, size_t len)
{
	char tmp[CONF_PATH_MAX + 8];
	int fd = -1, ret = -1;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0400);
	if (fd == -1 || write(fd, data, len) != (ssize_t)len ||
	    fsync(fd) == -1 || link(tmp, path) == -1) {
		log_warn("%s", path);
		goto done;
	}
	ret = sync_directory(c);
done:
	if (fd != -1) {
		close(fd);
		unlink(tmp);
	}
	return ret;
}

/*
 * Open a key file that root owns and nobody else reads.  Logs why not, but
 * for ENOENT.
 */
static int
open_private(const char *path)
{
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1) {
		if (errno != ENOENT)
			log_warn("%s", path);
		return -1;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_uid != 0 ||
	    (st.st_mode & 077) != 0) {
		log_warnx("%s: must be root's own, mode 0400", path);
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

static int
make_pair(const struct conf *c, const char *path)
{
	uint8_t pair[2 * CONF_KEY_LEN];
	int ret;

	crypto_box_keypair(pair + CONF_KEY_LEN, pair);
	ret = write_new(c, path, pair, sizeof(pair));
	sodium_memzero(pair, sizeof(pair));
	return ret;
}

static int
load_public(const struct conf *c, const char *name, uint8_t *pk)
{
	char path[CONF_PATH_MAX];
	int fd, ret = -1;

	if (key_path(c, name, path, sizeof(path)) == -1)
		return -1;
	if ((fd = open_private(path)) == -1) {
		if (errno != ENOENT || make_pair(c, path) == -1)
			return -1;
		if ((fd = open_private(path)) == -1)
			return -1;
	}
	if (pread(fd, pk, CONF_KEY_LEN, CONF_KEY_LEN) == CONF_KEY_LEN)
		ret = 0;
	else
		log_warnx("%s: not a key pair", path);
	close(fd);
	return ret;
}

/* A random version 4 uuid, RFC 9562. */
static void
make_uuid(char *s)
{
	uint8_t b[16];

	randombytes_buf(b, sizeof(b));
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(s, CONF_INSTANCE_MAX,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10],
	    b[11], b[12], b[13], b[14], b[15]);
}

static int
load_instance(const struct conf *c, char *instance)
{
	char path[CONF_PATH_MAX];
	ssize_t n;
	int fd;

	if (key_path(c, "instance", path, sizeof(path)) == -1)
		return -1;
	if ((fd = open_private(path)) == -1) {
		if (errno != ENOENT)
			return -1;
		make_uuid(instance);
		return write_new(c, path, instance, UUID_LEN);
	}
	n = read(fd, instance, UUID_LEN);
	close(fd);
	instance[UUID_LEN] = '\0';
	if (n != UUID_LEN ||
	    strspn(instance, "0123456789abcdef-") != UUID_LEN) {
		log_warnx("%s: not a uuid", path);
		return -1;
	}
	return 0;
}

/*
 * Read the keys, making those that are missing.  Returns 0, or -1 after
 * logging why.
 */
int
keys_load(const struct conf *c, struct keys *k)
{
	if (sodium_init() == -1) {
		log_warnx("libsodium does not start");
		return -1;
	}
	if (mkdir(c->keys, 0700) == -1 && errno != EEXIST) {
		log_warn("%s", c->keys);
		return -1;
	}
	if (load_instance(c, k->instance) == -1 ||
	    load_public(c, "builder.key", k->builder) == -1 ||
	    load_public(c, "deployer.key", k->deployer) == -1)
		return -1;
	return 0;
}

/* Open a key pair to hand it over.  Returns a descriptor, or -1 and logs. */
int
keys_open_secret(const struct conf *c, const char *name)
{
	char path[CONF_PATH_MAX];
	int fd;

	if (key_path(c, name, path, sizeof(path)) == -1)
		return -1;
	if ((fd = open_private(path)) == -1 && errno == ENOENT)
		log_warn("%s", path);
	return fd;
}
