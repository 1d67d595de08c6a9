/*
 * The engine goes away under builds and releases, in every way it can: what
 * waits says so and goes on by itself, what ran is resumed or done again, no
 * line of its output is lost or doubled, and what visitors see comes back.
 */

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { GitServer } from './lib/git.mjs';
import { image } from './lib/image.mjs';
import { dir, run, stopAll, until } from './lib/proc.mjs';
import { Project } from './lib/project.mjs';
import { Registry } from './lib/registry.mjs';

const LIMIT_MS = 60000;
const LIVE = ['--live-restore'];

/*
 * Talks all the time while it is held, so many lines at once; an engine that
 * stops ends it.
 */
const BUILD = `
trap "exit 0" TERM
i=0
talk() { i=$((i + 1)); echo "out $i"; echo "err $i" >&2; }
while [ $i -lt 300 ]; do talk; done
if [ -s /app/hold ]; then
	while [ ! -e /go ]; do
		n=$((i + $(cat /app/hold)))
		while [ $i -lt $n ]; do talk; done
		usleep 2000
	done
	usleep 500000
fi
while [ $i -lt 600 ]; do talk; done
talk
echo "last $i"
cp /app/index.html /output/
`;
const RELEASE = 'trap exit TERM; httpd -f -p 8080 -h /app & wait';

const engine = new Engine();
const server = new GitServer();
const registry = new Registry({ port: 5000 });
let cid;
let other;	/* has visitors */
let victim;	/* has builds */
let version = 0;
let go;

const page = async () => {
	const { status, text } = await cid.visit('/other/');

	return status === 200 ? text.trim() : status;
};

/* Push the next version of victim, to be held or not; answers its build. */
function push(hold = '') {
	return victim.push({ hold: `${hold}`,
		'index.html': `version ${++version}\n` });
}

/* A build once it is as wanted. */
function when(id, wanted) {
	return until(`build ${id}`, async () => {
		const b = await victim.build(id);

		assert.ok(b.finished_at === null || wanted(b),
		    `${b.status} ${b.reason} ${b.message}`);
		return wanted(b) && b;
	}, LIMIT_MS);
}

const runs = (stage, attempt) => (b) => b.attempts === attempt &&
    b.stages.some((s) => s.name === stage && s.status === 'running');

/* Wait until that attempt of a held build has said this much. */
async function said(id, attempt, n) {
	await when(id, runs('build', attempt));
	await until(`line ${n}`, async () => {
		const text = (await victim.log(id)).split(/^Attempt \d\.$/m)
		    .pop();

		return text.includes(`out ${n}\n`) &&
		    text.includes(`err ${n}\n`);
	}, LIMIT_MS);
}

/* Let a held build go on. */
async function release(id) {
	const [{ Id }] = await until(`the container of ${id}`, async () => {
		const found = await engine.containers('cid.kind=build',
		    `cid.build=${id}`);

		return found.length === 1 && found;
	});

	await engine.call('PUT', `/containers/${Id}/archive?path=/`, {
		headers: { 'Content-Type': 'application/x-tar' }, body: go });
}

/* Where each line of a stream is not the one that follows; and the last. */
function gaps(text, stream) {
	const numbers = [...text.matchAll(
	    new RegExp(`^${stream} (\\d+)$`, 'mg'))].map(([, n]) => Number(n));

	return { last: numbers.at(-1), gaps: numbers.filter((n, i) =>
		n !== (i === 0 ? 1 : numbers[i - 1] + 1)).slice(0, 5) };
}

/*
 * Of each attempt each stream has its lines once and in order, of the last
 * one all of them unless the end was said to nobody.
 */
async function checkLog(id, attempts, whole = true) {
	const text = await victim.log(id);
	const parts = text.split(/^Attempt \d\.$/m);
	const last = Number(text.match(/^last (\d+)$/m)?.[1]);

	assert.equal(parts.length, attempts);
	parts.forEach((part, i) => ['out', 'err'].forEach((stream) => {
		const found = gaps(part, stream);
		const end = whole && i === attempts - 1 ? last : found.last;

		assert.deepEqual(found, { last: end, gaps: [] },
		    `${stream} of attempt ${i + 1}`);
		assert.ok(end >= 500);
	}));
	return text;
}

async function checkEnd(id, attempts, whole) {
	const b = await victim.ended(id);

	assert.deepEqual([b.status, b.attempts], ['Success', attempts],
	    `${b.reason} ${b.message}`);
	await until('its page', async () => (await cid.visit('/victim/'))
	    .text.trim() === `version ${version}`, LIMIT_MS);
	await until('what visitors see', async () => await page() === 'other',
	    LIMIT_MS);
	return checkLog(id, attempts, whole);
}

/* Wait for the word that it waits. */
async function waits(id, status) {
	const b = await when(id, (now) => now.reason === 'ENGINE_DOWN');

	assert.equal(b.status, status);
	assert.match(b.reason_text, /engine does not answer; the build waits/);
	await until('the line', async () => /engine does not answer/.test(
	    await victim.log(id)));
	const { checks } = (await cid.api('GET', '/health')).json.data;
	assert.notEqual(checks.engine.status ?? checks.engine, 'ok');
}

