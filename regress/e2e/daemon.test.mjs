/*
 * cid without -d: it goes to the background, and it and all its programs
 * speak to syslog, from a sandbox in which nobody can open its socket.
 */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Cid, bin } from './lib/cid.mjs';
import { Daemon, stopAll } from './lib/proc.mjs';

/* A /dev of its own with a syslog in it, which prints what it is told. */
const syslog = `
set -eu
mount -t tmpfs -o mode=755 tmpfs "$1"
cp -a /dev/null /dev/random /dev/urandom /dev/zero "$1"
mount --move "$1" /dev
shift
exec perl -MSocket -e '
	$| = 1;
	socket(S, AF_UNIX, SOCK_DGRAM, 0) or die;
	bind(S, sockaddr_un("/dev/log")) or die;
	chmod(0666, "/dev/log");
	system(@ARGV) == 0 or die;
	print "$m\\n" while defined(recv(S, $m, 8192, 0));
' "$@"
`;

after(stopAll);

test('in the background every program logs and listens', async () => {
	const cid = new Cid({ name: 'daemon', engine: { socket: '/nowhere' },
		conf: ['firewall no'] });
	const dev = join(cid.dir, 'dev');

	await cid.prepare();
	mkdirSync(dev);
	const log = new Daemon('syslog', 'unshare', ['--mount', 'sh', '-c',
		syslog, 'syslog', dev, join(bin, 'cid'), '-f', cid.conf]);

	await log.line(/ cid\[\d+\]: ready$/);
	await log.line(/ api\[\d+\]: engine: down/);
	assert.equal((await cid.api('GET', '/health')).status, 200);
	assert.equal((await cid.tcp('GET', '/health')).status, 200);
	assert.equal((await cid.visit('/nobody/')).status, 503);
});
