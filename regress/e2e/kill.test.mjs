/*
 * Each process is killed once in every state that a build can be held in: the
 * build ends right, no line of its output is lost or doubled, and visitors of
 * another project see no error.
 */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { GitServer } from './lib/git.mjs';
import * as github from './lib/github.mjs';
import { read, request } from './lib/http.mjs';
import { image } from './lib/image.mjs';
import { dir, run, stopAll, until } from './lib/proc.mjs';
import { Registry } from './lib/registry.mjs';

const LIMIT_MS = 60000;
const others = ['admin', 'api', 'builder', 'deployer'];

/* Talks all the time, the longer it is held, and waits where it is told. */
const BUILD = `
i=0
talk() { i=$((i + 1)); echo "out $i"; echo "err $i" >&2; }
while [ $i -lt 300 ]; do talk; done
if [ "$(cat /app/hold)" = build ]; then
	while [ ! -e /go ]; do talk; usleep 5000; done
fi
while [ $i -lt 600 ]; do talk; done
talk
echo "last $i"
cp /app/index.html /app/hold /output/
`;
const RELEASE = `
trap exit TERM
if [ "$(cat /app/hold)" = health ]; then
	while [ ! -e /go ]; do usleep 5000; done
fi
httpd -f -p 8080 -h /app &
wait
`;

const engine = new Engine();
const server = new GitServer();
const registry = new Registry({ port: 5000 });
const projects = {};
let version = 0;
let cid;
let visitors;
let go;

/*
 * Visitors of a project, one after the other, on new connections and on a
 * kept one in turns.  What is not the wanted answer is in `failures`.
 */
class Visitors {
	constructor(path, want) {
		this.path = path;
		this.want = want;
		this.count = 0;
		this.failures = [];
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
		this.loop = this.run();
	}

	async run() {
		while (!this.ended) {
			const { act } = this;
			this.act = undefined;
			await act?.();
			await this.look(() => cid.visit(this.path));
			await this.look(() => this.kept());
			await new Promise((done) => setTimeout(done, 2));
		}
	}

	kept() {
		return new Promise((done, fail) => {
			http.get({ port: cid.proxyPort, path: this.path,
				agent: this.agent }, async (res) => done({
				status: res.statusCode,
				text: (await read(res)).toString() }))
			    .on('error', fail);
		});
	}

	async look(visit) {
		try {
			const { status, text } = await visit();

			if (status !== 200 || text.trim() !== this.want)
				this.failures.push(`${status} ${text}`);
		} catch (error) {
			this.failures.push(String(error));
		}
		this.count++;
	}

	/* Do something while no request is on its way; its answer is ours. */
	between(act) {
		return new Promise((done, fail) => {
			this.act = () => {
				this.agent.destroy();
				return Promise.resolve(act()).then(done, fail);
			};
		});
	}

	async end() {
		this.ended = true;
		await this.loop;
		this.agent.destroy();
	}
}

async function project(name, build_image) {
	const repo = await server.create(`acme/${name}`);

	projects[name] = { ...await cid.ask('POST', '/api/projects', {
		name, repo: repo.url, build_image, build_command: BUILD,
		runtime_image: 'app:1', runtime_command: RELEASE,
		runtime_port: 8080, health_check_url: '/',
		health_check_interval: 1, health_check_retries: 60 }), repo };
}

/* Push the next version of a project; answers the build's id. */
async function push(name, hold = '') {
	const { repo, webhook_url: url, webhook_secret: secret } =
	    projects[name];
	const change = await repo.push({ hold: `${hold}\n`,
		'index.html': `version ${++version}\n` });
	const { status, json, text } = await github.post(url, 'push',
	    github.push(repo, change), { secret });

	assert.equal(status, 202, text);
	return json.data.builds[0].build_id;
}

/*
 * Wait until a build is as wanted, or has ended otherwise; while cid-api is
 * away nobody can tell.
 */
