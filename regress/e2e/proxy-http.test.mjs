/*
 * HTTP through the edge: every row of the parser's tables over TCP, and each
 * kind of message in both directions.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Proxy, Upstream, ok, serve } from './lib/proxy.mjs';

const edge = new Proxy('edge', { drain: 1000 });
const echo = new Upstream(serve((head) => ok(head)));
const raw = new Upstream();

before(async () => {
	await Promise.all([edge.start(), echo.listen(), raw.listen()]);
	await edge.set({ env: 1, port: echo.port, prefix: '/echo' });
	await edge.set({ env: 2, port: raw.port, prefix: '/raw' });
	await edge.set({ env: 3, port: echo.port, host: 'a.example',
		prefix: '' });
	await edge.set({ env: 4, port: echo.port, host: 'b.example',
		prefix: '' });
});

after(async () => {
	echo.close();
	raw.close();
	await edge.stop();
});

/* The rows of a table of the unit tests: [status, text]; 0 is OK. */
function rows(file) {
	const text = readFileSync(new URL(`../unit/${file}`, import.meta.url),
	    'utf8').replace(/\/\*[^]*?\*\//g, '');
	const macros = Object.fromEntries([...text.matchAll(
	    /^#define (\w) (.*)$/gm)].map((m) => [m[1], m[2]]));
	const expand = (s) => s.replace(/"(?:[^"\\]|\\.)*"|\b[A-Z]\b/g,
	    (t) => (t[0] === '"' ? t : expand(macros[t])));
	const decode = (s) => s.replace(
	    /\\(?:x([0-9a-f]{2})|0|([rnt"\\]))/g, (_, hex, c) =>
	    (hex ? String.fromCharCode(parseInt(hex, 16)) :
	    c ? { r: '\r', n: '\n', t: '\t' }[c] ?? c : '\0'));

	return [...text.matchAll(
	    /^(OK|NO)\((?:(\d+), )?([^]*?)\)$/gm)].map(([, kind, status, s]) =>
	    [kind === 'OK' ? 0 : Number(status ?? 502),
		[...expand(s).matchAll(/"((?:[^"\\]|\\.)*)"/g)]
		    .map((m) => decode(m[1])).join('')]);
}

async function refused(want, text, how) {
	const c = edge.connect();

	await c[how](text);
	const { status, head } = await c.answer();
	assert.equal(status, want, JSON.stringify(text));
	assert.match(head, /\r\nConnection: close\r\n/);
	assert.equal(await c.rest(), '');
	c.close();
}

/* Every accepted row is for a host that goes to echo, but for a few. */
async function accepted(text, how) {
	const c = edge.connect();
	const [, framing] = /\r\n(content-length|transfer-encoding):/i
	    .exec(text) ?? [];

	await c[how](text);
	if (framing?.toLowerCase() === 'transfer-encoding')
		await c[how]('0\r\n\r\n');
	const { status, head } = await c.answer();
	assert.ok([200, 204, 404].includes(status),
	    JSON.stringify([text, head]));
	c.close();
}

async function inBatches(list, size, f) {
	for (let i = 0; i < list.length; i += size)
		await Promise.all(list.slice(i, i + size).map(f));
}

for (const how of ['send', 'trickle']) {
	test(`the table of requests holds over TCP (${how})`, async () => {
		const table = rows('http1_requests.def');

		assert.ok(table.length > 150);
		await inBatches(table, 20, ([status, text]) => (status ?
			refused(status, text, how) : accepted(text, how)));
	});

	test(`the table of answers holds over TCP (${how})`, async () => {
		const table = rows('http1_responses.def');

		assert.ok(table.length > 60);
		for (const [status, text] of table) {
			const c = edge.connect();
			const next = raw.next();

			c.send('GET /raw HTTP/1.1\r\nHost: a\r\n\r\n');
			const up = await next;
			await up.take(/\r\n\r\n$/);
			await up[how](text);
			const got = /^HTTP\S+ (\d+)/.exec(text);
			/* Interim ones are followed by nothing here. */
			if (status === 0 && got[1] < 200 && got[1] !== '101')
				up.socket.end();
			const [, answer] = await c.take(/^HTTP\S+ (\d+) /);
			const want = status || (got[1] === '101' ? 502 :
				got[1]);
			assert.equal(answer, String(want),
			    JSON.stringify(text));
			c.close();
			up.close();
		}
	});
}

test('requests in one segment are answered in order', async () => {
	const c = edge.connect();
	const paths = Array.from({ length: 50 }, (_, i) => `/echo/${i}`);

	c.send(paths.map((p) => `POST ${p} HTTP/1.1\r\nHost: a\r\n` +
	    'Content-Length: 0\r\n\r\n').join(''));
	for (const p of paths) {
		const { body } = await c.answer();
		assert.ok(body.startsWith(`POST ${p.slice(5)} HTTP/1.1\r\n`));
	}
	c.close();
});

test('a body is passed on as it comes, a chunked one in chunks', async () => {
	for (const [field, body] of [
		['Content-Length: 11', 'hello world'],
		['Transfer-Encoding: chunked',
			'5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n'],
	]) {
		const c = edge.connect();
		const next = raw.next();

		c.send(`POST /raw HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`);
		const up = await next;
		const [head] = await up.take(/^[^]*?\r\n\r\n/);
		assert.ok(head.includes(`\r\n${field}\r\n`));
		for (const part of [body.slice(0, 8), body.slice(8)]) {
			c.send(part);
			await up.take(new RegExp(`^${part}`));
		}
		up.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
		await c.take(/Transfer-Encoding: chunked\r\n\r\n$/);
		for (const part of [body.slice(0, 8), body.slice(8)]) {
			up.send('3\r\nabc\r\n');
			await c.take(/^3\r\nabc\r\n$/);
		}
		up.send('0\r\n\r\n');
		await c.take(/^0\r\n\r\n$/);
		/* Both connections are kept. */
		c.send('GET /raw HTTP/1.1\r\nHost: a\r\n\r\n');
		await up.take(/^GET \/ /);
		up.send(ok(''));
		await c.answer();
		c.close();
		up.close();
	}
});

test('an answer ends where it says, and only that is kept alive', async () => {
	const cases = [
		/* head, what follows it, kept, what the client sees of it */
		['200 OK\r\nContent-Length: 3', 'abc', true, 'abc'],
		['200 OK\r\nContent-Length: 3', 'abcX', false, 'abc'],
		['204 No Content', '', true, ''],
		['204 No Content', 'X', false, ''],
		['304 Not Modified\r\nContent-Length: 3', '', true, ''],
		['200 OK\r\nConnection: close\r\nContent-Length: 3', 'abc',
			false, 'abc'],
	];

	for (const [head, rest, kept, want] of cases) {
		const c = edge.connect();
		const next = raw.next();

		c.send('GET /raw HTTP/1.1\r\nHost: a\r\n\r\n');
		const up = await next;
		await up.take(/\r\n\r\n$/);
		up.send(`HTTP/1.1 ${head}\r\n\r\n${rest}`);
		await c.take(new RegExp(`\r\n\r\n${want}$`));
		if (!kept)
			await up.rest(2000);
		c.send('GET /raw/2 HTTP/1.1\r\nHost: a\r\n\r\n');
		const now = kept ? up : await raw.next();
		await now.take(/^GET \/2 /);
		now.send(ok(''));
		await c.answer();
		c.close();
		now.close();
	}
});

test('HEAD has the head of GET and no body', async () => {
	const c = edge.connect();
	const next = raw.next();

	c.send('HEAD /raw HTTP/1.1\r\nHost: a\r\n\r\n');
	const up = await next;
	await up.take(/^HEAD \/ [^]*\r\n\r\n$/);
	up.send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
	await c.take(/Content-Length: 1000\r\n\r\n$/);
	c.send('HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n');
	await c.take(/^HTTP\/1.1 404 [^]*Content-Length: \d+\r\n\r\n$/);
	c.close();
	up.close();
});

test('100-continue goes through, both ways', async () => {
	const c = edge.connect();
	const next = raw.next();

	c.send('POST /raw HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n' +
	    'Content-Length: 3\r\n\r\n');
	const up = await next;
	await up.take(/\r\nExpect: 100-continue\r\n[^]*\r\n\r\n$/);
	up.send('HTTP/1.1 100 Continue\r\n\r\n');
	await c.take(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
	c.send('abc');
	await up.take(/^abc$/);
	up.send('HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n' + ok('done'));
	await c.take(/^HTTP\/1.1 103 Early Hints\r\nLink: a\r\n\r\n/);
	assert.equal((await c.answer()).body, 'done');
	c.close();
	up.close();
});

test('an old client gets no chunks, no interim answers', async () => {
	const c = edge.connect();
	const next = raw.next();

	c.send('GET /raw HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
	const up = await next;
	await up.take(/\r\n\r\n$/);
	up.send('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n' +
	    'Transfer-Encoding: chunked\r\n\r\n3\r\nab');
	up.send('c\r\n2\r\nde\r\n0\r\n\r\n');
	assert.match(await c.rest(),
	    /^HTTP\/1.1 200 OK\r\nConnection: close\r\n\r\nabcde$/);
	c.close();
	up.close();
});

test('an answer without length ends with its connection', async () => {
	const c = edge.connect();
	const next = raw.next();

	c.send('GET /raw HTTP/1.1\r\nHost: a\r\n\r\n');
	const up = await next;
	await up.take(/\r\n\r\n$/);
	up.send('HTTP/1.1 200 OK\r\n\r\nabc');
	await c.take(/Connection: close\r\n\r\nabc$/);
	up.send('def');
	await c.take(/^def$/);
	up.socket.end();
	assert.equal(await c.rest(), '');
	c.close();
	up.close();
});

test('an answer may come before the request is whole', async () => {
	const c = edge.connect();
	const next = raw.next();

	c.send('POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
	const up = await next;
	await up.take(/\r\n\r\nabc$/);
	up.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
	const { status, head, body } = await c.answer();
	assert.deepEqual([status, body], [403, 'no']);
	assert.match(head, /\r\nConnection: close\r\n/);
	/* It can send what it has left without being reset. */
	c.send('x'.repeat(97));
	assert.equal(await c.rest(), '');
	c.close();
	up.close();
});

test('OPTIONS * is for the server itself', async () => {
	const c = edge.connect();

	c.send('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).status, 204);
	c.send('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).status, 200);
	c.close();
});

test('a malformed chunk ends both sides', async () => {
	const c = edge.connect();
	const next = raw.next();

	c.send('POST /raw HTTP/1.1\r\nHost: a\r\n' +
	    'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
	const up = await next;
	await up.take(/3\r\nabc\r\n$/);
	c.send('zz\r\n');
	assert.equal((await c.answer()).status, 400);
	assert.equal(await c.rest(), '');
	await up.rest(2000);
	assert.equal(up.text, '');
	c.close();
	up.close();
});
