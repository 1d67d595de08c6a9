/*
 * The HTTP API as clients meet it, on both its sockets, without an engine:
 * what it refuses and how, who may what, logs live, nothing lost in a kill.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { open } from './lib/http.mjs';
import { dir, stopAll, until } from './lib/proc.mjs';

const secret = 'a secret nobody should read';
let cid;

before(async () => {
	cid = await new Cid({ engine: { socket: join(dir, 'no-engine') } })
	    .start();
});

after(stopAll);

/* The error code of an answer, after looking at its shape. */
function refused({ status, headers, json }, code) {
	assert.equal(json?.success, false);
	assert.equal(json.error.code, code);
	assert.equal(typeof json.error.message, 'string');
	assert.ok(json.error.message.length > 0);
	assert.match(headers['x-request-id'], /^[\w.-]+$/);
	assert.equal(headers['x-content-type-options'], 'nosniff');
	return status;
}

const sample = (name, more = {}) => ({ name, build_type: 'image',
	runtime_image: 'nothing:1', ...more });

async function makeKey(role, more = {}) {
	const { token } = await cid.ask('POST', '/api/tokens',
	    { name: `${role}'s`, role, ...more });

	return token;
}

/* Send bytes to the local socket and answer all that comes. */
function raw(text, { end = true } = {}) {
	return new Promise((done, fail) => {
		const s = net.connect(cid.socket);
		let all = '';

		s.on('data', (d) => { all += d; });
		s.on('close', () => done(all));
		s.on('error', fail);
		s.write(text);
		if (end)
			s.end();
	});
}

