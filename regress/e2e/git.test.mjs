/*
 * cid-git alone, in its sandbox, with a real git server: gitdrive plays the
 * parent and the builder.
 */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync,
	readdirSync, truncateSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { bin } from './lib/cid.mjs';
import { GitServer, git, user } from './lib/git.mjs';
import { dir, run, stopAll } from './lib/proc.mjs';

/* What a server says that refuses with more than words. */
const words = 'ERR no \u001b]0;title\u0007 entry';
const evil = '001e# service=git-upload-pack\n0000' +
    (words.length + 4).toString(16).padStart(4, '0') + words;

/* A forge that also sends on, and one that speaks TLS 1.3 only. */
class Forge extends GitServer {
	conf() {
		return super.conf().replace('location / {', `
		ssl_protocols ${this.protocols ?? 'TLSv1.2 TLSv1.3'};
		location ~ ^/moved/(.*)$ { return 301 /acme/$1$is_args$args; }
		location ~ ^/away/ { return 302 https://other.test/; }
		location ~ ^/busy/ { return 503; }
		location ~ ^/page/ { return 200 "hello"; }
		location ~ ^/evil/ {
			default_type
			    application/x-git-upload-pack-advertisement;
			return 200 "${evil}";
		}
		location / {`);
	}
}

const server = new Forge();
const modern = new Forge({ name: 'modern', port: 18444 });
modern.protocols = 'TLSv1.3';

let roots = 0;

/* The file system of one cid-git; its mirror stays from job to job. */
function makeRoot() {
	const root = join(dir, `gitroot${roots++}`);

	mkdirSync(join(root, 'mirror'), { recursive: true });
	mkdirSync(join(root, 'etc'));
	writeFileSync(join(root, 'etc/hosts'),
	    '127.0.0.1 localhost git.test wrong.test other.test\n');
	writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files\n');
	return root;
}

/*
 * Do one job.  Answers { lines, spec, done, exit }; allow and ca are what
 * the operator configured, tar is where the tree goes.
 */
async function job(root, what, { token, origin, tar, local = [], more = [],
	allow = ['127.0.0.1:18443', 'git.test:18443', 'wrong.test:18443',
		'127.0.0.1:18444'],
	ca = server.ca, wipe } = {}) {
	const doc = { job: { project: 'p', environment: 'production',
		branch: 'main', build_type: 'command', ...what } };

	if (token) {
		doc.token = token;
		doc.job.git = { origin: origin ?? what.repo, box: '' };
	}
	const args = [...allow.flatMap((a) => ['-a', a]),
		...local.flatMap((l) => ['-l', l]), ...more];
	if (ca)
		args.push('-c', ca);
	if (tar)
		args.push('-t', tar);
	if (wipe)
		args.push('-w');
	const { stdout } = await run(join(bin, 'gitdrive'),
	    [...args, join(bin, 'cid-git'), root],
	    { input: JSON.stringify(doc) });
	const events = stdout.trim().split('\n').map((l) => JSON.parse(l));
	const first = (type) => events.find((e) => e.type === type);
	const spec = first('spec');

	return { lines: events.filter((e) => e.type === 'line')
		.map((e) => e.text),
	pongs: events.filter((e) => e.type === 'pong').length,
	spec: spec && JSON.parse(spec.doc), done: first('done'),
	exit: first('exit') };
}

/* The job must end with this reason and a sentence that matches. */
async function fails(root, what, reason, sentence, options) {
	const { spec, done, exit } = await job(root, what, options);

	assert.equal(done?.reason, reason, JSON.stringify(done ?? spec));
	assert.match(done.text, sentence);
	assert.equal(done.ok, false);
	assert.equal(exit.status, 0);
	assert.equal(spec, undefined);
}

async function list(tar) {
	const { stdout } = await run('tar', ['-tvf', tar, '--full-time',
		'--utc', '--numeric-owner']);

	return stdout.trim().split('\n');
}

/* Put raw entries into a tree that git itself would refuse to write. */
async function hostile(repo, entries, branch) {
	const body = Buffer.concat(entries.flatMap(([mode, name, id]) =>
	    [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]));
	const put = async (type, input) => (await run('git', ['hash-object',
		'-t', type, '-w', '--literally', '--stdin'],
	{ cwd: repo.path, input })).stdout.trim();
	const tree = await put('tree', body);
	const commit = await put('commit', `tree ${tree}\n` +
	    'author a <a@localhost> 1700000000 +0000\n' +
	    'committer a <a@localhost> 1700000000 +0000\n\nhostile\n');

	await git(repo.path, ['update-ref', `refs/heads/${branch}`, commit]);
}

