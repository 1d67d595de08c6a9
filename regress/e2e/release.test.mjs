/*
 * Releases on a real engine: two slots and the way between them, what visitors
 * see meanwhile, what fails and why, what is lost and comes back.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { image } from './lib/image.mjs';
import { stopAll, until } from './lib/proc.mjs';

const LIMIT_MS = 60000;
const engine = new Engine();
let cid;

/* An app that answers with one word, on a port, and ends when told to. */
const serve = (port) => `trap exit TERM; httpd -f -p ${port} -h /tmp/w & wait`;
const app = (word, port = 8080) => 'mkdir -p /tmp/w; ' +
    `echo ${word} >/tmp/w/index.html; ${serve(port)}`;

async function project(name, command, more = {}) {
	await cid.ask('POST', '/api/projects', { name, build_type: 'image',
		runtime_image: 'app:1', runtime_port: 8080,
		runtime_command: command, health_check_url: '/',
		health_check_interval: 1, health_check_retries: 2, ...more });
}

/* Wait until a build has ended. */
function ended(id) {
	return until(`end of build ${id}`, async () => {
		const { json } = await cid.api('GET', `/api/builds/${id}`)
		    .catch(() => ({}));

		return json?.data?.finished_at ? json.data : undefined;
	}, LIMIT_MS);
}

async function trigger(name, command) {
	if (command !== undefined)
		await cid.ask('PUT', `/api/projects/${name}`,
		    { runtime_command: command });
	const { build_id: id } = await cid.ask('POST',
	    `/api/projects/${name}/builds`, {});

	return id;
}

const release = async (name, command) => ended(await trigger(name, command));

async function logText(id) {
	const { text } = await cid.api('GET', `/api/builds/${id}/logs`);

	return text;
}

async function word(path) {
	const { status, text } = await cid.visit(path);

	return status === 200 ? text.trim() : status;
}

/* The container of a slot as the engine has it, undefined without one. */
async function container(name) {
	const { status, json } = await engine.request('GET',
	    `/containers/${name}/json`);

	return status === 200 ? json : undefined;
}

async function slots(name) {
	const data = await cid.ask('GET', `/api/projects/${name}/status`);

	return data;
}

/* Ask a page again and again; answers what came and how often. */
class Loop {
	constructor(path) {
		this.path = path;
		this.seen = {};
		this.loop = this.run();
	}

	async run() {
		while (!this.ended) {
			const w = await word(this.path).catch(String);
			this.seen[w] = (this.seen[w] ?? 0) + 1;
		}
	}

	/* Until a word was seen so often. */
	async reached(w, n) {
		await until(`${n} times ${w}`, () => this.seen[w] >= n,
		    LIMIT_MS);
	}

	async end() {
		this.ended = true;
		await this.loop;
		return this.seen;
	}
}

before(async () => {
	await engine.start();
	await image(engine, 'app:1');
	cid = new Cid({ engine, conf: ['drain 5s'] });
	await cid.start();
});

after(stopAll);

test('nothing released: a page; then live', async () => {
	await project('app', app('one'));
	await until('the page', async () => await word('/app/') === 503);
	const b = await release('app');
	assert.equal(b.status, 'Success', `${b.reason} ${b.message}`);
	assert.equal(await word('/app/'), 'one');
	const c = await container('app-production-blue');
	assert.ok(c.State.Running);
	assert.equal(c.HostConfig.RestartPolicy.Name, 'unless-stopped');
});

test('a switch loses no request', async () => {
	const loop = new Loop('/app/');

	await loop.reached('one', 50);
	const b = await release('app', app('two'));
	assert.equal(b.status, 'Success', `${b.reason} ${b.message}`);
	await loop.reached('two', 50);
	const seen = await loop.end();
	assert.deepEqual(Object.keys(seen).sort(), ['one', 'two']);
	assert.ok((await container('app-production-blue')).State.Running);
});

test('a slow answer is finished by the release that began it', async () => {
	await project('slow', 'mkdir -p /tmp/w/cgi-bin; ' +
	    'printf "#!/bin/sh\\nsleep 2\\nprintf \'\\\\r\\\\nold\'" ' +
	    '>/tmp/w/cgi-bin/x; chmod 755 /tmp/w/cgi-bin/x; ' +
	    `echo one >/tmp/w/index.html; ${serve(8080)}`);
	assert.equal((await release('slow')).status, 'Success');
	const answer = cid.visit('/slow/cgi-bin/x');
	const b = await release('slow', app('two'));
	assert.equal(b.status, 'Success');
	assert.equal(await word('/slow/'), 'two');
	const { status, text } = await answer;
	assert.deepEqual([status, text], [200, 'old']);
});

test('a rollback is as fast as a route', async () => {
	const begun = Date.now();

	await cid.ask('POST', '/api/projects/app/rollback', {});
	await until('one', async () => await word('/app/') === 'one');
	assert.ok(Date.now() - begun < 1000);
	await cid.ask('POST', '/api/projects/app/rollback', {});
	await until('two', async () => await word('/app/') === 'two');
});

