/*
 * Webhooks as a forge sends them, good and bad, over the network to a whole
 * cid: what each is answered, what it starts, and that nothing that was
 * answered is lost.  The engine starts last, for what only git can decide.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { GitServer } from './lib/git.mjs';
import * as github from './lib/github.mjs';
import { image } from './lib/image.mjs';
import { stopAll, until } from './lib/proc.mjs';
import { Project } from './lib/project.mjs';

const NONE = '0'.repeat(40);
const engine = new Engine();
const server = new GitServer();
let cid;
let api;	/* the pid that must live through all of it */
let hello;
let change;	/* a push of hello that cid was not told of yet */

const make = (name, settings, repo) => Project.make(cid, server, name, {
	build_image: 'app:1', build_command: 'cp -r /app/. /output',
	runtime_command: 'trap exit TERM; httpd -f -p 8080 & wait',
	...settings }, repo);

const apiPid = () => cid.children().find(({ name }) => name === 'api').pid;

/* The payload of hello's push with something else about it. */
const payload = (more) => github.push(hello.repo, change, more);

/* A commit that was never made, for what is not to be built. */
const commit = (n) => createHash('sha1').update(`${n}`).digest('hex');

async function count() {
	const { total } = await cid.ask('GET', '/api/builds?limit=1');

	return total;
}

/* It is gone at once; what it left goes when the engine is there. */
function remove({ name }) {
	cid.ask('DELETE', `/api/projects/${name}`).catch(() => {});
}

/* The answer is a refusal of this status and code. */
function refused({ status, json, text }, wantedStatus, code) {
	assert.deepEqual([status, json?.success, json?.error?.code],
	    [wantedStatus, false, code], text);
	assert.match(json.error.message, /^[A-Z].*\.$/);
	return json.error;
}

/* The answer says that nothing is built, and why. */
function skipped({ status, json, text }, reason) {
	assert.deepEqual([status, json?.data?.decision, json?.data?.reason],
	    [200, 'skipped', reason], text);
	assert.match(json.data.message, /^[A-Z].*\.$/);
	assert.deepEqual(json.data.builds, []);
}

/* Send a head, and no body unless asked; answer what comes until the end. */
function raw(head) {
	return new Promise((done, fail) => {
		const socket = net.connect(cid.port, '127.0.0.1');
		let all = '';

		socket.on('data', (data) => {
			all += data;
			if (all.includes('\r\n\r\n{') && all.endsWith('}'))
				socket.destroy();
		});
		socket.on('error', fail);
		socket.on('close', () => done(all));
		socket.write(head.join('\r\n') + '\r\n\r\n');
	});
}

before(async () => {
	await Promise.all([server.start(), engine.start()]);
	await image(engine, 'app:1');
	await engine.stop();
	cid = await new Cid({ engine, git: server }).start();
	api = apiPid();
	hello = await make('hello');
	change = await hello.repo.push({ 'index.html': 'one\n' });
});

after(stopAll);

test('unsigned, wrongly signed, unknown: one and the same 401', async () => {
	const elsewhere = hello.row.webhook_url.replace(/[0-9a-f]{32}$/,
	    'f'.repeat(32));
	const { webhook_secret: secret } = hello.row;
	const rows = [
		[hello.row.webhook_url, {}],
		[hello.row.webhook_url, { secret: 'another secret' }],
		[hello.row.webhook_url, { signature: 'sha256=' }],
		[hello.row.webhook_url,
			{ signature: `sha256=${'0'.repeat(64)}` }],
		[hello.row.webhook_url, { signature: `sha1=${'0'.repeat(40)}` }],
		[elsewhere, { secret }],
		[elsewhere, {}],
		[elsewhere.replace(/[0-9a-f]{32}$/, 'x'), { secret }],
		[elsewhere.replace(/\/[0-9a-f]{32}$/, ''), { secret }],
		[elsewhere.replace(/\/[0-9a-f]{32}$/, '?project=4711'),
			{ secret }],
	];
	const answers = new Set();

	for (const [url, options] of rows) {
		for (const body of [payload(), '{"no', ' ']) {
			const answer = await github.post(url, 'push', body,
			    options);

			refused(answer, 401, 'SIGNATURE_INVALID');
			delete answer.headers['x-request-id'];
			answers.add(JSON.stringify([answer.headers,
				answer.text]));
		}
	}
	assert.equal(answers.size, 1, [...answers].join('\n'));
	assert.equal(await count(), 0);
	assert.equal((await cid.ask('GET', '/api/deliveries')).total, 0);
});