/* A line to the server that lets some 3 MB through in a second. */
function slowLine(port, to) {
	return net.createServer((client) => {
		const upstream = net.connect(to, '127.0.0.1');

		client.pipe(upstream);
		upstream.on('data', (data) => {
			client.write(data);
			upstream.pause();
			setTimeout(() => upstream.resume(), 20);
		});
		for (const [a, b] of [[client, upstream], [upstream, client]])
			a.on('error', () => {}).on('close', () => b.destroy());
	}).listen(port, '127.0.0.1');
}

async function blob(repo, text) {
	return (await run('git', ['hash-object', '-w', '--stdin'],
	    { cwd: repo.path, input: text })).stdout.trim();
}

let repo;
let root;

before(async () => {
	await server.start();
	await modern.start();
	repo = await server.create('acme/hello');
	root = makeRoot();
});

after(stopAll);

test('a branch is fetched and its tree streamed', async () => {
	const tar = join(dir, 'hello.tar');
	const pushed = await repo.push({ 'cid.toml': '[build]\nimage = "a:1"\n',
		'deep/er/file': 'text\n', 'run.sh': '#!/bin/sh\n',
		'ünïcode ': 'x' }, { message: 'Say hello\n\nbody' });
	const { lines, spec, done, exit } = await job(root,
	    { repo: repo.url, commit: pushed.after }, { tar });

	assert.equal(spec.commit, pushed.after);
	assert.equal(spec.subject, 'Say hello');
	assert.equal(spec.author, 'regress');
	assert.equal(spec.email, 'regress@localhost');
	assert.equal(spec.time_s * 1000, Date.parse(
	    pushed.commits[0].timestamp));
	assert.equal(spec.has_file, true);
	assert.equal(spec.matched, true);
	assert.deepEqual(JSON.parse(spec.file), { build_image: 'a:1' });
	assert.match(lines.join('\n'), /Fetched branch main: \d+ objects/);
	assert.equal(done.ok, true);
	assert.equal(done.text, 'app/deep/er/file');
	assert.equal(done.entries, 7);
	assert.equal(done.bytes, 38);
	assert.equal(exit.status, 0);

	const out = join(dir, 'hello');
	mkdirSync(out);
	await run('tar', ['-xf', tar, '-C', out]);
	assert.equal(readFileSync(join(out, 'app/deep/er/file'), 'utf8'),
	    'text\n');
	assert.equal(readFileSync(join(out, 'app/ünïcode '), 'utf8'), 'x');
	for (const line of await list(tar))
		assert.match(line, / 0\/0 /);
});

test('what is here already is not fetched again', async () => {
	const again = await job(root, { repo: repo.url });
	assert.match(again.lines.join('\n'), /main is up to date/);

	const pushed = await repo.push({ 'another': '1' });
	const { lines, spec } = await job(root, { repo: repo.url });
	assert.equal(spec.commit, pushed.after);
	assert.match(lines.join('\n'), /: 3 objects/);
});

test('the same commit is the same archive', async () => {
	const sum = async (tar) => {
		await job(root, { repo: repo.url }, { tar });
		return createHash('sha256').update(readFileSync(tar))
		    .digest('hex');
	};

	assert.equal(await sum(join(dir, 'one.tar')),
	    await sum(join(dir, 'two.tar')));
});

test('modes and links are kept, submodules left out', async () => {
	const r = await server.create('acme/modes');
	const tar = join(dir, 'modes.tar');
	await r.push({ 'run': '#!/bin/sh\n', 'plain': '' });
	const plain = await blob(r, 'x');
	await hostile(r, [
		['40000', 'dir', (await run('git', ['mktree'], { cwd: r.path,
			input: `100644 blob ${plain}\t${'n'.repeat(200)}\n` }))
		    .stdout.trim()],
		['120000', 'link', await blob(r, '../../outside')],
		['100644', 'plain', plain],
		['100755', 'run', plain],
		['160000', 'sub', '1'.repeat(40)]], 'modes');
	const { done, lines } = await job(makeRoot(), { repo: r.url,
		branch: 'modes' }, { tar });

	assert.equal(done.ok, true);
	assert.match(lines.join('\n'), /1 submodules are left out/);
	assert.deepEqual((await list(tar)).map((l) => l.replace(/ +/g, ' ')), [
		'drwxr-xr-x 0/0 0 2023-11-14 22:13:20 app/',
		'drwxr-xr-x 0/0 0 2023-11-14 22:13:20 app/dir/',
		'-rw-r--r-- 0/0 1 2023-11-14 22:13:20 app/dir/' +
		    'n'.repeat(200),
		'lrwxrwxrwx 0/0 0 2023-11-14 22:13:20 app/link -> ' +
		    '../../outside',
		'-rw-r--r-- 0/0 1 2023-11-14 22:13:20 app/plain',
		'-rwxr-xr-x 0/0 1 2023-11-14 22:13:20 app/run',
	]);
});