for (const [what, command, reason, said] of [
	['ends at once', 'echo last words; exit 7', 'CONTAINER_EXITED',
		/last words[^]*exit code 7/],
	['is not there', 'exec /no/such/thing', 'CONTAINER_EXITED', /exit code/],
	['listens nowhere', 'trap exit TERM; echo i am idle; sleep 1000 & wait',
		'UNHEALTHY', /i am idle/],
	['listens elsewhere', app('x', 9090), 'WRONG_PORT', /9090/],
	['listens for itself', app('x', '127.0.0.1:8080'), 'WRONG_PORT',
		/0\.0\.0\.0/],
	['answers 404', `mkdir /tmp/w; ${serve(8080)}`, 'UNHEALTHY', /404/],
]) {
	test(`a release that ${what} leaves visitors where they are`,
	    async () => {
		const loop = new Loop('/app/');
		const b = await release('app', command);

		assert.deepEqual([b.status, b.reason], ['Failed', reason],
		    `${b.message}\n${await logText(b.build_id ?? b.id)}`);
		const text = await logText(b.build_id ?? b.id);
		assert.match(text + b.message, said);
		assert.deepEqual(Object.keys(await loop.end()), ['two']);
		await until('the slot is empty', async () =>
			await container('app-production-blue') === undefined,
		LIMIT_MS);
	});
}

test('a first release that can not even be made harms nobody', async () => {
	const builder = () => cid.children()
	    .find(({ name }) => name === 'builder').pid;
	const pid = builder();

	await project('greedy', app('x'), { memory: 2 ** 50 });
	const b = await release('greedy');
	assert.deepEqual([b.status, b.reason], ['Failed', 'LIMIT_TOO_HIGH']);
	assert.equal(await word('/greedy/'), 503);
	assert.equal(builder(), pid);
});

test('the active container is killed: it comes back', async () => {
	const { Id } = await container('app-production-green');

	await engine.call('POST', `/containers/${Id}/kill`);
	await until('two', async () => await word('/app/') === 'two', LIMIT_MS);
	assert.equal((await container('app-production-green')).Id, Id);
});

test('the active container is removed: it is made again', async () => {
	await engine.call('DELETE', '/containers/app-production-green?force=1');
	await until('two', async () => await word('/app/') === 'two', LIMIT_MS);
});

test('the engine restarts: all comes back without a person', async () => {
	await engine.stop('SIGTERM');
	await engine.start();
	for (const [path, w] of [['/app/', 'two'], ['/slow/', 'two']])
		await until(w, async () => await word(path) === w, LIMIT_MS);
});

test('the engine dies: visitors notice nothing', async () => {
	const loop = new Loop('/app/');

	await engine.stop('SIGKILL');
	await loop.reached('two', 50);
	assert.deepEqual(Object.keys(await loop.end()), ['two']);
	/* An engine without live-restore ends what it finds. */
	await engine.start();
	const b = await release('app', app('three'));
	assert.equal(b.status, 'Success', `${b.reason} ${b.message}`);
	assert.equal(await word('/app/'), 'three');
});

test('orphans are removed, strangers are not', async () => {
	const { Config: { Labels } } = await container('app-production-blue');
	const make = (name, more) => engine.call('POST',
	    `/containers/create?name=${name}`, { body: { Image: 'app:1',
		Labels: { ...Labels, 'cid.environment_id': '4711', ...more } } });

	await make('stranger', { 'cid.instance':
		'00000000-0000-4000-8000-000000000000' });
	await make('orphan', {});
	await until('its end', async () =>
		await container('orphan') === undefined, LIMIT_MS);
	assert.ok(await container('stranger'));
	assert.equal(await word('/app/'), 'three');
});

test('a stop shows the page, a restart goes back', async () => {
	await cid.ask('POST', '/api/projects/slow/stop', {});
	await until('the page', async () => await word('/slow/') === 503);
	await cid.ask('POST', '/api/projects/slow/restart', {});
	await until('two', async () => await word('/slow/') === 'two',
	    LIMIT_MS);
});

test('the deployer and the API are away: visitors notice nothing',
    async () => {
	const loop = new Loop('/app/');

	await Promise.all(['deployer', 'api', 'builder']
	    .map((name) => cid.replace(name)));
	await loop.reached('three', 50);
	const b = await release('app', app('four'));
	assert.equal(b.status, 'Success', `${b.reason} ${b.message}`);
	await loop.reached('four', 10);
	assert.deepEqual(Object.keys(await loop.end()).sort(),
	    ['four', 'three']);
});

test('a deleted project leaves nothing', async () => {
	await cid.ask('DELETE', '/api/projects/app');
	await until('404', async () => await word('/app/') === 404, LIMIT_MS);
	await until('no containers', async () =>
		(await engine.containers('cid.project=app',
		    'cid.kind=slot')).length <= 1, LIMIT_MS);
	assert.equal(await word('/slow/'), 'two');
});