test('a body over 25 MB is refused before it comes', async () => {
	const { pathname } = new URL(hello.row.webhook_url);
	const head = (length) => [`POST ${pathname} HTTP/1.1`, 'Host: x',
		'Content-Type: application/json', 'X-GitHub-Event: push',
		`X-Hub-Signature-256: sha256=${'0'.repeat(64)}`,
		`Content-Length: ${length}`];

	assert.match(await raw(head((25 << 20) + 1)),
	    /^HTTP\/1\.1 413 [^]*"code":"BODY_TOO_LARGE"/);
	assert.match(await raw(head(2 ** 62)), /^HTTP\/1\.1 413 /);
	assert.match(await raw([...head(0).slice(0, -1),
		'Transfer-Encoding: chunked']), /^HTTP\/1\.1 411 /);
});

test('a body of 25 MB is taken', async () => {
	const sample = payload({ filler: '' });
	const room = (25 << 20) - Buffer.byteLength(JSON.stringify(sample));

	sample.ref = 'refs/tags/large';
	sample.filler = 'x'.repeat(room - 1);
	skipped(await hello.post(sample), 'TAG_PUSH');
});

test('what is signed but no JSON: 400', async () => {
	for (const body of ['{', ' ', 'null', '[]', '"x"', '7', '{"ref":"x",}',
		'{} {}', '{"ref":01}', '{ref:1}', 'payload={}',
		`${JSON.stringify(payload())}x`])
		assert.equal(refused(await hello.post(body), 400,
		    'PAYLOAD_INVALID').details.reason,
		'not JSON that cid reads', body.slice(0, 20));
	for (const body of ['payload=%zz', 'x=1', 'payload=%7B'])
		refused(await hello.post(body, { headers: { 'Content-Type':
			'application/x-www-form-urlencoded' } }), 400,
		'PAYLOAD_INVALID');
	refused(await hello.post(payload(), { headers:
		{ 'Content-Type': 'text/plain' } }), 415,
	'UNSUPPORTED_MEDIA_TYPE');
});

test('wrong types: 400, and the field is named', async () => {
	const { repository } = payload();
	const [one] = payload().commits;
	const rows = [
		['ref', { ref: 7 }], ['ref', { ref: null }],
		['ref', { ref: 'main' }], ['ref', { ref: 'refs/heads/' }],
		['ref', { ref: 'refs/heads/../x' }],
		['ref', { ref: 'refs/heads/a\0b' }],
		['after', { after: 'zz' }], ['after', { after: {} }],
		['before', { before: ['0'] }],
		['created', { created: 'yes' }],
		['forced', { forced: 1 }],
		['repository', { repository: 'x' }],
		['repository.id', { repository: null }],
		['repository.id', { repository: { ...repository, id: -1 } }],
		['id', { repository: { ...repository, id: '1' } }],
		['repository.full_name',
			{ repository: { ...repository, full_name: 'x' } }],
		['commits', { commits: { 0: 1 } }],
		['commits', { commits: [7] }],
		['added', { commits: [{ ...one, added: 'x' }] }],
		['added', { commits: [{ ...one, added: [['x']] }] }],
		['head_commit', { head_commit: 'x' }],
		['message', { head_commit: { ...one, message: 7 } }],
	];

	for (const [field, more] of rows) {
		const sample = { ...payload(), ...more };

		assert.equal(refused(await hello.post(sample), 400,
		    'PAYLOAD_INVALID').details.reason,
		`${field}: not as documented`, JSON.stringify(more));
	}
});

test('absurd nesting and size cost a 400, not the API', async () => {
	const text = JSON.stringify(payload()).slice(0, -1);

	for (const more of [`${'['.repeat(1e6)}`,
		`${'['.repeat(1e6)}${']'.repeat(1e6)}`,
		'{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5),
		`[${'{},'.repeat(1e6)}{}]`, `[${'0,'.repeat(5e6)}0]`,
		`"${'\\u0000'.repeat(1e5)}`])
		refused(await hello.post(`${text},"x":${more}}`), 400,
		    'PAYLOAD_INVALID');
	assert.equal(apiPid(), api);
	assert.equal(await count(), 0);
});

test('another repository: 404', async () => {
	const other = { fullName: 'acme/other', id: 4711,
		url: `${server.url}/acme/other.git` };

	refused(await hello.post(payload({
		repository: github.repository(other) })), 404,
	'REPOSITORY_UNKNOWN');
	assert.equal(await count(), 0);
});

test('what starts nothing: 200 with the reason', async () => {
	const tagged = await hello.repo.tag('v1', change.after);
	const branch = await hello.repo.push({ x: '1' }, { branch: 'topic' });

	skipped(await hello.tell(tagged), 'TAG_PUSH');
	skipped(await hello.tell(branch), 'BRANCH_NO_MATCH');
	skipped(await hello.tell(await hello.repo.deleteBranch('topic')),
	    'BRANCH_DELETED');
	skipped(await hello.post(payload({ deleted: true, after: NONE,
		head_commit: null, commits: [] })), 'BRANCH_DELETED');
	skipped(await hello.post(payload({ ref: 'refs/notes/main' })),
	    'EVENT_IGNORED');
	for (const message of ['fix [skip ci]', 'fix\n\n[ci skip]\n',
		'[NO CI] fix'])
		skipped(await hello.post(payload({
			head_commit: { message } })), 'SKIP_REQUESTED');
	skipped(await hello.post(github.ping(hello.repo), { event: 'ping' }),
	    'PING');
	assert.equal(await count(), 0);
});