test('a private repository wants the token that is bound to it', async () => {
	const r = await server.create('acme/private');
	const { after: commit } = await r.push({ a: '1' });
	const mine = makeRoot();

	await fails(mine, { repo: r.url }, 'GIT_REFUSED',
	    /asks for a credential and the project has none/);
	await fails(mine, { repo: r.url }, 'GIT_REFUSED',
	    /refused the project's token/, { token: 'wrong' });
	const { spec } = await job(mine, { repo: r.url },
	    { token: server.token });
	assert.equal(spec.commit, commit);
	const asked = await job(mine, { repo: r.url },
	    { token: server.token, origin: `${server.url}/acme` });
	assert.equal(asked.spec.commit, commit);
});

test('a token is never sent but to its origin', async () => {
	const access = join(server.dir, 'access.log');
	const r = await server.create('acme/private-two');
	await r.push({ a: '1' });
	const count = () => readFileSync(access, 'utf8').split('\n')
	    .filter((l) => l.includes('private-two') && l.includes(user))
	    .length;

	for (const origin of [`https://git.test:18443/acme/private-two.git`,
		`${server.url}/acme/private`, 'https://127.0.0.1/acme',
		`${server.url.replace('https', 'http')}/acme`, ''])
		await fails(makeRoot(), { repo: r.url }, 'GIT_REFUSED',
		    /token is meant for/, { token: server.token, origin });
	assert.equal(count(), 0);
});

test('the reason is given when nothing can be fetched', async () => {
	const fresh = makeRoot();
	const { url } = server;

	await fails(fresh, { repo: `${url}/acme/none.git` }, 'GIT_NOT_FOUND',
	    /acme\/none\.git: .*404/);
	await fails(fresh, { repo: `${url}/busy/x.git` }, 'GIT_UNREACHABLE',
	    /503/);
	await fails(fresh, { repo: `${url}/page/x.git` }, 'GIT_FAILED',
	    /content-type/);
	await fails(fresh, { repo: repo.url }, 'GIT_CERTIFICATE',
	    /not trusted: (self-signed|unable to get)/, { ca: null });
	await fails(fresh, { repo:
		'https://wrong.test:18443/acme/hello.git' },
	'GIT_CERTIFICATE', /wrong\.test is not trusted: hostname mismatch/);
	await fails(fresh, { repo: 'https://127.0.0.1:9/a.git' },
	    'GIT_UNREACHABLE', /Connection refused/,
	    { allow: ['127.0.0.1:0'] });
	await fails(fresh, { repo: 'https://nowhere.test/a.git' },
	    'GIT_UNREACHABLE', /nowhere\.test has no address/);
	await fails(fresh, { repo: repo.url, branch: 'none' },
	    'BRANCH_MISSING', /no branch none/);
	const empty = await server.create('acme/empty');
	await fails(fresh, { repo: empty.url }, 'BRANCH_MISSING',
	    /is empty/);
});

test('words of a server are words only', async () => {
	await fails(makeRoot(), { repo: `${server.url}/evil/x.git` },
	    'GIT_FAILED', /no \?\]0;title\? entry$/);
});

test('only judged addresses are connected to', async () => {
	const fresh = makeRoot();

	await fails(fresh, { repo: repo.url }, 'GIT_ADDRESS',
	    /not a public address/, { allow: [] });
	await fails(fresh, { repo: repo.url }, 'GIT_ADDRESS',
	    /not a public address/, { allow: ['127.0.0.1:443'] });
	for (const [bad, why] of [
		['http://127.0.0.1:18443/acme/hello.git', /https/],
		['ssh://git@git.test/acme/hello.git', /ssh/],
		['git@git.test:acme/hello.git', /ssh/],
		['file:///etc', /https/],
		[`https://me:secret@127.0.0.1:18443/a.git`, /user name/],
		['/etc', /git local/],
		['https://127.0.0.1:18443/acme/../x.git', /path/]])
		await fails(fresh, { repo: bad }, 'GIT_ADDRESS', why);
});

