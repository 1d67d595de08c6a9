/*
 * What takes long or goes wrong: streams in both directions, tunnels, slow
 * and dying peers, and the limits that keep them from harming others.
 */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { run, until } from './lib/proc.mjs';
import { Proxy, Upstream, ok } from './lib/proxy.mjs';

const raw = new Upstream();
const MB = 1024 * 1024;
const nowhere = '127.1.255.254'; /* and nobody says so */
let edge, quick;

before(async () => {
	await run('nft', ['add table inet void; add chain inet void out ' +
		'{ type filter hook output priority 0; }; ' +
		`add rule inet void out ip daddr ${nowhere} drop`]);
	await raw.listen();
	edge = await new Proxy('edge').start();
	quick = await new Proxy('edge', { head: 1000, idle: 1000,
		upstream: 1000, connect: 1000, clients: 20 }).start();
	for (const p of [edge, quick]) {
		await p.set({ env: 1, port: raw.port, prefix: '/raw' });
		await p.set({ env: 2, port: raw.port, prefix: '/small',
			body: 1000 });
		await p.set({ env: 3, port: 80, addr: nowhere,
			prefix: '/void' });
	}
});

after(async () => {
	raw.close();
	await Promise.all([edge.stop(), quick.stop()]);
});

async function underWay(p = edge,
    head = 'GET /raw HTTP/1.1\r\nHost: a\r\n\r\n') {
	const next = raw.next();
	const c = p.connect().send(head);
	const up = await next;

	await up.take(/\r\n\r\n$/);
	return [c, up];
}

/* Private memory of a process, in bytes. */
function memory(pid) {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');

	return /^RssAnon:\s+(\d+)/m.exec(status)[1] * 1024;
}

/* Write as fast as it is taken; answers the digest of what was written. */
async function pour(socket, total) {
	const hash = createHash('sha256');
	const part = randomBytes(MB);

	for (let left = total; left > 0; left -= part.length) {
		hash.update(part);
		if (!socket.write(part))
			await new Promise((done) => socket.once('drain', done));
	}
	return hash.digest('hex');
}

/* Take total bytes from a connection; answers their digest. */
function swallow(c, total) {
	const hash = createHash('sha256');

	c.socket.removeAllListeners('data');
	hash.update(c.text, 'latin1');
	let left = total - c.text.length;
	c.text = '';
	return new Promise((done) => {
		c.socket.on('data', (data) => {
			hash.update(data);
			left -= data.length;
			if (left <= 0)
				done(hash.digest('hex'));
		});
	});
}

test('a large upload and a large answer arrive whole', async () => {
	const total = 200 * MB;
	const [c, up] = await underWay(edge, 'POST /raw HTTP/1.1\r\nHost: a\r\n' +
	    `Content-Length: ${total}\r\n\r\n`);
	const got = swallow(up, total);

	assert.equal(await pour(c.socket, total), await got);
	up.send(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
	await c.take(/\r\n\r\n$/);
	const back = swallow(c, total);
	assert.equal(await pour(up.socket, total), await back);
	c.close();
	up.close();
});

test('who does not read holds up the other side, not the proxy', async () => {
	const before = memory(edge.pid);
	const pairs = await Promise.all(Array.from({ length: 20 }, async () => {
		const [c, up] = await underWay();
		return [c, up];
	}));
	let wrote = 0;

	for (const [c, up] of pairs) {
		c.socket.pause();
		up.send('HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n');
		const more = () => {
			for (; wrote < 1e9; wrote += MB) {
				if (!up.socket.write(Buffer.alloc(MB)))
					return;
			}
		};
		up.socket.on('drain', more);
		more();
	}
	/* Until nothing moves any more. */
	let last = -1;
	await until('a stop', () => {
		const stopped = wrote === last;
		last = wrote;
		return stopped;
	});
	const each = (memory(edge.pid) - before) / pairs.length;
	assert.ok(each < 0.75 * MB, `${each} bytes each`);
	for (const [c, up] of pairs) {
		c.close();
		up.close();
	}
});

test('events are passed on one by one, without delay', async () => {
	const [c, up] = await underWay();

	up.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n' +
	    'Transfer-Encoding: chunked\r\n\r\n');
	await c.take(/\r\n\r\n$/);
	for (let i = 0; i < 100; i++) {
		up.send('9\r\ndata: x\n\n\r\n');
		await c.take(/^9\r\ndata: x\n\n\r\n$/);
	}
	c.close();
	/* The visitor left: with the next event the project hears of it. */
	up.send('9\r\ndata: x\n\n\r\n');
	up.send('9\r\ndata: y\n\n\r\n');
	await up.rest();
});

