/*
 * The admin worker: what of a request reaches the API, how many at a time,
 * and what is said while the API is away.
 */

import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Daemon } from './lib/proc.mjs';
import { Proxy, Upstream, ok } from './lib/proxy.mjs';

const api = new Upstream();
const admin = new Proxy('admin', { domain: 'Ops.Example', head: 2000 });
const path = join(admin.root, 'api.sock');

async function listen() {
	await api.listen({ path });
	chmodSync(path, 0o777);
}

before(() => admin.start());

after(async () => {
	api.close();
	await admin.stop();
});

const host = 'Host: ops.example\r\n';

async function underWay(line = 'GET /api', fields = '') {
	const next = api.next();
	const c = admin.connect().send(`${line} HTTP/1.1\r\n${host}${fields}\r\n`);
	const up = await next;
	const [head] = await up.take(/^[^]*\r\n\r\n/);

	return [c, up, head];
}

async function ask(text) {
	const c = admin.connect().send(text);
	const answer = await c.answer();

	c.close();
	return { ...answer, json: JSON.parse(answer.body) };
}

test('no API, no answer but 503', async () => {
	const { status, head, json } = await ask(
	    `GET /api HTTP/1.1\r\n${host}\r\n`);

	assert.equal(status, 503);
	assert.match(head, /\r\nRetry-After: \d+\r\n/);
	assert.match(head, /\r\nX-Request-Id: [0-9a-f]{16}\r\n/);
	assert.equal(json.success, false);
	assert.equal(json.error.code, 'UNAVAILABLE');
});

test('a request reaches the API in its own form', async () => {
	await listen();
	const [c, up, head] = await underWay('GET http://ops.example/api?a=b',
	    'X-Real-IP: 6.6.6.6\r\nX-API-Key: cid_t_r_x\r\n' +
	    'Cookie: cid_session=1\r\nConnection: x-a\r\nX-A: 1\r\n');

	assert.match(head, new RegExp('^GET /api\\?a=b HTTP/1.1\r\n' +
	    'Host: ops.example\r\nX-API-Key: cid_t_r_x\r\n' +
	    'Cookie: cid_session=1\r\nX-Forwarded-For: 127.0.0.1\r\n' +
	    'X-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n' +
	    'X-Forwarded-Host: ops.example\r\n' +
	    'X-Request-Id: [0-9a-f]{16}\r\n\r\n$'));
	up.send('HTTP/1.1 200 OK\r\nSet-Cookie: cid_session=2; Path=/\r\n' +
	    'Content-Length: 0\r\n\r\n');
	assert.match((await c.answer()).head,
	    /\r\nSet-Cookie: cid_session=2; Path=\/\r\n/);
	c.close();
	up.close();
});

test('what the API could misread is refused here', async () => {
	const post = (fields, where = '/api') => `POST ${where} HTTP/1.1\r\n${
		host}${fields}\r\n\r\n`;

	for (const [want, text] of [
		[421, 'GET / HTTP/1.1\r\nHost: other.example\r\n\r\n'],
		[421, 'GET / HTTP/1.0\r\n\r\n'],
		[411, post('Transfer-Encoding: chunked')],
		[413, post('Content-Length: 1048577')],
		[413, post('Content-Length: 26214401', '/webhook/github/x')],
		[400, `GET /api/../x HTTP/1.1\r\n${host}\r\n`],
		[400, `GET /a%00 HTTP/1.1\r\n${host}\r\n`],
		[400, post('Content-Length: 1\r\nContent-Length: 1')],
		[400, post('Content-Length: 5\r\nTransfer-Encoding: chunked')],
		[414, `GET /${'a'.repeat(2048)} HTTP/1.1\r\n${host}\r\n`],
		[431, `GET / HTTP/1.1\r\n${host}A: ${'a'.repeat(4000)}\r\n\r\n`],
	]) {
		const { status, json } = await ask(text);
		assert.equal(status, want, text.slice(0, 80));
		assert.equal(json.success, false);
	}
	assert.equal(api.connections.length, 1);
});

test('a head of the largest size comes in one piece', async () => {
	const fill = (n) => `A: ${'a'.repeat(n)}\r\n`;
	const [, up1, head] = await underWay('GET /api', fill(1));
	const room = 4096 - head.length + 1;

	up1.close();
	const next = api.next();
	admin.connect().send(`GET /api HTTP/1.1\r\n${host}${fill(room)}\r\n`);
	const up = await next;
	const sizes = [];
	up.socket.on('data', (data) => sizes.push(data.length));
	await up.take(/\r\n\r\n$/);
	assert.deepEqual(sizes, [4096]);
	up.close();
	const { status } = await ask(
	    `GET /api HTTP/1.1\r\n${host}${fill(room + 1)}\r\n`);
	assert.equal(status, 431);
});

/* Requests that take all places; who is whose is not told. */
async function crowd(line = 'GET /api', length = 40) {
	return Promise.all(Array.from({ length }, () => underWay(line)));
}