test('no redirect is followed, near or far', async () => {
	const { url } = server;

	await fails(makeRoot(), { repo: `${url}/moved/hello.git` },
	    'GIT_ADDRESS', /sends on to another address/);
	await fails(makeRoot(), { repo: `${url}/away/hello.git` },
	    'GIT_ADDRESS', /redirect/);
});

test('TLS 1.3 alone is enough', async () => {
	const r = await modern.create('acme/new');
	const { after: commit } = await r.push({ a: '1' });
	const { spec } = await job(makeRoot(), { repo: r.url },
	    { ca: modern.ca });

	assert.equal(spec.commit, commit);
});

test('a commit must lie on the branch', async () => {
	const r = await server.create('acme/branches');
	const mine = makeRoot();
	const one = await r.push({ a: '1' });
	const two = await r.push({ a: '2' });
	const other = await r.pushAll([{ files: { b: '1' } },
		{ files: { b: '2' } }], { branch: 'other', onto: one.after });
	const at = (commit) => ({ repo: r.url, commit });

	assert.equal((await job(mine, at(one.after))).spec.commit, one.after);
	await fails(mine, at(other.commits[0].id), 'COMMIT_NOT_ON_BRANCH',
	    /does not lie on branch main/);
	await fails(mine, at('0123456789'.repeat(4)), 'COMMIT_MISSING',
	    /not in the repository/);

	const forced = await r.push({ a: '3' }, { onto: one.after });
	await fails(mine, at(two.after), 'COMMIT_NOT_ON_BRANCH',
	    /does not lie on branch/);
	await r.prune();
	await fails(makeRoot(), at(two.after), 'COMMIT_MISSING',
	    /not in the repository any more/);
	assert.equal((await job(mine, at(forced.after))).spec.commit,
	    forced.after);
});

test('a branch may become a directory of branches, and back', async () => {
	const r = await server.create('acme/names');
	const mine = makeRoot();
	await r.push({ a: '1' });
	const flat = await r.push({ a: '2' }, { branch: 'fix' });
	const get = async (branch) => (await job(mine,
	    { repo: r.url, branch })).spec.commit;

	assert.equal(await get('fix'), flat.after);
	await r.deleteBranch('fix');
	await git(r.work, ['branch', '-D', '-q', 'fix'], { any: true });
	await git(r.work, ['checkout', '-q', 'main']);
	await git(r.work, ['branch', '-D', '-q', 'fix']);
	const deep = await r.push({ a: '3' }, { branch: 'fix/one' });
	assert.equal(await get('fix/one'), deep.after);
	await r.deleteBranch('fix/one');
	await git(r.work, ['checkout', '-q', 'main']);
	await git(r.work, ['branch', '-D', '-q', 'fix/one']);
	const back = await r.push({ a: '4' }, { branch: 'fix' });
	assert.equal(await get('fix'), back.after);
});

test('git decides what the payload could not', async () => {
	const r = await server.create('acme/mono');
	const mine = makeRoot();
	const base = await r.push({ 'web/a': '1', 'api/a': '1' });
	const web = await r.push({ 'web/a': '2', 'web/b': '2' });
	const look = async (path_filter, from) => {
		const { spec } = await job(mine, { repo: r.url, path_filter,
			pending: true, base: from });
		return [spec.matched ?? false, spec.changed ?? 0];
	};

	assert.deepEqual(await look('web/**', base.after), [true, 2]);
	assert.deepEqual(await look('api/**', base.after), [false, 2]);
	assert.deepEqual(await look('api/**', web.after), [false, 0]);
	assert.deepEqual(await look('api/**', undefined), [true, 0]);
	assert.deepEqual(await look('api/**', '1'.repeat(40)), [true, 0]);
});

