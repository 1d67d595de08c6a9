/*
 * Builds that go wrong, each in its way: one state, one reason, one sentence,
 * the end of what happened in the log, nothing left behind, and visitors of
 * the release before notice nothing.  A few projects have their bad days side
 * by side; what a commit's cid.toml says makes most of them.
 */

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { GitServer } from './lib/git.mjs';
import { image } from './lib/image.mjs';
import { stopAll, until } from './lib/proc.mjs';
import { Project } from './lib/project.mjs';
import { Registry } from './lib/registry.mjs';

const LIMIT_MS = 60000;
const MB = 1 << 20;
const login = { username: 'deploy', password: 's3cret' };
const engine = new Engine();
const server = new GitServer();
const open = new Registry({ port: 5000 });
const closed = new Registry({ port: 5001, login });
let cid;
let over = false;

/* A commit's cid.toml. */
const toml = (build, deploy = {}) => ['build', 'deploy'].map((table, i) =>
	`[${table}]\n` + Object.entries([build, deploy][i]).map(
	    ([k, v]) => `${k} = ${JSON.stringify(v)}\n`).join('')).join('\n');

/* A commit whose build runs this command, with limits if there are any. */
const runs = (command, build = {}, limits = '') => ({
	'cid.toml': `${toml({ command, ...build })}\n${limits}` });

/* A project with a release, and visitors who ask for it all the time. */
class Lane {
	static async make(name, settings = {}) {
		const lane = new Lane();

		lane.name = name;
		lane.project = await Project.make(cid, server, name, {
			build_image: 'app:1',
			build_command: 'cp /app/index.html /output/',
			build_memory: 256 * MB, build_timeout: 60,
			runtime_command:
			    'trap exit TERM; httpd -f -p 8080 -h /app & wait',
			runtime_port: 8080, health_check_url: '/',
			health_check_interval: 1, ...settings });
		lane.good = { 'cid.toml': null, 'index.html': `${name}\n` };
		await lane.project.repo.push({ 'cid.toml': '' });
		return lane;
	}

	/* The release that all that follows leaves alone. */
	async begin() {
		const b = await this.project.ended(
		    await this.project.push(this.good));

		assert.deepEqual([b.status, b.reason], ['Success', ''],
		    b.message);
		this.seen = {};
		this.loop = this.visit();
	}

	async visit() {
		while (!this.over && !over) {
			const { status, text } = await cid.visit(
			    `/${this.name}/`).catch(String);
			const what = `${status} ${text?.trim()}`;
			this.seen[what] = (this.seen[what] ?? 0) + 1;
			await new Promise((done) => setTimeout(done, 40));
		}
	}

	async end() {
		this.over = true;
		await this.loop;
		assert.deepEqual(Object.keys(this.seen), [`200 ${this.name}`]);
	}

	/* A build must end for this reason; said is what its log tells. */
	async fails(id, reason, said, more = {}) {
		const b = await this.project.ended(id);
		const log = await this.project.log(id);

		assert.deepEqual([b.status, b.reason], ['Failed', reason],
		    `${b.message}\n${log.slice(-2000)}`);
		assert.match(b.reason_text, /^\S.*\.$/);
		for (const pattern of [said].flat())
			assert.match(log, pattern);
		assert.match(log.trim().split('\n').pop(),
		    new RegExp(`^Failed: ${reason}: \\S`));
		for (const [field, value] of Object.entries(more))
			assert.equal(b[field], value, field);
		assert.ok(b.stages.some((s) => s.status === 'failed' &&
		    s.reason === reason), JSON.stringify(b.stages));
		assert.ok(b.stages.every((s) => s.ended_at !== null));
		await this.leftNothing(id);
		return { b, log };
	}

	async failsAt(files, reason, said, more) {
		return this.fails(await this.project.push(files), reason, said,
		    more);
	}

	async succeeds(id) {
		const b = await this.project.ended(id);
		const log = await this.project.log(id);

		assert.deepEqual([b.status, b.reason], ['Success', ''],
		    `${b.message}\n${log.slice(-2000)}`);
		return log;
	}

	/* Neither container nor network nor volume of that build is there. */
	leftNothing(id) {
		const filters = encodeURIComponent(JSON.stringify(
		    { label: [`cid.build=${id}`] }));

		return until(`nothing of build ${id}`, async () => {
			const found = [
				await engine.containers(`cid.build=${id}`),
				await engine.call('GET',
				    `/networks?filters=${filters}`),
				(await engine.call('GET',
				    `/volumes?filters=${filters}`)).Volumes,
			];
			return found.every((f) => !f || f.length === 0);
		}, LIMIT_MS);
	}
}

