/*
 * Starting, reloading and refusing to start: what cid(8) says and does.
 */

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { join } from 'node:path';

import { Cid, bin } from './lib/cid.mjs';
import { run, stopAll } from './lib/proc.mjs';

const engine = { socket: '/nowhere' };

after(stopAll);

/* cid in the foreground, which is to end by itself. */
async function refused(cid) {
	await cid.prepare();
	const { code, stdout, stderr } = await run('timeout', ['20',
		join(bin, 'cid'), '-d', '-f', cid.conf], { any: true });

	return { code, said: stdout + stderr };
}

test('a reload takes what is right and nothing of what is not', async () => {
	const cid = await new Cid({ name: 'reload', engine }).start();
	const health = () => cid.api('GET', '/health');

	assert.equal((await health()).status, 200);
	appendFileSync(cid.conf, 'drain 1s\n');
	cid.daemon.child.kill('SIGHUP');
	await cid.daemon.line(/^cid: reloaded /);
	appendFileSync(cid.conf, 'drain soon\n');
	cid.daemon.child.kill('SIGHUP');
	await cid.daemon.line(/cid.conf:\d+: drain: 'soon' is not a time/);
	await cid.daemon.line(/^cid: reload: .* nothing changed$/);
	assert.equal((await health()).status, 200);
	assert.deepEqual(await cid.stop(), { code: 0, signal: null });
});

test('one data directory has one cid', async () => {
	const cid = await new Cid({ name: 'first', engine, port: 3010,
		proxyPort: 8090 }).start();
	const { code, said } = await refused(cid);

	assert.equal(code, 1);
	assert.match(said, /another cid works there/);
	await cid.stop();
});

test('a pool that is in use here is refused', async () => {
	await run('ip', ['link', 'add', 'inuse', 'type', 'bridge']);
	await run('ip', ['addr', 'add', '10.99.7.1/24', 'dev', 'inuse']);
	await run('ip', ['link', 'set', 'inuse', 'up']);
	const { code, said } = await refused(new Cid({ name: 'pool', engine,
		conf: ['pool 10.99.0.0/16'] }));

	assert.equal(code, 1);
	assert.match(said, /pool 10.99.0.0\/16 overlaps .* inuse/);
	assert.match(said, /POOL_OVERLAPS/);
});

test('a missing user is named', async () => {
	const { code, said } = await refused(new Cid({ name: 'users', engine,
		conf: ['users "_nobody"'] }));

	assert.equal(code, 1);
	assert.match(said, /user _nobodyedge is missing: make install adds it/);
});

test('without the firewall table nothing is built', async () => {
	/* nft refuses a network whose bits are not its own. */
	const cid = await new Cid({ name: 'nofw', engine, port: 3011,
		proxyPort: 8091, conf: ['firewall block "10.0.0.0/64"'] })
	    .start();

	await cid.daemon.line(/no firewall table \(NO_FIREWALL\)/);
	await cid.ask('POST', '/api/projects', { name: 'shop',
		repo: 'https://git.example/shop.git', build_type: 'image',
		runtime_image: 'busybox:1' });
	const { json } = await cid.api('POST', '/api/projects/shop/builds', {});

	assert.match(JSON.stringify(json), /NO_FIREWALL/);
	await cid.stop();
});