test('cid.toml is read at the commit, errors have a place', async () => {
	const r = await server.create('acme/file');
	const mine = makeRoot();
	const at = async (files, more = {}) => {
		await r.push(files);
		return { repo: r.url, ...more };
	};

	await fails(mine, await at({ 'cid.toml':
		'[build]\n\n  imagee = "x"\n' }), 'SPEC_INVALID',
	/^cid\.toml:3:3: unknown key "imagee" in \[build\]$/);
	await fails(mine, await at({ 'cid.toml': 'secrets = ["A"]\n' }),
	    'SPEC_FORBIDDEN_KEY', /^cid\.toml:1:1: "secrets"/);
	await fails(mine, await at({}, { source_dir: 'web' }),
	    'DIRECTORY_MISSING', /no directory web/);
	await fails(mine, await at({ 'web/cid.toml': '[build\n' },
	    { source_dir: 'web' }), 'SPEC_INVALID',
	/^web\/cid\.toml:1:\d+: /);
	await fails(mine, await at({ 'web/cid.toml': null,
		'web/x': '', 'cid.toml': `# ${'x'.repeat(70000)}\n` },
	{ source_dir: 'web' }), 'SPEC_INVALID', /larger than 64 KiB/);
	const { spec } = await job(mine, await at({ 'cid.toml':
		'[deploy]\nport = 1\n' }, { source_dir: 'web' }));
	assert.deepEqual(JSON.parse(spec.file), { runtime_port: 1 });
	const none = await job(mine, await at({ 'cid.toml': null }));
	assert.equal(none.spec.has_file ?? false, false);
});

test('LFS pointers are named', async () => {
	const r = await server.create('acme/lfs');
	await r.push({ '.gitattributes': '*.png filter=lfs diff=lfs\n',
		'img/a.png': 'version https://git-lfs.github.com/spec/v1\n' +
		    `oid sha256:${'0'.repeat(64)}\nsize 12\n`,
		'b.png': 'not a pointer\n' });
	const { spec } = await job(makeRoot(), { repo: r.url });

	assert.deepEqual(spec.lfs, ['img/a.png']);
});

