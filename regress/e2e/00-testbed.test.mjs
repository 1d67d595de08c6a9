/*
 * The parts that the other tests stand on, proved without cid.
 */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Engine, registryAuth } from './lib/engine.mjs';
import { GitServer, certificate, git, user } from './lib/git.mjs';
import * as github from './lib/github.mjs';
import { read, request } from './lib/http.mjs';
import { image } from './lib/image.mjs';
import { dir, run, stopAll, until } from './lib/proc.mjs';
import { Registry } from './lib/registry.mjs';

const login = { username: 'deploy', password: 's3cret' };
const engine = new Engine();
const open = new Registry({ port: 5000 });
const closed = new Registry({ port: 5001, login });
const server = new GitServer();

before(async () => {
	await Promise.all([engine.start(), open.start(), closed.start(),
		server.start()]);
	await image(engine, 'busybox:1');
});

after(stopAll);

/* Create and start a container; answers its id. */
async function start(name, config) {
	const { Id } = await engine.call('POST',
	    `/containers/create?name=${name}`, { body: config });

	await engine.call('POST', `/containers/${Id}/start`);
	return Id;
}

async function output(id) {
	const { StatusCode } = await engine.call('POST',
	    `/containers/${id}/wait`);
	const { text } = await engine.request('GET',
	    `/containers/${id}/logs?stdout=1&stderr=1`);

	await engine.call('DELETE', `/containers/${id}`);
	return { code: StatusCode, text };
}

async function inspect(id) {
	return engine.call('GET', `/containers/${id}/json`);
}

function web(name, text, more = {}) {
	return start(name, { Image: 'busybox:1', Cmd: ['/bin/sh', '-c',
		`echo ${text} >/tmp/index.html; exec httpd -f -p 80 -h /tmp`],
		StopSignal: 'SIGKILL', ...more });
}

async function visit(id) {
	const { NetworkSettings } = await inspect(id);

	return until('an answer', () => request(
	    { host: NetworkSettings.IPAddress, port: 80 }, 'GET', '/')
	    .then(({ text }) => text.trim(), () => undefined));
}

test('the network has loopback and nothing else', async () => {
	const { stdout } = await run('ip', ['-br', 'link']);
	const links = stdout.trim().split('\n').map((l) => l.split(/[ @]/)[0]);

	assert.ok(links.includes('lo'));
	assert.deepEqual(links.filter((l) => !/^(lo|docker0|veth|ifb)/.test(l)),
	    []);
});

test('what is added to /etc is not on the host', async () => {
	await run('groupadd', ['--system', 'cid-testbed']);
	assert.match((await run('getent', ['group', 'cid-testbed'])).stdout,
	    /cid-testbed/);
	assert.match(readFileSync('/proc/self/mountinfo', 'utf8'),
	    / \/etc .* overlay /);
});

test('a container runs and says so', async () => {
	const id = await start('once', { Image: 'busybox:1', Tty: true,
		Cmd: ['/bin/sh', '-c', 'echo hello; exit 3'] });
	const { code, text } = await output(id);

	assert.equal(code, 3);
	assert.match(text, /hello/);
});

