/*
 * The edge's routes and what changes of them do to who is on the way: no
 * request lost, nothing left behind, and the deployer told.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Proxy, Upstream, ok, serve } from './lib/proxy.mjs';

const blue = new Upstream(serve(() => ok('blue')));
const green = new Upstream(serve(() => ok('green')));
const raw = new Upstream();
let edge;

before(async () => {
	await Promise.all([blue.listen(), green.listen({ host: '127.1.0.3' }),
		raw.listen({ host: '127.1.0.2' })]);
	edge = await new Proxy('edge', { drain: 1000 }).start();
});

after(async () => {
	blue.close();
	green.close();
	raw.close();
	await edge.stop();
});

const toBlue = (more) => ({ port: blue.port, slot: 0, release: 1,
	prefix: '/app', ...more });
const toGreen = (more) => ({ port: green.port, slot: 1, release: 2,
	addr: '127.1.0.3', prefix: '/app', ...more });

async function get(path, c = edge.connect()) {
	c.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
	const { status, body } = await c.answer();

	c.close();
	return status === 200 ? body : status;
}

/* A request on its way to raw. */
async function underWay(head = 'GET /app HTTP/1.1\r\nHost: a\r\n\r\n') {
	const next = raw.next();
	const c = edge.connect().send(head);
	const up = await next;

	await up.take(/\r\n\r\n$/);
	return [c, up];
}

const toRaw = (more) => ({ port: raw.port, slot: 0, release: 3,
	prefix: '/app', ...more });

test('no table yet, vacant, gone: 503, 503, 404', async () => {
	assert.equal(await get('/app'), 503);
	await edge.set(toBlue({ port: 0 }));
	assert.equal(await get('/app'), 503);
	await edge.set(toBlue());
	assert.equal(await get('/app'), 'blue');
	await edge.del(toBlue());
	assert.equal(await get('/app'), 404);
	assert.equal((await edge.drained(1)).cut, 0);
});

test('a route out of the pool leads nowhere', async () => {
	await edge.set(toBlue({ addr: '127.0.0.1' }));
	assert.equal(await get('/app'), 503);
});

test('nothing answers at the address: 502', async () => {
	await edge.set(toBlue({ port: 1 }));
	assert.equal(await get('/app'), 502);
});

test('what is under way ends at the old one, the rest at the new',
    async () => {
	await edge.set(toRaw());
	const [c, up] = await underWay();

	const { generation } = await edge.set(toGreen());
	assert.equal(await get('/app'), 'green');
	up.send(ok('raw'));
	assert.equal((await c.answer()).body, 'raw');
	const drained = await edge.drained(3);
	assert.deepEqual(drained, { type: 'drained', generation, env: 1,
		release: 3, slot: 0, cut: 0 });
	/* The same connection of the visitor goes to the new one. */
	assert.equal(await get('/app', c), 'green');
	await up.rest(2000);
});

test('an idle connection to the old one is closed at once', async () => {
	await edge.set(toRaw());
	const [c, up] = await underWay();

	up.send(ok('raw'));
	await c.answer();
	await edge.set(toGreen());
	await edge.drained(3);
	await up.rest(2000);
	c.close();
});

test('the drain limit cuts what is left and says how much', async () => {
	await edge.set(toRaw());
	const [c1, up1] = await underWay();
	const [c2, up2] = await underWay('GET /app HTTP/1.1\r\nHost: a\r\n' +
	    'Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n');

	up2.send('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n' +
	    'Connection: Upgrade\r\n\r\n');
	await c2.take(/\r\n\r\n$/);
	await edge.set(toGreen({ drain: 300 }));
	const { cut } = await edge.drained(3);
	assert.equal(cut, 2);
	assert.equal(await c1.rest(), '');
	assert.equal(await c2.rest(), '');
	await Promise.all([up1.rest(2000), up2.rest(2000)]);
	c2.close();
});

test('a route that comes back ends the drain', async () => {
	await edge.set(toRaw());
	const [c, up] = await underWay();

	await edge.set(toGreen({ drain: 200 }));
	await edge.set(toRaw({ drain: 200 }));
	await edge.drained(2);
	const [c2, up2] = await underWay();
	up.send(ok('one'));
	up2.send(ok('two'));
	assert.equal((await c.answer()).body, 'one');
	assert.equal((await c2.answer()).body, 'two');
	c.close();
	c2.close();
});