test('a tree that would unpack elsewhere is refused', async () => {
	const r = await server.create('acme/hostile');
	await r.push({ a: '1' });
	const id = await blob(r, 'x');
	const inner = (await run('git', ['mktree'], { cwd: r.path,
		input: `100644 blob ${id}\tpasswd\n` })).stdout.trim();
	const link = await blob(r, '/etc');
	let n = 0;

	for (const [entries, why] of [
		[[['100644', '..', id]], /another directory/],
		[[['40000', '.', inner]], /another directory/],
		[[['40000', '.git', inner]], /git's own/],
		[[['40000', '.GIT', inner]], /git's own/],
		[[['100644', 'a/b', id]], /slash/],
		[[['100644', '/x', id]], /slash/],
		[[['100644', 'a'.repeat(300), id]], /255 bytes/],
		[[['120000', 'a', link], ['100644', 'b', id],
			['40000', 'a', inner]], /one name twice/],
	]) {
		const branch = `b${n++}`;
		await hostile(r, entries, branch);
		await fails(makeRoot(), { repo: r.url, branch },
		    'TREE_INVALID', why);
	}
});

test('a tree that is a bomb is refused', async () => {
	const r = await server.create('acme/bomb');
	await r.push({ a: '1' });
	let inner = await blob(r, 'x');
	let mode = '100644 blob';

	for (let i = 0; i < 8; i++) {
		const lines = Array.from({ length: 10 },
		    (_, k) => `${mode} ${inner}\tn${k}\n`);
		inner = (await run('git', ['mktree'], { cwd: r.path,
			input: lines.join('') })).stdout.trim();
		mode = '040000 tree';
	}
	await hostile(r, [['40000', 'bomb', inner]], 'bomb');
	await fails(makeRoot(), { repo: r.url, branch: 'bomb' },
	    'TREE_INVALID', /more than 500000 files/);
});

test('a repository larger than allowed is given up', async () => {
	const r = await server.create('acme/large');
	const mine = makeRoot();
	await r.push({ big: randomBytes(8 << 20).toString('base64') });

	await fails(mine, { repo: r.url }, 'GIT_TOO_LARGE',
	    /more than the 1\.0 MiB/, { more: ['-p', `${1 << 20}`] });
	assert.deepEqual(readdirSync(join(mine, 'mirror/objects/pack')), []);
	const { spec } = await job(mine, { repo: r.url });
	assert.ok(spec);
});

test('what takes too long ends', async () => {
	const silent = net.createServer(() => {});
	await new Promise((done) => silent.listen(18450, '127.0.0.1', done));

	await fails(makeRoot(), { repo: 'https://127.0.0.1:18450/a.git' },
	    'GIT_UNREACHABLE', /took longer than allowed/,
	    { allow: ['127.0.0.1:0'], more: ['-s', '1'] });
	silent.close();
});

test('a builder that leaves ends the job, the mirror is good', async () => {
	const r = await server.create('acme/slow');
	const mine = makeRoot();
	const line = slowLine(18460, server.port);
	const options = { allow: ['127.0.0.1:18460'] };
	const what = { repo: r.url.replace(server.port, 18460) };
	for (const i of [1, 2, 3, 4])
		await r.push({ [`big${i}`]: randomBytes(1 << 20) });

	for (const word of ['Fetching', 'Receiving']) {
		const left = await job(mine, what,
		    { ...options, more: ['-k', word] });
		assert.equal(left.exit.status, 0);
		assert.equal(left.spec, undefined);
	}
	const { spec, pongs } = await job(mine, what, options);
	line.close();
	assert.ok(spec);
	assert.ok(pongs > 2, 'pings are answered in the middle of it');
});

test('what a killed process left behind does no harm', async () => {
	const r = await server.create('acme/leftover');
	const mine = makeRoot();
	const mirror = (path) => join(mine, 'mirror', path);
	await r.push({ a: '1' });
	await job(mine, { repo: r.url });

	await r.push({ a: '2' });
	writeFileSync(mirror('refs/heads/main.lock'), '');
	writeFileSync(mirror('objects/pack/pack_git2_abcdef'), 'half');
	assert.ok((await job(mine, { repo: r.url })).spec);
	assert.ok(!existsSync(mirror('objects/pack/pack_git2_abcdef')));

	await r.push({ a: '3' });
	truncateSync(mirror('HEAD'));
	assert.ok((await job(mine, { repo: r.url })).spec);
});

test('many small packs become one', async () => {
	const r = await server.create('acme/many');
	const mine = makeRoot();
	const packs = () => readdirSync(join(mine, 'mirror/objects/pack'))
	    .filter((f) => f.endsWith('.pack')).length;
	const commits = [];

	for (let i = 0; i < 26; i++) {
		const { after } = await r.push({ [`file${i}`]: `${i}\n` });
		commits.push(after);
		const { done } = await job(mine, { repo: r.url },
		    { tar: join(dir, 'many.tar') });
		assert.equal(done.ok, true);
	}
	assert.ok(packs() <= 3, `${packs()} packs`);
	await git(join(mine, 'mirror'), ['-c', 'safe.directory=*', 'fsck',
		'--strict']);
	const { spec, done } = await job(mine, { repo: r.url,
		commit: commits[0] }, { tar: join(dir, 'many.tar') });
	assert.equal(spec.commit, commits[0]);
	assert.equal(done.entries, 2);
});

test('a wiped mirror is empty', async () => {
	const { done } = await job(root, {}, { wipe: true });

	assert.equal(done.ok, true);
	assert.deepEqual(readdirSync(join(root, 'mirror')), []);
	assert.ok((await job(root, { repo: repo.url })).spec);
});

test('a local repository is read below a root only', async () => {
	const at = join(dir, 'local/one');
	mkdirSync(at, { recursive: true });
	await git(at, ['init', '-q', '-b', 'main']);
	writeFileSync(join(at, 'file'), 'x');
	await git(at, ['add', '-A']);
	await git(at, ['commit', '-q', '-m', 'one']);
	chmodSync(dir, 0o755);
	const tar = join(dir, 'local.tar');
	const local = [join(dir, 'local')];
	const { spec, done } = await job(makeRoot(), { repo: at },
	    { local, tar });

	assert.equal(spec.subject, 'one');
	assert.equal(done.text, 'app/file');
	await fails(makeRoot(), { repo: at, branch: 'none' },
	    'BRANCH_MISSING', /no branch none/, { local });
	await fails(makeRoot(), { repo: join(dir, 'local/two') },
	    'GIT_NOT_FOUND', /not a git repository/, { local });
	await fails(makeRoot(), { repo: join(dir, 'localother') },
	    'GIT_ADDRESS', /git local/, { local });
	await fails(makeRoot(), { repo: join(dir, 'local/../x') },
	    'GIT_ADDRESS', /git local/, { local });
	appendFileSync(join(at, '.git/config'),
	    '[include]\n\tpath = /etc/shadow\n');
	assert.ok((await job(makeRoot(), { repo: at }, { local })).spec);
});