before(async () => {
	await Promise.all([engine.start(), server.start(), registry.start()]);
	await image(engine, 'app:1');
	await image(engine, 'lib:1', { changes: ['LABEL of=a-registry'] });
	await engine.push('lib:1', `${registry.host}/lib:1`);
	await writeFile(join(dir, 'go'), '');
	await run('tar', ['-cf', 'go.tar', 'go']);
	go = await readFile(join(dir, 'go.tar'));
	cid = await new Cid({ engine, git: server, conf: ['drain 2s'] })
	    .start();
	const settings = { build_image: 'app:1', build_command: BUILD,
		runtime_image: 'app:1', runtime_command: RELEASE,
		runtime_port: 8080, health_check_url: '/',
		health_check_interval: 1, health_check_retries: 60 };
	other = await Project.make(cid, server, 'other', settings);
	victim = await Project.make(cid, server, 'victim', settings);
	const id = await other.push({ 'index.html': 'other\n', hold: '' });
	assert.equal((await other.ended(id)).status, 'Success');
});

after(stopAll);

test('pushed while the engine is away: it waits, then is built', async () => {
	await engine.stop();
	const id = await push();
	await waits(id, 'Queued');
	await engine.start();
	const log = await checkEnd(id, 1);

	assert.equal(log.match(/engine does not answer/g).length, 1);
});

test('the engine goes while an image is pulled', async () => {
	await victim.set({ build_image: `${registry.host}/lib:1` });
	registry.daemon.child.kill('SIGSTOP');
	const id = await push();
	await when(id, runs('image', 1));
	/* Killed while it makes a network, this engine never starts again. */
	await engine.stop();
	await waits(id, 'Building');
	registry.daemon.child.kill('SIGCONT');
	await engine.start();
	await checkEnd(id, 1);
	await victim.set({ build_image: 'app:1' });
});

/* A killed engine takes along what it has read and not passed on yet. */
for (const [how, args, signal, attempts, lines] of [
	['is stopped', [], 'SIGTERM', 2, 50],
	['is killed', [], 'SIGKILL', 2, 50],
	['is stopped, with live-restore', LIVE, 'SIGTERM', 1, 50],
	['is killed, with live-restore', LIVE, 'SIGKILL', 1, 1],
]) {
	test(`the engine ${how}, in mid-build`, async () => {
		if (String(engine.args) !== String(args)) {
			await engine.stop();
			await engine.start(args);
			await until('what visitors see', async () =>
				await page() === 'other', LIMIT_MS);
		}
		const id = await push(lines);
		await said(id, 1, 500 + 50 * lines);
		await engine.stop(signal);
		if (args === LIVE)
			assert.equal(await page(), 'other');
		await waits(id, 'Building');
		await engine.start(args);
		if (attempts === 1)
			await when(id, runs('build', 1));
		else
			await said(id, 2, 500 + 50 * lines);
		await release(id);
		await checkEnd(id, attempts);
	});
}

test('a build that ends while the engine is away is taken as it ended',
    async () => {
	const id = await push(1);

	await said(id, 1, 500);
	await release(id);
	await engine.stop('SIGKILL');
	await until('the end of the container', async () => (await run('pgrep',
	    ['-f', 'talk\\(\\)'], { any: true })).code === 1);
	await engine.start();
	/* What it said last went into a pipe that nobody read. */
	await checkEnd(id, 1, false);
});

for (const [how, args] of [['', LIVE], [', without live-restore', []]]) {
	test(`the engine restarts while health is checked${how}`, async () => {
		await victim.set({ runtime_command: 'trap exit TERM; ' +
		    'while [ ! -e /go ]; do usleep 5000; done; ' +
		    'httpd -f -p 8080 -h /app & wait' });
		const id = await push();
		await when(id, runs('health', 1));
		await engine.stop();
		await engine.start(args);
		const [{ Id }] = await until('the container', async () => {
			const found = (await engine.containers('cid.kind=slot',
			    `cid.build=${id}`)).filter((c) => c.State === 'running');

			return found.length === 1 && found;
		}, LIMIT_MS);
		await engine.call('PUT', `/containers/${Id}/archive?path=/`, {
			headers: { 'Content-Type': 'application/x-tar' }, body: go });
		await checkEnd(id, 1);
	});
}

test('nothing is left of the builds', async () => {
	const filters = encodeURIComponent(JSON.stringify(
	    { label: ['cid.kind=build-network'] }));

	await until('no containers, no networks', async () =>
		(await engine.containers('cid.kind=build')).length === 0 &&
		(await engine.call('GET', `/networks?filters=${filters}`))
		    .length === 0, LIMIT_MS);
	assert.deepEqual(cid.daemon.lines.filter((l) =>
		/died|killed by|fatal|signal 11/i.test(l)), []);
});