test('an order that is old news changes nothing', async () => {
	await edge.set(toGreen());
	edge.generation -= 2;
	const { generation } = await edge.set(toBlue());
	assert.equal(generation, edge.generation + 1);
	assert.equal(await get('/app'), 'green');
	edge.generation = generation;
});

test('a whole table replaces what there was', async () => {
	edge.file('load', [toBlue({ prefix: '/one' }), toBlue({ env: 5,
		host: 'App.Example', prefix: '' })]);
	assert.equal((await edge.hear('ack')).count, 2);
	assert.equal(await get('/app'), 404);
	assert.equal(await get('/one'), 'blue');
	edge.generation++;
	edge.file('load', []);
	assert.equal((await edge.hear('ack')).count, 0);
	assert.equal(await get('/one'), 404);
});

test('a new deployer finds the routes in force', async () => {
	await edge.set(toBlue());
	edge.say('deployer');
	edge.file('load', [toGreen()]);
	await edge.hear('ack');
	assert.equal(await get('/app'), 'green');
});

test('the parent\'s table serves before any deployer is there', async () => {
	const other = await new Proxy('edge').start([toBlue()]);
	const c = other.connect();

	c.send('GET /app HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).body, 'blue');
	c.close();
	await other.stop();
});

test('ten thousand routes are loaded and found', async () => {
	edge.file('load', Array.from({ length: 10000 }, (_, i) =>
	    toBlue({ env: i + 1, prefix: `/p${i}` })));
	assert.equal((await edge.hear('ack')).count, 10000);
	for (const i of [0, 4999, 9999])
		assert.equal(await get(`/p${i}/x`), 'blue');
	edge.generation++;
	edge.file('load', [toBlue()]);
	await edge.hear('ack');
});

test('a hundred switches under load fail nobody', async () => {
	let on = true;
	const seen = { blue: 0, green: 0 };
	const visit = async () => {
		const c = edge.connect();
		while (on) {
			c.send('POST /app HTTP/1.1\r\nHost: a\r\n' +
			    'Content-Length: 3\r\n\r\nabc');
			const { status, body } = await c.answer();
			assert.equal(status, 200);
			seen[body]++;
		}
		c.close();
	};
	const handler = (color) => serve(async (head, c) => {
		await c.take(/^abc/);
		return ok(color);
	});

	blue.handler = handler('blue');
	green.handler = handler('green');
	edge.generation++;
	edge.file('load', [toBlue({ release: 10 })]);
	await edge.hear('ack');
	const visitors = Array.from({ length: 8 }, visit);
	for (let i = 0; i < 100; i++) {
		await edge.set(i % 2 ? toBlue({ release: 20 + i }) :
			toGreen({ release: 20 + i }));
		const { cut } = await edge.drained(i ? 19 + i : 10);
		assert.equal(cut, 0);
	}
	on = false;
	await Promise.all(visitors);
	assert.ok(seen.blue >= 100 && seen.green >= 100,
	    JSON.stringify(seen));
});

test('listeners are adopted and dropped', async () => {
	edge.say('adopt');
	const { number, port } = await edge.hear('listener');
	const c = edge.connect(port);

	c.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).status, 404);
	edge.say(`drop ${number}`);
	/* Who is inside stays. */
	await edge.set(toBlue({ env: 9, prefix: '/nine' }));
	c.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
	assert.equal((await c.answer()).status, 404);
	c.close();
});

test('a stop lets requests finish and idle ones go', async () => {
	const other = await new Proxy('edge', { drain: 10000 }).start();

	await other.set(toRaw());
	const idle = other.connect();
	idle.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
	await idle.answer();
	const next = raw.next();
	const c = other.connect().send('GET /app HTTP/1.1\r\nHost: a\r\n\r\n');
	const up = await next;
	await up.take(/\r\n\r\n$/);
	other.say('stop');
	assert.equal(await idle.rest(), '');
	up.send(ok('last'));
	const { head, body } = await c.answer();
	assert.equal(body, 'last');
	assert.match(head, /\r\nConnection: close\r\n/);
	assert.equal((await other.hear('exit')).status, 0);
	await other.stop();
});

test('a stop ends at the drain limit', async () => {
	const other = await new Proxy('edge', { drain: 200 }).start();

	await other.set(toRaw());
	const next = raw.next();
	const c = other.connect().send('GET /app HTTP/1.1\r\nHost: a\r\n\r\n');
	await (await next).take(/\r\n\r\n$/);
	other.say('stop');
	assert.equal((await other.hear('exit')).status, 0);
	assert.equal(await c.rest(), '');
	await other.stop();
});