test('a project is made, answered, changed and found by both names',
    async () => {
	const made = await cid.api('POST', '/api/projects', {
		name: 'first', repo: 'octo/first', build_image: 'debian:12',
		build_command: 'make all', git_token: secret,
		env: { MODE: 'test' }, secrets: { PASSWORD: secret },
		registry_auth: [{ server: 'reg.example.com', user: 'me',
			password: secret }],
	});

	assert.equal(made.status, 201);
	const p = made.json.data;

	assert.equal(p.build_command, 'make all');
	assert.equal(p.branch, 'main');
	assert.match(p.webhook_url, /\/webhook\/github\/[0-9a-f]{32}$/);
	assert.match(p.public_url, /\/first\/$/);
	assert.equal(p.active_slot, null);
	assert.equal(p.last_build, null);
	assert.match(p.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	assert.ok(!made.text.includes(secret));

	const changed = await cid.ask('PUT', '/api/projects/first',
	    { build_command: ['make', 'more'], branch: 'dev' });

	assert.deepEqual(changed.build_command, ['make', 'more']);
	assert.equal(changed.branch, 'dev');
	assert.equal(changed.build_image, 'debian:12');
	assert.deepEqual(await cid.ask('GET', `/api/projects/${p.id}`),
	    await cid.ask('GET', '/api/projects/first'));
	const list = await cid.ask('GET', '/api/projects');

	assert.equal(list.total, 1);
	assert.equal(list.projects[0].name, 'first');
});

test('secrets are on disk for the builder only', () => {
	for (const name of readdirSync(join(cid.data, 'db')))
		assert.ok(!readFileSync(join(cid.data, 'db', name))
		    .includes(secret), name);
});

test('what is wrong is named', async () => {
	const rows = [
		[{ naem: 'x' }, 'naem'],
		[{ name: 7 }, 'name'],
		[{ name: 'a--b' }, 'name'],
		[{ name: 'api' }, 'name'],
		[{ name: 'x'.repeat(41) }, 'name'],
		[{ name: 'x' }, 'repo'],
		[{ name: 'x', repo: 'git@github.com:a/b' }, 'repo'],
		[{ name: 'x', repo: 'http://example.com/a' }, 'repo'],
		[{ name: 'x', repo: 'https://u:p@example.com/a' }, 'repo'],
		[{ name: 'x', repo: '/srv/git/x' }, 'repo'],
		[{ name: 'x', build_type: 'image' }, 'runtime_image'],
		[{ name: 'x', repo: 'a/b', runtime_port: 70000 },
			'runtime_port'],
		[{ name: 'x', repo: 'a/b', build_type: 'magic' },
			'build_type'],
		[{ name: 'x', repo: 'a/b', cache_type: 'paths' },
			'cache_paths'],
		[{ name: 'x', repo: 'a/b', working_directory: '../x' },
			'working_directory'],
		[{ name: 'x', repo: 'a/b', env: { '1A': 'x' } }, 'env.1A'],
		[{ name: 'x', repo: 'a/b', registry_auth:
			[{ server: 'http://x', user: 'u', password: 'p' }] },
			'registry_auth.server'],
	];

	for (const [body, field] of rows) {
		const answer = await cid.api('POST', '/api/projects', body);

		assert.equal(refused(answer, 'VALIDATION_ERROR'), 400);
		assert.equal(answer.json.error.details.field, field,
		    answer.text);
		assert.ok(answer.json.error.details.reason);
	}
});

test('bodies that are no JSON are refused', async () => {
	const json = { 'Content-Type': 'application/json' };

	for (const body of ['{', '[]', 'null', '"x"', '{"name":"x",}',
		`${'['.repeat(100000)}`, '{"name":"\xff"}'])
		assert.equal(refused(await cid.api('POST', '/api/projects',
		    Buffer.from(body, 'latin1'), { headers: json }),
		    'VALIDATION_ERROR'), 400, body.slice(0, 20));
	assert.equal(refused(await cid.api('POST', '/api/projects',
	    Buffer.from('name=x'), { headers:
		{ 'Content-Type': 'application/x-www-form-urlencoded' } }),
	    'UNSUPPORTED_MEDIA_TYPE'), 415);
});

test('what is not there is a 404 of its kind', async () => {
	for (const [method, path, code] of [
		['GET', '/nothing', 'NOT_FOUND'],
		['GET', '/api/projects/', 'NOT_FOUND'],
		['GET', '/api/projects/%00', 'NOT_FOUND'],
		['GET', '/api/projects/none', 'PROJECT_NOT_FOUND'],
		['DELETE', '/api/projects/4711', 'PROJECT_NOT_FOUND'],
		['GET', '/api/builds/4711', 'BUILD_NOT_FOUND'],
		['GET', '/api/builds/x/logs', 'BUILD_NOT_FOUND'],
		['GET', '/api/deliveries/4711', 'DELIVERY_NOT_FOUND'],
		['DELETE', '/api/tokens/4711', 'TOKEN_NOT_FOUND'],
	])
		assert.equal(refused(await cid.api(method, path), code), 404,
		    path);
	const wrong = await cid.api('PATCH', '/api/projects');

	assert.equal(refused(wrong, 'METHOD_NOT_ALLOWED'), 405);
	assert.equal(wrong.headers.allow, 'GET, HEAD, POST');
	for (const query of ['limit=x', 'limit=-1', 'limit=5000', 'lim=1',
		'limit=%zz'])
		assert.equal(refused(await cid.api('GET',
		    `/api/projects?${query}`), 'VALIDATION_ERROR'), 400, query);
});

test('a name is taken once', async () => {
	assert.equal((await cid.api('POST', '/api/projects', sample('twice')))
	    .status, 201);
	assert.equal(refused(await cid.api('POST', '/api/projects',
	    sample('twice')), 'PROJECT_EXISTS'), 409);
	assert.equal(refused(await cid.api('PUT', '/api/projects/twice',
	    { name: 'thrice' }), 'VALIDATION_ERROR'), 400);
});

test('what is too large is refused before it is read', async () => {
	const head = 'POST /api/projects HTTP/1.1\r\nHost: x\r\n' +
	    'Content-Type: application/json\r\n';

	assert.match(await raw(`${head}Content-Length: 2000000\r\n\r\n`),
	    /^HTTP\/1.1 413 [^]*BODY_TOO_LARGE/);
	assert.match(await raw(`${head}Transfer-Encoding: chunked\r\n\r\n`),
	    /^HTTP\/1.1 411 [^]*LENGTH_REQUIRED/);
	assert.equal(refused(await cid.api('GET',
	    `/api/projects?limit=${'1'.repeat(3000)}`), 'URI_TOO_LONG'), 414);
});

test('requests that hardly are any end in a refusal', async () => {
	for (const line of ['OPTIONS * HTTP/1.1', 'BREW /api HTTP/1.1',
		'GET http://x/nothing HTTP/1.1', 'CONNECT x:1 HTTP/1.1']) {
		const all = await raw(`${line}\r\nHost: x\r\n` +
		    'Connection: close\r\n\r\n', { end: false });

		assert.match(all, /^$|^HTTP\/1.1 40[45] /, line);
	}
	assert.equal((await cid.api('GET', '/api')).status, 200);
});

test('one connection serves many, also sent ahead', async () => {
	const one = 'GET /api HTTP/1.1\r\nHost: x\r\n\r\n';
	const last = 'GET /api HTTP/1.1\r\nHost: x\r\n' +
	    'Connection: close\r\n\r\n';
	const all = await raw(one.repeat(20) + last, { end: false });

	assert.equal(all.match(/HTTP\/1.1 200 OK/g).length, 21);
});

test('HEAD says what GET would', async () => {
	const get = await cid.api('GET', '/api');
	const head = await cid.api('HEAD', '/api');

	assert.equal(head.status, 200);
	assert.equal(head.text, '');
	assert.equal(head.headers['content-length'],
	    get.headers['content-length']);
});

test('an environment that the project has not is named', async () => {
	for (const order of ['builds', 'rollback', 'restart', 'stop',
		'promote']) {
		const answer = await cid.api('POST',
		    `/api/projects/first/${order}`, { environment: 'staging' });

		assert.equal(refused(answer, 'VALIDATION_ERROR'), 400);
		assert.equal(answer.json.error.details.field, 'environment');
	}
});

test('a POST with an Idempotency-Key is done once', async () => {
	const headers = { 'Idempotency-Key': 'once' };
	const path = '/api/projects/first/builds';
	const first = await cid.api('POST', path, {}, { headers });
	const again = await cid.api('POST', path, {}, { headers });

	assert.equal(first.status, 202);
	assert.equal(again.status, 202);
	assert.equal(again.text, first.text);
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.equal(refused(await cid.api('POST', path, { force: true },
	    { headers }), 'IDEMPOTENCY_KEY_REUSED'), 422);
	assert.equal((await cid.ask('GET', path)).total, 1);
});

test('who has no key is refused before the body is there', async () => {
	for (const line of ['POST /api/projects', 'GET /health']) {
		const slow = net.connect(cid.port, '127.0.0.1');

		slow.write(`${line} HTTP/1.1\r\nHost: here\r\n` +
		    'Content-Type: application/json\r\n' +
		    'Content-Length: 1000\r\n\r\n{');
		const [answer] = await once(slow, 'data');
		assert.match(String(answer), /^HTTP\/1.1 4(01|13) /);
		slow.destroy();
	}
});

test('the text of a key is nowhere kept, not even for who repeats', async () => {
	const body = { name: 'twice', role: 'viewer' };
	const headers = { 'Idempotency-Key': 'key' };
	const first = await cid.api('POST', '/api/tokens', body, { headers });
	const again = await cid.api('POST', '/api/tokens', body, { headers });

	assert.equal(first.status, 201);
	assert.match(first.json.data.token, /^cid_/);
	assert.deepEqual(again.json.data, { ...first.json.data, token: null });
	for (const file of readdirSync(join(cid.data, 'db'))) {
		assert.ok(!readFileSync(join(cid.data, 'db', file))
		    .includes(first.json.data.token), file);
	}
	await cid.ask('DELETE', `/api/tokens/${first.json.data.id}`);
});

test('through the front door a key is needed, and enough of one',
    async () => {
	const roles = ['viewer', 'member', 'admin', 'owner'];
	const rows = [
		['GET', '/api/projects', undefined, 'viewer'],
		['GET', '/api/builds', undefined, 'viewer'],
		['GET', '/metrics', undefined, 'viewer'],
		['PUT', '/api/projects/first', {}, 'member'],
		['GET', '/api/deliveries', undefined, 'admin'],
		['GET', '/api/tokens', undefined, 'owner'],
		['POST', '/api/reconcile', {}, 'nobody'],
	];
	const keys = {};

	for (const role of roles)
		keys[role] = await makeKey(role);
	for (const [method, path, body, least] of rows) {
		assert.equal(refused(await cid.tcp(method, path, body),
		    'UNAUTHORIZED'), 401);
		assert.equal(refused(await cid.tcp(method, path, body,
		    { key: 'cid_local_owner_0123' }), 'UNAUTHORIZED'), 401);
		for (const role of roles) {
			const answer = await cid.tcp(method, path, body,
			    { key: keys[role] });

			if (least !== 'nobody' &&
			    roles.indexOf(role) >= roles.indexOf(least))
				assert.equal(answer.status, 200, answer.text);
			else
				assert.equal(refused(answer, 'FORBIDDEN'),
				    403);
		}
	}
	for (const path of ['/health', '/api'])
		assert.equal((await cid.tcp('GET', path)).status, 200);
	assert.equal((await cid.tcp('GET', '/api/projects', undefined,
	    { headers: { 'X-API-Key': keys.viewer } })).status, 200);
	const seen = await cid.tcp('GET', '/api/projects/first', undefined,
	    { key: keys.member });

	assert.equal(seen.json.data.webhook_secret, undefined);
});

test('a revoked or expired key is none', async () => {
	const key = await makeKey('viewer');
	const short = await makeKey('viewer', { expires_in: 1 });
	const { tokens } = await cid.ask('GET', '/api/tokens');

	assert.equal((await cid.tcp('GET', '/api/projects', undefined,
	    { key })).status, 200);
	await cid.ask('DELETE', `/api/tokens/${tokens[1].id}`);
	assert.equal(refused(await cid.tcp('GET', '/api/projects', undefined,
	    { key }), 'UNAUTHORIZED'), 401);
	await until('the end of a key', async () => (await cid.tcp('GET',
	    '/api/projects', undefined, { key: short })).status === 401);
	assert.ok(!JSON.stringify(tokens).includes(key));
});

test('a key for one project knows of no other', async () => {
	const key = await makeKey('admin', { projects: ['twice'] });
	const get = (path) => cid.tcp('GET', path, undefined, { key });

	assert.deepEqual((await get('/api/projects')).json.data.projects
	    .map((p) => p.name), ['twice']);
	assert.equal((await get('/api/builds')).json.data.total, 0);
	assert.equal((await get('/api/projects/twice')).status, 200);
	const foreign = await get('/api/projects/first');
	const missing = await get('/api/projects/none');

	assert.equal(refused(foreign, 'PROJECT_NOT_FOUND'), 404);
	assert.equal(foreign.text, missing.text);
	assert.equal(refused(await get('/api/builds/1'), 'BUILD_NOT_FOUND'),
	    404);
});

/* Read server-sent events until the stream ends or `count` are there. */
async function events(path, headers = {}, count = Infinity) {
	const res = await open({ socketPath: cid.socket }, 'GET', path,
	    { headers });
	const got = [];
	let rest = '';

	assert.equal(res.headers['content-type'], 'text/event-stream');
	res.setEncoding('utf8');
	for await (const part of res) {
		const blocks = (rest + part).split('\n\n');

		rest = blocks.pop();
		for (const block of blocks.filter((b) => b !== ':'))
			got.push(Object.fromEntries(block.split('\n')
			    .map((line) => [line.slice(0, line.indexOf(': ')),
				line.slice(line.indexOf(': ') + 2)])));
		if (got.length >= count) {
			res.destroy();
			break;
		}
	}
	return got;
}

test('a log is followed to its end, and read again from any line',
    async () => {
	const { build_id: id } = await cid.ask('POST',
	    '/api/projects/twice/builds', {});
	const path = `/api/builds/${id}/logs`;
	const following = events(`${path}?follow=1`);

	await events(path, { Accept: 'text/event-stream' }, 1);
	assert.equal(refused(await cid.api('POST', `/api/builds/${id}/retry`),
	    'BUILD_NOT_FINISHED'), 409);
	const stopped = await cid.ask('POST', `/api/builds/${id}/cancel`);

	assert.equal(stopped.id, id);
	const all = await following;
	const end = all.pop();

	assert.equal(end.event, 'complete');
	assert.equal(JSON.parse(end.data).status, 'Cancelled');
	assert.equal(JSON.parse(end.data).reason, 'CANCELLED_BY_USER');
	assert.ok(all.length > 0);
	assert.deepEqual(all.map((e) => Number(e.id)),
	    all.map((e, i) => i + 1));
	const lines = all.map((e) => JSON.parse(e.data));

	assert.ok(lines.every((l) => l.type === 'log' && l.build_id === id &&
	    l.stream === 'cid'));
	const text = (await cid.api('GET', path)).text;

	assert.equal(text, lines.map((l) => `${l.line}\n`).join(''));
	const again = await events(path, { Accept: 'text/event-stream',
		'Last-Event-ID': '1' });

	assert.deepEqual(again, [...all.slice(1), end]);
	const part = await cid.api('GET', path, undefined,
	    { headers: { Range: 'bytes=3-6' } });

	assert.equal(part.status, 206);
	assert.equal(part.text, text.slice(3, 7));
	assert.equal(part.headers['content-range'],
	    `bytes 3-6/${Buffer.byteLength(text)}`);
	assert.equal(refused(await cid.api('GET', path, undefined,
	    { headers: { Range: 'bytes=999999-' } }),
	    'RANGE_NOT_SATISFIABLE'), 416);
	const file = await cid.api('GET', `${path}/download`);

	assert.match(file.headers['content-disposition'],
	    /^attachment; filename="twice-1.log"$/);
	assert.equal(refused(await cid.api('POST',
	    `/api/builds/${id}/cancel`), 'BUILD_FINISHED'), 409);
	assert.equal((await cid.api('POST', `/api/builds/${id}/retry`))
	    .status, 202);
});

test('what was answered survives a kill', async () => {
	const made = await cid.ask('POST', '/api/projects', sample('kept'));
	const { build_number: number } = await cid.ask('POST',
	    '/api/projects/kept/builds', {});

	await cid.replace('api');
	const p = await until('the API', () => cid.ask('GET',
	    '/api/projects/kept').catch(() => undefined));

	assert.equal(p.id, made.id);
	assert.equal(p.last_build.number, number);
	assert.equal(p.last_build.status, 'Queued');
});

test('a removed project is gone at once, and its name stays ours',
    async () => {
	const gone = await cid.api('DELETE', '/api/projects/kept');

	assert.ok(gone.status === 200 || gone.status === 202, gone.text);
	assert.equal(gone.json.data.name, 'kept');
	assert.equal(gone.json.data.builds, 1);
	assert.equal(refused(await cid.api('GET', '/api/projects/kept'),
	    'PROJECT_NOT_FOUND'), 404);
	const { builds } = await cid.ask('GET', '/api/builds');

	assert.ok(!builds.some((b) => b.project_name === 'kept'));
});