async function build(id, wanted) {
	const b = await until(`build ${id}`, async () => {
		const { json } = await cid.api('GET', `/api/builds/${id}`)
		    .catch(() => ({}));

		return json?.success === true && (wanted(json.data) ||
		    json.data.finished_at !== null) && json.data;
	}, LIMIT_MS);

	assert.ok(wanted(b), `${b.status} ${b.reason} ${b.message}`);
	return b;
}

function ended(id) {
	return build(id, (b) => b.finished_at !== null);
}

function inStage(id, name) {
	return build(id, ({ stages }) => stages.some((s) => s.name === name &&
	    s.started_at !== null && s.ended_at === null));
}

/* Let a held container go on: the build's own or that of its release. */
async function release(id, kind) {
	const [{ Id }] = await until(`${kind} of build ${id}`, async () => {
		const found = await engine.containers(`cid.kind=${kind}`,
		    `cid.build=${id}`);

		return found.length === 1 && found;
	});

	await engine.call('PUT', `/containers/${Id}/archive?path=/`, {
		headers: { 'Content-Type': 'application/x-tar' }, body: go });
}

/* The processes of the git server that a clone speaks to. */
async function freezeGit(signal) {
	const { stdout } = await run('pgrep', ['-P', `${server.fcgi.pid}`]);

	for (const pid of [server.fcgi.pid, ...stdout.trim().split('\n')])
		process.kill(Number(pid), signal);
}

/* How a build is held in a state; thaw lets it go on. */
const states = {
	Queued: {
		async reach() {
			this.first = await push('blocker', 'build');
			await inStage(this.first, 'build');
			/* One that was not started is made anew, without /go. */
			await said(this.first, 300);
			const id = await push('victim');
			await build(id, (b) => b.status === 'Queued');
			return id;
		},
		thaw() {
			return release(this.first, 'build');
		},
	},
	source: {
		async reach() {
			await freezeGit('SIGSTOP');
			const id = await push('victim');
			await inStage(id, 'source');
			/* cid-git is at work and the builder hears it. */
			await until('cid-git', async () =>
				(await logText(id)).includes('Fetching '));
			return id;
		},
		thaw: () => freezeGit('SIGCONT'),
	},
	image: {
		async reach() {
			registry.daemon.child.kill('SIGSTOP');
			const id = await push('victim');
			await inStage(id, 'image');
			return id;
		},
		thaw: () => registry.daemon.child.kill('SIGCONT'),
	},
	build: {
		async reach() {
			const id = await push('victim', 'build');
			await inStage(id, 'build');
			await said(id, 300);
			return id;
		},
		thaw: (id) => release(id, 'build'),
	},
	health: {
		async reach() {
			const id = await push('victim', 'health');
			await inStage(id, 'health');
			return id;
		},
		thaw: (id) => release(id, 'slot'),
	},
};

async function logText(id) {
	const { text } = await cid.api('GET', `/api/builds/${id}/logs`);

	return text;
}

/* Wait until the log has that line of both streams. */
function said(id, n) {
	return until(`line ${n}`, async () => {
		const text = await logText(id);

		return text.includes(`out ${n}\n`) &&
		    text.includes(`err ${n}\n`);
	});
}

/* Each stream has each of its lines once, in order. */
async function checkLog(id) {
	const text = await logText(id);
	const last = Number(text.match(/^last (\d+)$/m)?.[1]);
	const all = Array.from({ length: last }, (_, i) => i + 1);

	assert.ok(last > 600, text);
	for (const stream of ['out', 'err']) {
		const numbers = [...text.matchAll(
		    new RegExp(`^${stream} (\\d+)$`, 'mg'))];
		assert.deepEqual(numbers.map(([, n]) => Number(n)), all,
		    stream);
	}
}

async function checkEnd(id, wanted) {
	const b = await ended(id);

	assert.equal(b.status, 'Success', `${b.reason} ${b.message}`);
	await checkLog(id);
	assert.equal((await cid.visit('/victim/')).text.trim(), wanted);
}