test('everything GitHub documents gets an answer', async () => {
	const all = createRequire(import.meta.url)(
	    '@octokit/webhooks-examples');
	let answered = 0;

	for (const { name: event, examples } of all) {
		for (const e of examples.slice(0, event === 'push' ? 99 : 1)) {
			const answer = await hello.post(e, { event });

			answered++;
			if (event === 'push')
				refused(answer, 404, 'REPOSITORY_UNKNOWN');
			else
				skipped(answer, event === 'ping' ? 'PING' :
				    'EVENT_IGNORED');
		}
	}
	assert.ok(answered > 50);
});

test('the same again, by its id or its bytes: the same builds', async () => {
	const sample = payload();
	const delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

	/* A refusal uses no id up. */
	refused(await hello.post('{', { delivery }), 400, 'PAYLOAD_INVALID');
	refused(await hello.post(sample, { delivery, secret: 'wrong' }), 401,
	    'SIGNATURE_INVALID');
	const first = await hello.post(sample, { delivery });
	const id = hello.built(first);
	const same = async (options) => {
		const { status, json, text } = await hello.post(sample,
		    options);

		assert.equal(status, 200, text);
		assert.deepEqual(json, first.json);
	};

	assert.equal(first.json.data.decision, 'accepted');
	await same({ delivery });
	await same({});
	await same({ delivery, form: true });
	const before = await count();
	api = await cid.replace('api').then(({ pid }) => pid);
	await until('the API', () => cid.ask('GET', '/api/projects')
	    .catch(() => undefined));
	await same({ delivery });
	await same({});
	assert.equal(await count(), before);
	assert.equal((await hello.build(id)).status, 'Queued');
});

test('without an engine a build waits and says so', async () => {
	const [{ id }] = await hello.builds();
	const b = await until('why', async () => {
		const now = await hello.build(id);
		return now.reason !== '' && now;
	});

	assert.deepEqual([b.status, b.reason], ['Queued', 'ENGINE_DOWN']);
	assert.match(await hello.log(id), /engine does not answer/);
});

test('three hundred pushes at once: 202 each, on disk each', async () => {
	const many = await Promise.all(Array.from({ length: 10 },
	    (_, i) => make(`many${i}`)));
	/* Nobody says in which order they come: branches rest on one. */
	const change = (n) => ({ ref: 'refs/heads/main', before: commit(0),
		after: commit(n), created: false, deleted: false,
		forced: false, commits: [{ id: commit(n), message: `${n}`,
			added: [`f${n}`], removed: [], modified: [] }] });
	const answers = await Promise.all(Array.from({ length: 300 },
	    (_, i) => many[i % 10].tell(change(i + 1))));
	const ids = answers.map((a, i) => many[i % 10].built(a));

	assert.equal(new Set(ids).size, 300);
	cid.kill('api');
	const found = await until('the API', () => Promise.all(
	    many.map((p) => p.builds())).catch(() => undefined));
	assert.deepEqual(found.flat().map(({ id }) => id)
	    .sort((a, b) => a - b), ids.sort((a, b) => a - b));
	for (const builds of found) {
		assert.deepEqual(builds.map(({ number }) => number)
		    .sort((a, b) => a - b),
		Array.from({ length: 30 }, (_, i) => i + 1));
		assert.ok(builds.every(({ status }) => status === 'Queued'));
	}
	many.forEach(remove);
});

test('a chain of pushes that come in any order: the newest is there',
    async () => {
	const chain = await make('chain');
	const pushes = Array.from({ length: 40 }, (_, i) => ({
		ref: 'refs/heads/main', before: commit(i + 1),
		after: commit(i + 2), created: false, deleted: false,
		forced: false, commits: [{ id: commit(i + 2), message: 'x',
			added: ['x'], removed: [], modified: [] }] }));

	for (const answer of await Promise.all(pushes.map((p) =>
		chain.tell(p)))) {
		if (answer.status === 202)
			continue;
		skipped(answer, 'SUPERSEDED');
	}
	const builds = await chain.builds();
	assert.ok(builds.some((b) => b.commit_hash === commit(41)));
	remove(chain);
});

test('the engine comes: what waits is built', async () => {
	const [{ id }] = await hello.builds();

	await engine.start();
	const b = await hello.ended(id);
	assert.deepEqual([b.status, b.reason, b.number], ['Success', '', 1],
	    b.message);
});