/* What goes wrong, lane by lane; in a lane one after the other. */
const lanes = {
	images: {
		async 'a missing image'(lane) {
			await lane.failsAt(runs('true',
			    { image: `${open.host}/none:1` }), 'IMAGE_MISSING',
			/none:1/);
		},
		async 'a missing tag'(lane) {
			await lane.failsAt(runs('true',
			    { image: `${open.host}/lib:none` }),
			'IMAGE_MISSING', /lib:none/);
		},
		async 'a missing image to run'(lane) {
			await lane.failsAt({ 'cid.toml': toml({},
			    { image: `${open.host}/lib:gone` }) },
			'IMAGE_MISSING', /lib:gone/);
		},
		async 'a registry that wants a login'(lane) {
			await lane.failsAt(runs('true',
			    { image: `${closed.host}/lib:1` }),
			'REGISTRY_REFUSED', /5001/);
		},
		async 'a registry that refuses the login'(lane) {
			await lane.project.set({ registry_auth: [{
				server: closed.host, user: login.username,
				password: 'wrong' }] });
			const { log } = await lane.fails(
			    await lane.project.trigger(), 'REGISTRY_REFUSED',
			    /5001/);
			assert.ok(!log.includes('wrong'));
		},
		async 'the right login'(lane) {
			await lane.project.set({ registry_auth: [{
				server: closed.host, user: login.username,
				password: login.password }] });
			await lane.project.repo.push(runs(
			    'cp /app/index.html /output/',
			    { image: `${closed.host}/lib:1` }));
			const log = await lane.succeeds(
			    await lane.project.trigger());
			assert.match(log, /5001\/lib:1 is .*sha256:/);
			assert.ok(!log.includes(login.password));
		},
		async 'a registry that is down'(lane) {
			await closed.stop();
			await lane.fails(await lane.project.trigger(),
			    'REGISTRY_UNREACHABLE', /5001/);
		},
		async 'a name that is none'(lane) {
			await lane.failsAt(runs('true', { image: 'A b:c:d' }),
			    'SPEC_INVALID', /cid\.toml:\d+:\d+: .*image/);
		},
	},
	sources: {
		async 'an unknown key'(lane) {
			await lane.failsAt({ 'cid.toml':
				'[build]\n\n  imagee = "x"\n' },
			'SPEC_INVALID',
			/cid\.toml:3:3: unknown key "imagee"/);
		},
		async 'a bad value'(lane) {
			await lane.failsAt({ 'cid.toml':
				'[deploy]\nport = "high"\n' }, 'SPEC_INVALID',
			/cid\.toml:2:\d+: .*port/);
			await lane.failsAt({ 'cid.toml':
				'[deploy]\n\nport = 70000\n' }, 'SPEC_INVALID',
			/cid\.toml:3:\d+: .*port/);
		},
		async 'no TOML at all'(lane) {
			await lane.failsAt({ 'cid.toml': 'a = 1\n[build\n' },
			    'SPEC_INVALID', /cid\.toml:2:\d+: /);
		},
		async 'a forbidden key'(lane) {
			await lane.failsAt({ 'cid.toml':
				'[project]\nname = "sources"\n\n' +
				'secrets = ["A"]\n' }, 'SPEC_FORBIDDEN_KEY',
			/cid\.toml:\d+:\d+: .*secrets/);
			await lane.failsAt({ 'cid.toml':
				'[project]\nsupersede = true\n' },
			'SPEC_FORBIDDEN_KEY', /supersede/);
			await lane.failsAt(runs('true', {},
			    '[build.limits]\nmemory = "1g"\n'),
			'SPEC_FORBIDDEN_KEY', /memory is above/);
		},
		async 'a commit that is not on the branch'(lane) {
			const { repo } = lane.project;
			const other = await repo.push({ x: '1' },
			    { branch: 'other' });

			await lane.fails(lane.project.built(
			    await lane.project.tell({ ...other,
				ref: 'refs/heads/main' })),
			'COMMIT_NOT_ON_BRANCH', /does not lie on branch main/);
		},
		async 'a commit that was pushed over and is gone'(lane) {
			const { repo } = lane.project;
			const gone = await repo.push({ x: '2' });

			await repo.push({ x: '3' }, { onto: gone.before });
			await repo.prune();
			await lane.fails(lane.project.built(
			    await lane.project.tell(gone)), 'COMMIT_MISSING',
			new RegExp(gone.after.slice(0, 12)));
		},
		async 'a repository that is gone'(lane) {
			const change = await lane.project.repo.push({ x: '4' });
			const hidden = lane.project.repo.hide();

			await lane.fails(lane.project.built(
			    await lane.project.tell(change)), 'GIT_NOT_FOUND',
			/404/);
			hidden.undo();
		},
		async 'a branch that is gone'(lane) {
			await lane.project.set({ branch: 'none' });
			await lane.fails(await lane.project.trigger(),
			    'BRANCH_MISSING', /none/);
			await lane.project.set({ branch: 'main' });
		},
		async 'a clone that is refused'(lane) {
			const secret = await server.create(
			    'acme/private-sources');

			await secret.push({ 'index.html': `${lane.name}\n` });
			await lane.project.set({ repo: secret.url });
			await lane.fails(await lane.project.trigger(),
			    'GIT_REFUSED', /asks for a credential/);
			await lane.project.set({ git_token: 'not-a-token' });
			const { log } = await lane.fails(
			    await lane.project.trigger(), 'GIT_REFUSED',
			    /refused the project's token/);
			assert.ok(!log.includes('not-a-token'));
			await lane.project.set({ git_token: server.token });
			await lane.succeeds(await lane.project.trigger());
		},
	},
	commands: {
		async 'a command that fails'(lane) {
			await lane.failsAt(runs('echo out; echo err >&2; ' +
			    'printf "no newline"; exit 3'), 'COMMAND_FAILED',
			[/^out$/m, /^err$/m, /^no newline$/m, /exit code 3/],
			{ exit_code: 3 });
		},
		async 'a command that is not there'(lane) {
			await lane.failsAt(runs(['/no/such/thing']),
			    'COMMAND_NOT_FOUND', /\/no\/such\/thing/);
		},
		async 'one that a signal ends'(lane) {
			await lane.failsAt(runs('echo before; ' +
			    'sleep 9 & kill -9 $!; wait $!'), 'COMMAND_FAILED',
			/^before$/m, { exit_code: 137 });
		},
		async 'one that takes too long'(lane) {
			await lane.failsAt(runs('trap "" TERM; echo begun; ' +
			    'while :; do sleep 1; done', { timeout: 2 }),
			'TIMED_OUT', /^begun$/m);
		},
		async 'one that wants too much memory'(lane) {
			await lane.failsAt(runs('echo begun; ' +
			    'dd if=/dev/zero of=/dev/null bs=200M count=1', {},
			'[build.limits]\nmemory = "32m"\n'), 'OUT_OF_MEMORY',
			/^begun$/m);
		},
		async 'one that leaves nothing'(lane) {
			await lane.failsAt(runs('echo lazy'), 'OUTPUT_EMPTY',
			    /^lazy$/m);
		},
		async 'one that asks for more than there may be'(lane) {
			await lane.project.set({ build_memory: 2 ** 50 });
			await lane.fails(await lane.project.trigger(),
			    'LIMIT_TOO_HIGH', /limit/i);
			await lane.project.set({ build_memory: 0 });
		},
	},
	outputs: {
		async 'one that prints 100 MB'(lane) {
			const line = 'x'.repeat(999);
			const log = await lane.succeeds(
			    await lane.project.push(runs('echo first; ' +
			    `yes ${line} | head -c 104857600; echo; ` +
			    'echo last >&2; cp /app/index.html /output/', {},
			    '[build.limits]\nlog = "1m"\n')));

			assert.ok(log.length > MB / 2 && log.length < 2 * MB);
			assert.match(log, /^first$/m);
			assert.match(log,
			    /^The log has reached its limit of 1048576 /m);
			assert.match(log, /10\d{7} bytes of output were not/);
			assert.match(log, /^Success: live at /m);
			const lines = log.split('\n');
			assert.ok(lines.indexOf(line) > 0);
			assert.ok(lines.every((l) => !l.startsWith('x') ||
			    l === line));
		},
		async 'one that prints 100 MB and fails'(lane) {
			await lane.failsAt(runs(
			    `yes ${'y'.repeat(99)} | head -c 104857600; ` +
			    'echo why >&2; exit 1', {},
			'[build.limits]\nlog = "64k"\n'), 'COMMAND_FAILED',
			/^The log has reached its limit of 65536 /m);
		},
		async 'one line of 10 MB'(lane) {
			const log = await lane.succeeds(
			    await lane.project.push(runs('echo begin; ' +
			    'head -c 10485760 /dev/zero | tr "\\0" x; ' +
			    'echo; echo end; cp /app/index.html /output/')));

			assert.match(log, /^begin$/m);
			assert.match(log, /^end$/m);
			assert.equal(log.split('\n').filter((l) =>
				/^x+$/.test(l)).join('').length, 10485760);
		},
		async 'NULs and escape codes'(lane) {
			const id = await lane.project.push({ ...runs(
			    'cat /app/raw; echo; cat /app/raw >&2; ' +
			    'cp /app/index.html /output/'),
			raw: Buffer.from('a\0b\x1b[31mred\x1b[0m\x1b]0;t\x07' +
			    '\rover\b\xff\xfe\xc3 Failed: INTERNAL\n\0\0\n',
			'latin1') });
			const text = await lane.succeeds(id);
			const { number } = await lane.project.build(id);
			const bytes = cid.log(lane.project.row.id, number);
			const events = (await cid.api('GET',
			    `/api/builds/${id}/logs?follow=1`)).text
			    .split('\n').filter((l) => l.startsWith('data: '))
			    .map((l) => JSON.parse(l.slice(6)));

			for (const s of ['a\0b\x1b[31mred', '\x1b]0;t\x07',
				'\rover\b\xff\xfe\xc3 ', '\n\0\0\n'])
				assert.equal(bytes.toString('latin1')
				    .split(s).length, 3, JSON.stringify(s));
			assert.equal(text, bytes.toString());
			const marked = events.filter((e) =>
				e.line?.includes('Failed: INTERNAL'));
			assert.deepEqual(marked.map((e) => e.stream).sort(),
			    ['stderr', 'stdout']);
			assert.match(marked[0].line, /\0b\x1b\[31m[^]*\ufffd/);
		},
	},
};

before(async () => {
	await Promise.all([engine.start(), server.start(), open.start(),
		closed.start()]);
	await image(engine, 'app:1');
	await image(engine, 'lib:1', { changes: ['LABEL of=a-registry'] });
	await engine.push('lib:1', `${open.host}/lib:1`);
	await engine.push('lib:1', `${closed.host}/lib:1`, login);
	for (const name of ['lib:1', `${open.host}/lib:1`,
		`${closed.host}/lib:1`])
		await engine.remove(name);
	cid = await new Cid({ engine, git: server, conf: ['drain 2s',
		'builds parallel 4', 'ports production 19000 to 19060'] })
	    .start();
});

after(() => {
	over = true;
	return stopAll();
});

test('builds go wrong', { concurrency: 4 }, async (t) => {
	await Promise.all(Object.entries(lanes).map(([name, cases]) =>
		t.test(name, async (t2) => {
			const lane = await Lane.make(name);

			await lane.begin();
			for (const [what, run] of Object.entries(cases))
				await t2.test(what, () => run(lane));
			await lane.end();
		})));
});

test('a port that is taken: the next one, or none', async () => {
	const lane = await Lane.make('ports');
	const { id } = lane.project.row;
	const first = 19000 + id * 10 + 1;
	const take = (port) => new Promise((done) => {
		const s = net.createServer().listen(port, '127.0.0.1',
		    () => done(s)).unref().on('error', () => done(s));
	});
	const taken = [await take(first)];

	assert.ok(first < 19060);
	await lane.begin();
	const ports = async () => (await engine.containers('cid.kind=slot',
	    'cid.project=ports')).map(({ Ports }) =>
		Ports.find((p) => p.PublicPort)?.PublicPort ?? 0).sort();
	assert.deepEqual(await ports(), [first + 1]);

	for (let p = first; p <= 19060; p++)
		taken.push(await take(p));
	const log = await lane.succeeds(await lane.project.push({ x: '1' }));
	assert.match(log, /PORT_NONE: No free port/);
	assert.deepEqual(await ports(), [0, first + 1]);
	await lane.end();
	taken.forEach((s) => s.close());
});

test('nothing is left of any build but results', async () => {
	const labelled = async (kind) => {
		const filters = encodeURIComponent(JSON.stringify(
		    { label: [`cid.kind=${kind}`] }));
		const { Volumes } = await engine.call('GET',
		    `/volumes?filters=${filters}`);
		const networks = await engine.call('GET',
		    `/networks?filters=${filters}`);

		return [(await engine.containers(`cid.kind=${kind}`)).length,
			networks.length, (Volumes ?? []).length];
	};

	assert.deepEqual(await labelled('build'), [0, 0, 0]);
	assert.deepEqual(await labelled('build-network'), [0, 0, 0]);
	const { builds } = await cid.ask('GET', '/api/builds?limit=1000');
	const good = builds.filter((b) => b.status === 'Success').length;
	assert.equal((await labelled('output'))[2], good);
	assert.ok(builds.every((b) => b.finished_at !== null));
});