test('limits hold: memory, processes', async () => {
	const big = await start('big', { Image: 'busybox:1', Cmd: ['/bin/sh',
		'-c', 'exec tail /dev/zero'],
	HostConfig: { Memory: 16 << 20 } });
	assert.equal((await engine.call('POST', `/containers/${big}/wait`))
	    .StatusCode, 137);
	assert.equal((await inspect(big)).State.OOMKilled, true);

	const many = await start('many', { Image: 'busybox:1', Tty: true,
		Cmd: ['/bin/sh', '-c',
			'for i in 1 2 3 4 5 6 7 8; do sleep 60 & done; kill 0'],
		HostConfig: { PidsLimit: 4 } });
	assert.match((await output(many)).text, /can't fork/);
});

test('an image brings ports, health check and files', async () => {
	await image(engine, 'app:1', {
		changes: ['CMD ["/start"]', 'EXPOSE 8000', 'EXPOSE 9000',
			'HEALTHCHECK --interval=1s CMD exit 1'],
		files: { '/start': '#!/bin/sh\necho started\n' } });
	const { Config } = await engine.call('GET', '/images/app:1/json');

	assert.deepEqual(Object.keys(Config.ExposedPorts).sort(),
	    ['8000/tcp', '9000/tcp']);
	assert.deepEqual(Config.Healthcheck.Test, ['CMD-SHELL', 'exit 1']);
	const id = await start('app', { Image: 'app:1', Tty: true });
	assert.match((await output(id)).text, /started/);
});

test('node runs in its image', async () => {
	await image(engine, 'node:1', { base: 'node' });
	const id = await start('node', { Image: 'node:1', Tty: true,
		Cmd: ['node', '-e', 'console.log(process.version)'] });
	const { text } = await output(id);

	assert.equal(text.trim(), process.version);
});

test('a published port is reached on loopback', async () => {
	const id = await web('published', 'here', {
		ExposedPorts: { '80/tcp': {} },
		HostConfig: { PortBindings: { '80/tcp': [
			{ HostIp: '127.0.0.1', HostPort: '9001' }] } } });

	assert.equal(await visit(id), 'here');
	assert.match((await request({ port: 9001 }, 'GET', '/')).text, /here/);
	await engine.call('DELETE', `/containers/${id}?force=1`);
});

test('a registry gives what was pushed', async () => {
	const name = `${open.host}/lib/app:1`;

	await engine.push('busybox:1', name);
	await engine.remove(name);
	const { status, text } = await engine.request('POST',
	    `/images/create?fromImage=${encodeURIComponent(name)}`);
	assert.equal(status, 200);
	assert.match(text, /Status: (Downloaded|Image is up to date)/);
	assert.equal((await engine.request('POST',
	    `/images/create?fromImage=${open.host}/lib/app&tag=2`)).status, 404);
});

test('a registry with a password wants it', async () => {
	const path = `/images/create?fromImage=${closed.host}/lib/app&tag=1`;
	const pull = (auth) => engine.request('POST', path,
	    { headers: auth && registryAuth(auth) });

	await engine.push('busybox:1', `${closed.host}/lib/app:1`, login);
	await engine.remove(`${closed.host}/lib/app:1`);
	assert.match((await pull()).text, /no basic auth credentials/);
	assert.match((await pull({ ...login, password: 'no' })).text,
	    /unauthorized/);
	assert.equal((await pull(login)).status, 200);
});

test('git over https: clone, wrong authority, missing', async () => {
	const repo = await server.create('acme/hello');
	const change = await repo.push({ 'a/b.txt': 'one\n' });
	const ls = (url, ca, options) => git(dir, ['ls-remote', url],
	    { env: { GIT_SSL_CAINFO: ca }, ...options });

	assert.equal(change.created, true);
	assert.deepEqual(change.commits[0].added, ['a/b.txt']);
	assert.match((await ls(repo.url, server.ca)).stdout,
	    new RegExp(`${change.after}\trefs/heads/main`));
	const other = await certificate('other', ['IP:127.0.0.1']);
	assert.match((await ls(repo.url, other.ca, { any: true })).stderr,
	    /certificate verification failed/);
	assert.match((await ls(`${server.url}/acme/no.git`, server.ca,
	    { any: true })).stderr, /not found/);
	await git(dir, ['clone', '-q', repo.url, 'clone'],
	    { env: { GIT_SSL_CAINFO: server.ca } });
	assert.equal(readFileSync(join(dir, 'clone/a/b.txt'), 'utf8'), 'one\n');
});

test('a private repository wants the token', async () => {
	const repo = await server.create('acme/private-one');
	const ls = (name) => git(dir, ['ls-remote', repo.url.replace('//',
	    `//${name}@`)], { any: true,
		env: { GIT_SSL_CAINFO: server.ca } });

	await repo.push({ f: '1' });
	assert.notEqual((await ls(`${user}:wrong`)).code, 0);
	assert.equal((await ls(`${user}:${server.token}`)).code, 0);
});

test('pushes are told as the forge tells them', async () => {
	const repo = await server.create('acme/branches');
	const one = await repo.push({ f: '1', g: '1' });
	const two = await repo.pushAll([{ files: { f: '2', g: null } },
		{ files: { 'ä b': '1' } }]);

	assert.deepEqual([two.before, two.forced, two.created],
	    [one.after, false, false]);
	assert.deepEqual(two.commits.map(({ added, modified, removed }) =>
		[added, modified, removed]),
	[[[], ['f'], ['g']], [['ä b'], [], []]]);
	const forced = await repo.push({ f: '3' }, { onto: one.after });
	assert.equal(forced.forced, true);
	assert.equal((await repo.move('main', two.after)).forced, true);
	await repo.prune();
	assert.notEqual((await git(repo.path, ['cat-file', '-e',
		forced.after], { any: true })).code, 0);
	await repo.move('side', one.after);
	assert.equal((await repo.deleteBranch('side')).deleted, true);
	assert.equal(await repo.head('side'), '0'.repeat(40));
	const hidden = repo.hide();
	assert.equal((await git(dir, ['ls-remote', repo.url], { any: true,
		env: { GIT_SSL_CAINFO: server.ca } })).code, 128);
	hidden.undo();
});

test('a push event carries the repository, is signed', async () => {
	const repo = await server.create('acme/event');
	const change = await repo.push({ 'src/x': '1' });
	const payload = github.push(repo, change, { after: 'f'.repeat(40) });
	let got;
	const receiver = http.createServer(async (req, res) => {
		got = { headers: req.headers, body: await read(req) };
		res.end('ok');
	});

	assert.equal(payload.repository.full_name, 'acme/event');
	assert.equal(payload.repository.owner.login, 'acme');
	assert.equal(payload.ref, 'refs/heads/main');
	assert.equal(payload.after, 'f'.repeat(40));
	assert.equal(payload.head_commit.id, change.after);
	assert.equal(typeof payload.sender.id, 'number');
	await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
	const { port } = receiver.address();
	await github.post(`http://127.0.0.1:${port}/hook?a=1`, 'push', payload,
	    { secret: 'key' });
	receiver.close();
	assert.equal(got.headers['x-hub-signature-256'], 'sha256=' +
	    createHmac('sha256', 'key').update(got.body).digest('hex'));
	assert.equal(got.headers['x-github-event'], 'push');
	assert.deepEqual(JSON.parse(got.body), payload);
	assert.ok(github.ping(repo).hook);
});

test('containers outlive a killed engine, and live-restore', async () => {
	const id = await web('survivor', 'still');

	assert.equal(await visit(id), 'still');
	const { NetworkSettings: { IPAddress: host } } = await inspect(id);
	await engine.stop('SIGKILL');
	assert.match((await request({ host, port: 80 }, 'GET', '/')).text,
	    /still/);
	/* Without live-restore the next engine stops what it finds. */
	await engine.start();
	assert.equal((await inspect(id)).State.Running, false);

	await engine.stop();
	await engine.start(['--live-restore']);
	await engine.call('POST', `/containers/${id}/start`);
	assert.equal(await visit(id), 'still');
	for (const signal of ['SIGKILL', 'SIGTERM']) {
		await engine.stop(signal);
		await engine.start();
		assert.equal((await inspect(id)).State.Running, true);
		assert.equal(await visit(id), 'still');
	}
	await engine.call('DELETE', `/containers/${id}?force=1`);
});