test('one repository, two projects: each its own paths', async () => {
	const web = await make('web', { path_filter: 'web/**,!**/*.md' });
	const back = await make('back', { path_filter: 'back/**' }, web.repo);

	assert.equal(back.row.webhook_url, web.row.webhook_url);
	await web.repo.push({ 'web/a': '1', 'back/a': '1' });
	const started = async (files) => {
		const answer = await web.tell(await web.repo.push(files));
		const { builds, skipped: not } = answer.json.data;

		assert.ok(not.every(({ reason }) =>
			reason === 'PATH_NO_MATCH'));
		return [answer.status, builds.map((b) => b.project).sort(),
			not.map((s) => s.project).sort()];
	};

	assert.deepEqual(await started({ 'web/a': '2' }),
	    [202, ['web'], ['back']]);
	assert.deepEqual(await started({ 'web/b': '1', 'back/b': '1' }),
	    [202, ['back', 'web'], []]);
	assert.deepEqual(await started({ 'back/a': null }),
	    [202, ['back'], ['web']]);
	skipped(await web.tell(await web.repo.push({ 'web/x.md': '1',
		README: '1' })), 'PATH_NO_MATCH');
	for (const p of [web, back]) {
		const builds = await p.builds();

		assert.equal(builds.length, 2);
		for (const { id } of builds)
			assert.equal((await p.ended(id)).status, 'Success');
	}
});

test('a form is as good as JSON', async () => {
	const form = await make('form');
	const pushed = await form.repo.push({ 'a+b &=%': '1' },
	    { message: 'one + two = 3 & "ä" %41' });
	const id = form.built(await form.post(github.push(form.repo, pushed),
	    { form: true }));
	const b = await form.ended(id);

	assert.deepEqual([b.status, b.commit_hash, b.commit_message],
	    ['Success', pushed.after, 'one + two = 3 & "ä" %41']);
});

test('what a payload can not tell, git decides', async () => {
	const p = await make('pending', { path_filter: 'src/**' });
	const pending = async (pushed, more) => {
		const answer = await p.tell(pushed, more);

		assert.equal(answer.json?.data?.decision, 'pending',
		    answer.text);
		assert.equal(answer.json.data.builds[0].build_number, null);
		return p.ended(p.built(answer));
	};
	const built = (b, number) => assert.deepEqual(
	    [b.status, b.reason, b.number], ['Success', '', number],
	    b.message);
	const passed = (b) => assert.deepEqual([b.status, b.reason, b.number],
	    ['Cancelled', 'PATH_NO_MATCH', null], b.message);

	/* A new branch; then one that is pushed over, twice. */
	const one = await p.repo.push({ 'src/a': '1', doc: '1' });
	built(await pending(one), 1);
	await p.repo.push({ doc: '2' });
	passed(await pending(await p.repo.push({ doc: '3' },
	    { onto: one.after })));
	const two = await p.repo.push({ 'src/a': '2' }, { onto: one.after });
	assert.equal(two.forced, true);
	built(await pending(two), 2);

	/* More commits than the payload lists. */
	const far = await p.repo.pushAll([{ files: { doc: '4' } },
		{ files: { doc: '5' } }, { files: { 'src/b': '1' } }]);
	built(await pending({ ...far, commits: far.commits.slice(0, 2) },
	    { size: 3 }), 3);
	passed(await pending(await p.repo.push({ doc: '6' }),
	    { size: 2, commits: [] }));

	/* What is listed decides at once, and takes the next number. */
	const sure = await p.tell(await p.repo.push({ 'src/c': '1' }));
	assert.equal(sure.json.data.builds[0].build_number, 4);
	built(await p.ended(p.built(sure)), 4);
	skipped(await p.tell(await p.repo.push({ doc: '7' })),
	    'PATH_NO_MATCH');
});

test('the deliveries tell what came of each, and no secret', async () => {
	const { deliveries } = await cid.ask('GET',
	    '/api/projects/hello/deliveries?limit=1000');
	const accepted = deliveries.find((d) => d.status === 202);
	const { text } = await cid.api('GET',
	    `/api/deliveries/${accepted.id}`);

	assert.equal(accepted.decision, 'accepted');
	assert.equal(accepted.commit_hash, change.after);
	assert.ok(!text.includes('sha256='));
	assert.ok(!text.includes(hello.row.webhook_secret));
	assert.equal(JSON.parse(JSON.parse(text).data.body).after,
	    change.after);
	assert.ok(deliveries.some((d) => d.reason === 'PAYLOAD_INVALID'));
	assert.deepEqual(cid.daemon.lines.filter((l) =>
		/died|killed by|fatal|signal 11/i.test(l)), []);
});