test('a visitor who resets takes his request along', async () => {
	const [c, up] = await underWay();

	c.socket.resetAndDestroy();
	assert.equal(await up.rest(), '');
});

test('a visitor who only closed his side gets the answer', async () => {
	const [c, up] = await underWay();

	c.socket.end();
	up.send(ok('late'));
	assert.equal((await c.answer()).body, 'late');
	assert.equal(await c.rest(), '');
	up.close();
});

const upgrade = 'GET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n' +
    'Connection: Upgrade\r\n\r\n';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n' +
    'Connection: Upgrade\r\n\r\n';

test('a tunnel takes what comes with its first segments', async () => {
	const [c, up] = await underWay(edge, upgrade);

	c.send('early');
	up.send(`${switching}first`);
	await c.take(/Upgrade: echo\r\n\r\nfirst$/);
	await up.take(/^early$/);
	c.send('GET /\r\n\r\n\0');
	await up.take(/^GET \/\r\n\r\n\0$/);
	up.send('\xff');
	await c.take(/^\xff$/);
	c.close();
	await up.rest();
});

test('a tunnel may be closed one way', async () => {
	const [c, up] = await underWay(edge, upgrade);

	up.send(switching);
	await c.take(/\r\n\r\n$/);
	c.send('last').socket.end();
	assert.equal(await up.rest(), 'last');
	up.send('answer');
	await c.take(/^answer$/);
	up.socket.end();
	assert.equal(await c.rest(), '');
});

test('a tunnel moves much both ways', async () => {
	const [c, up] = await underWay(edge, upgrade);
	const total = 50 * MB;

	up.send(switching);
	await c.take(/\r\n\r\n$/);
	const [gotUp, gotDown] = [swallow(up, total), swallow(c, total)];
	const [sentUp, sentDown] = await Promise.all([pour(c.socket, total),
		pour(up.socket, total)]);
	assert.deepEqual([await gotUp, await gotDown], [sentUp, sentDown]);
	c.close();
	up.close();
});

test('no tunnel unless asked for', async () => {
	const [c, up] = await underWay();

	up.send(switching);
	assert.equal((await c.answer()).status, 502);
	await up.rest();
	c.close();
});

test('a refused upgrade is an answer like others', async () => {
	const [c, up] = await underWay(edge, upgrade);

	up.send(ok('no'));
	assert.equal((await c.answer()).body, 'no');
	c.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).status, 404);
	c.close();
	up.close();
});

test('a project that ends in its head: 502', async () => {
	for (const part of ['', 'HTTP/1.1 200 OK\r\nConte']) {
		for (const end of ['end', 'resetAndDestroy']) {
			const [c, up] = await underWay();
			up.send(part);
			up.socket[end]();
			assert.equal((await c.answer()).status, 502);
			c.close();
		}
	}
});

test('a project that ends in its body is seen to be cut', async () => {
	for (const head of ['Content-Length: 10\r\n\r\n',
		'Transfer-Encoding: chunked\r\n\r\na\r\n']) {
		const [c, up] = await underWay();
		up.send(`HTTP/1.1 200 OK\r\n${head}abc`);
		await c.take(/abc$/);
		up.socket.end();
		assert.equal(await c.rest(), '');
		c.close();
	}
});

/* A connection of the pool, from an answered request. */
async function pooled() {
	const [c, up] = await underWay();

	up.send(ok(''));
	await c.answer();
	return [c, up];
}