function leave(crowd) {
	for (const [c, up] of crowd) {
		c.close();
		up.close();
	}
}

test('forty at a time, the others wait their turn', async () => {
	const first = await crowd();
	const before = api.connections.length;
	const late = Array.from({ length: 3 }, (_, i) => admin.connect()
	    .send(`POST /api/${i} HTTP/1.1\r\n${host}Content-Length: 3\r\n` +
		'\r\nabc'));

	/* An answer that is ours shows that the late ones had been read. */
	assert.equal((await ask(
	    `GET /a%00 HTTP/1.1\r\n${host}\r\n`)).status, 400);
	assert.equal(api.connections.length, before);
	for (const [, up] of first.slice(0, 3)) {
		up.send(ok('first'));
		[, up.late] = await up.take(
		    /^POST \/api\/(\d) [^]*\r\n\r\nabc$/);
	}
	for (const [, up] of first.slice(0, 3))
		up.send(ok(`late ${up.late}`));
	for (const [i, c] of late.entries())
		assert.equal((await c.answer()).body, `late ${i}`);
	leave(first);
});

test('webhooks leave room for who has a key', async () => {
	const hooks = await crowd('POST /webhook/github/x', 24);

	assert.equal((await ask(`POST /webhook/github/x HTTP/1.1\r\n${host}` +
	    'Content-Length: 0\r\n\r\n')).status, 503);
	const [c, up] = await underWay();

	up.send(ok('yes'));
	assert.equal((await c.answer()).body, 'yes');
	leave([...hooks, [c, up]]);
});

test('a connection that ends makes room for a new one', async () => {
	const first = await crowd();
	const next = api.next();
	const c = admin.connect().send(`GET /api HTTP/1.1\r\n${host}\r\n`);

	assert.equal((await ask(
	    `GET /a%00 HTTP/1.1\r\n${host}\r\n`)).status, 400);
	first[0][1].close();
	const up = await next;
	await up.take(/\r\n\r\n$/);
	up.send(ok('one'));
	assert.equal((await c.answer()).body, 'one');
	leave([...first, [c, up]]);
});

test('who waits too long: 503', async () => {
	const first = await crowd();

	assert.equal((await ask(
	    `GET /api HTTP/1.1\r\n${host}\r\n`)).status, 503);
	leave(first);
});

test('tunnels take no place from requests', async () => {
	const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
	const tunnels = [];

	for (let i = 0; i < 70; i++) {
		const [c, up] = await underWay('GET /ws', upgrade);
		up.send(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\nhi`);
		await c.take(/\r\n\r\nhi$/);
		tunnels.push([c, up]);
	}
	const [c, up] = await underWay();
	up.send(ok('yes'));
	assert.equal((await c.answer()).body, 'yes');
	for (const [a, b] of [...tunnels, [c, up]]) {
		a.close();
		b.close();
	}
});

test('a webhook may be 25 MB', async () => {
	const size = 26214400;
	const [c, up] = await underWay('POST /webhook/github/x',
	    `Content-Length: ${size}\r\n`);
	let got = 0;

	up.socket.on('data', (data) => {
		got += data.length;
		if (got === size)
			up.send(ok('taken'));
	});
	c.socket.write(Buffer.alloc(size));
	assert.equal((await c.answer()).body, 'taken');
	c.close();
	up.close();
});

test('a full backlog holds requests up, and loses none', async () => {
	const code = `require('http').createServer((q, s) => s.end('yes'))
	    .listen({ path: ${JSON.stringify(path)}, backlog: 2 },
		() => { require('fs').chmodSync(${JSON.stringify(path)}, 0o777);
		    console.log('listening'); })`;

	await new Promise((done) => api.server.close(done));
	const busy = new Daemon('busy', process.execPath, ['-e', code]);
	await busy.line(/listening/);
	busy.child.kill('SIGSTOP');
	const crowd = Array.from({ length: 10 }, () => admin.connect()
	    .send(`POST /api HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`));
	assert.equal((await ask(
	    `GET /a%00 HTTP/1.1\r\n${host}\r\n`)).status, 400);
	busy.child.kill('SIGCONT');
	for (const c of crowd) {
		assert.match((await c.take(/^[^]*yes/))[0], /^HTTP\/1.1 200 /);
		c.close();
	}
	await busy.stop('SIGKILL');
	rmSync(path);
	await listen();
});

test('the API may restart', async () => {
	const [c, up] = await underWay();

	up.send(ok('before'));
	await c.answer();
	up.close();
	await new Promise((done) => api.server.close(done));
	rmSync(path, { force: true });
	c.send(`GET /api HTTP/1.1\r\n${host}\r\n`);
	assert.equal((await c.answer()).status, 503);
	await listen();
	const next = api.next();
	c.send(`GET /api HTTP/1.1\r\n${host}\r\n`);
	const up2 = await next;
	await up2.take(/\r\n\r\n$/);
	up2.send(ok('after'));
	assert.equal((await c.answer()).body, 'after');
	c.close();
});