/* Kill a process with a build in a state, see what becomes of both. */
async function kill(state, name) {
	const id = await state.reach();
	const wanted = `version ${version}`;

	const pid = name === 'edge' ?
		await visitors.between(() => cid.kill(name)) : cid.kill(name);
	await cid.successor(name, pid);
	await state.thaw(id);
	await checkEnd(id, wanted);
}

/* Nobody takes up the work of a cid-git: the build says so and ends. */
async function killGit(state) {
	const { text } = await cid.visit('/victim/');
	const id = await state.reach();

	cid.kill('git');
	const b = await ended(id);
	await state.thaw(id);
	assert.deepEqual([b.status, b.reason], ['Failed', 'GIT_FAILED']);
	assert.ok((await logText(id)).includes(b.message));
	assert.equal((await cid.visit('/victim/')).text, text);
	await checkEnd(await push('victim'), `version ${version}`);
}

before(async () => {
	await Promise.all([engine.start(), server.start(), registry.start()]);
	await image(engine, 'app:1');
	await image(engine, 'lib:1', { changes: ['LABEL of=a-registry'] });
	await engine.push('lib:1', `${registry.host}/lib:1`);
	await writeFile(join(dir, 'go'), '');
	await run('tar', ['-cf', 'go.tar', 'go']);
	go = await readFile(join(dir, 'go.tar'));
	cid = new Cid({ engine, git: server, conf: ['builds parallel 1',
		'drain 2s'] });
	await cid.start();
	await project('other', 'app:1');
	await project('blocker', 'app:1');
	await project('victim', `${registry.host}/lib:1`);
	const id = await push('other');
	await ended(id);
	visitors = new Visitors('/other/', `version ${version}`);
});

after(async () => {
	await visitors?.end();
	await stopAll();
});

/* One kill, and what the visitors of the other project saw of it. */
async function unseen(state, name, act) {
	const count = visitors.count;

	await act(state, name);
	assert.deepEqual(visitors.failures.splice(0), []);
	assert.ok(visitors.count > count);
}

for (const [where, state] of Object.entries(states)) {
	test(`a build that is held at: ${where}`, async (t) => {
		for (const name of ['edge', ...others])
			await t.test(`${name} is killed`,
			    () => unseen(state, name, kill));
		if (where === 'source')
			await t.test('git is killed',
			    () => unseen(state, 'git', killGit));
		/* A new parent waits for nobody's back-off. */
		await visitors.between(() => cid.stop().then(restart));
	});
}

/* Start cid anew; without a parent nobody knew the routes meanwhile. */
async function restart() {
	await cid.start();
	await until('the routes', async () =>
		(await cid.visit('/other/')).status === 200);
}

/* Kill a program again and again until it is away for four seconds. */
async function keepAway(name) {
	const from = cid.daemon.lines.length;

	for (const seconds of [0, 1, 2, 4]) {
		const pid = cid.kill(name);
		if (seconds > 0)
			await cid.daemon.line(new RegExp(
			    `${name} starts again in ${seconds} s`), { from });
		if (seconds < 4)
			await cid.successor(name, pid);
	}
}

test('an edge worker serves again while all others are down', async () => {
	await Promise.all(others.map(keepAway));
	const pid = await visitors.between(() => cid.kill('edge'));
	await cid.successor('edge', pid);
	const { status, text } = await cid.visit('/other/');

	assert.deepEqual(cid.children().map(({ name }) => name), ['edge']);
	assert.deepEqual([status, text.trim()], [200, visitors.want]);
	assert.deepEqual(visitors.failures.splice(0), []);
	for (const name of others)
		await cid.successor(name);
	await checkEnd(await push('victim'), `version ${version}`);
});

test('the parent is killed: all end, a new one goes on', async () => {
	const id = await states.build.reach();
	const wanted = `version ${version}`;
	const pids = cid.children().map(({ pid }) => pid);

	await visitors.end();
	await cid.stop('SIGKILL');
	await until('their end', () => pids.every((pid) =>
		!existsSync(`/proc/${pid}`)));
	await restart();
	await states.build.thaw(id);
	await checkEnd(id, wanted);
});