test('a connection that dies under a GET is replaced, once', async () => {
	const [c, up] = await pooled();
	const next = raw.next();

	c.send('GET /raw/again HTTP/1.1\r\nHost: a\r\n\r\n');
	await up.take(/^GET \/again /);
	up.socket.resetAndDestroy();
	const up2 = await next;
	await up2.take(/^GET \/again /);
	up2.socket.resetAndDestroy();
	assert.equal((await c.answer()).status, 502);
	c.close();
});

test('a POST is sent once only', async () => {
	const [c, up] = await pooled();

	c.send('POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
	await up.take(/^POST /);
	up.socket.resetAndDestroy();
	assert.equal((await c.answer()).status, 502);
	c.close();
});

test('an idle connection that the project closes is not used', async () => {
	const [c, up] = await pooled();
	const next = raw.next();

	up.socket.end();
	await up.rest();
	c.send('POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
	const up2 = await next;
	await up2.take(/^POST /);
	up2.send(ok(''));
	assert.equal((await c.answer()).status, 200);
	c.close();
	up2.close();
});

test('an answer before a refused upload still arrives', async () => {
	const [c, up] = await underWay(edge, 'POST /raw HTTP/1.1\r\nHost: a\r\n' +
	    'Content-Length: 100000000\r\n\r\n');

	up.send('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
	up.socket.end();
	c.socket.on('error', () => {});
	c.socket.write(Buffer.alloc(MB));
	assert.equal((await c.answer()).status, 413);
	c.close();
	up.close();
});

test('a body larger than its route takes: 413, early', async () => {
	const c = edge.connect();

	c.send('POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n');
	assert.equal((await c.answer()).status, 413);
	c.close();
	const [d, up] = await underWay(edge, 'POST /small HTTP/1.1\r\n' +
	    'Host: a\r\nTransfer-Encoding: chunked\r\n\r\n');
	for (let i = 0; i < 11; i++)
		d.send(`64\r\n${'x'.repeat(100)}\r\n`);
	assert.equal((await d.answer()).status, 413);
	await up.rest();
	d.close();
});

test('a head that takes too long: 408', async () => {
	const c = quick.connect();
	const start = Date.now();

	c.send('GET / HTTP/1.1\r\n');
	const timer = setInterval(() => c.send('A: b\r\n'), 100);
	assert.equal((await c.answer()).status, 408);
	clearInterval(timer);
	assert.ok(Date.now() - start < 4000);
	assert.equal(await c.rest(), '');
	c.close();
});

test('who says nothing is let go', async () => {
	const silent = quick.connect();
	const idle = quick.connect();

	idle.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
	await idle.answer();
	assert.equal(await silent.rest(), '');
	assert.equal(await idle.rest(), '');
});

test('a body that stops coming: 408', async () => {
	const [c, up] = await underWay(quick, 'POST /raw HTTP/1.1\r\n' +
	    'Host: a\r\nContent-Length: 10\r\n\r\n');

	assert.equal((await c.answer()).status, 408);
	await up.rest();
	c.close();
});

test('no answer, or no connection, in time: 504', async () => {
	const [c, up] = await underWay(quick);

	assert.equal((await c.answer()).status, 504);
	await up.rest();
	c.send('GET /void HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).status, 504);
	c.close();
});

test('an answer that stops coming is cut, a stream is not', async () => {
	const [c, up] = await underWay(quick);
	const [d, up2] = await underWay(quick);

	up2.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
	await d.take(/\r\n\r\n$/);
	up.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
	await c.take(/abc$/);
	assert.equal(await c.rest(), '');
	up2.send('0\r\n\r\n');
	await d.take(/^0\r\n\r\n$/);
	d.close();
	up2.close();
});

test('more visitors than allowed wait for a place', async () => {
	const inside = await Promise.all(Array.from({ length: 20 },
	    () => underWay(quick, upgrade)));

	for (const [c, up] of inside) {
		up.send(switching);
		await c.take(/\r\n\r\n$/);
	}
	const late = quick.connect();
	late.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
	await new Promise((done) => late.socket.on('connect', done));
	assert.equal(late.text, '');
	inside[0][0].close(); /* the other end need not close */
	assert.equal((await late.answer()).status, 404);
	late.close();
	for (const [c, up] of inside) {
		c.close();
		up.close();
	}
});
