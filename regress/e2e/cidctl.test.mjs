/*
 * cidctl against a whole cid: what it prints, how it ends, and that nothing
 * a container prints reaches the terminal as more than text.
 */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Cid, bin } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { GitServer } from './lib/git.mjs';
import { image } from './lib/image.mjs';
import { Daemon, dir, run, stopAll } from './lib/proc.mjs';

const engine = new Engine();
const server = new GitServer();
let cid;
let repo;

const BUILD = 'sh /app/script && cp /app/index.html /output';

function toml(more = '') {
	return `
[project]
name = "hello"
repo = "${repo.url}"
[build]
image = "busybox:1"
command = "${BUILD}"
[deploy]
image = "busybox:1"
command = "trap exit TERM; httpd -f -p 8080 -h /app & wait"
port = 8080
health_check = "/"
${more}`;
}

function file(text, name = 'hello.toml') {
	const path = join(dir, name);

	writeFileSync(path, text);
	return path;
}

/* Run cidctl where it must end with a code; answers both outputs. */
async function ctl(code, ...args) {
	const answer = await cid.cidctl(...args);

	assert.equal(answer.code, code, JSON.stringify(answer));
	return answer;
}

async function json(...args) {
	const { stdout } = await ctl(0, '-j', ...args);

	assert.equal(stdout.trim().split('\n').length, 1);
	return JSON.parse(stdout);
}

/* The same on a terminal. */
async function onTerminal(...args) {
	const { stdout } = await run('script', ['-qec',
		[join(bin, 'cidctl'), '-s', cid.socket, ...args].join(' '),
		'/dev/null'], { env: { TERM: 'xterm', NO_COLOR: '' } });

	return stdout;
}

function page(text, script = 'echo built') {
	return repo.push({ 'index.html': `${text}\n`, script });
}

before(async () => {
	await Promise.all([engine.start(), server.start()]);
	await image(engine, 'busybox:1');
	cid = new Cid({ engine, git: server });
	await cid.start();
	repo = await server.create('acme/hello');
});

after(stopAll);

test('who mistypes is told', async () => {
	assert.match((await ctl(2)).stderr, /^usage: cidctl /);
	assert.match((await ctl(2, 'lsit')).stderr,
	    /no command "lsit".*cidctl help/);
	assert.match((await ctl(2, 'deploy')).stderr,
	    /^usage: cidctl deploy /);
	assert.match((await ctl(2, 'project', 'make')).stderr,
	    /^usage: cidctl project apply .*\n +cidctl project show /);
	assert.match((await ctl(0, 'help')).stdout, /rollback/);
});

test('who finds no server is told what to do', async () => {
	const ask = (args, env = {}) => run(join(bin, 'cidctl'), args,
	    { any: true, env: { HOME: dir, CID_URL: '', ...env } });
	const none = await ask(['list']);

	assert.equal(none.code, 3);
	assert.match(none.stderr, /CID_URL and CID_TOKEN/);
	const socket = await ask(['-s', join(dir, 'no.sock'), 'list']);
	assert.equal(socket.code, 3);
	assert.match(socket.stderr, /does not run here; start it/);
	const refused = await ask(['-H', 'http://127.0.0.1:9', 'list']);
	assert.equal(refused.code, 3);
	assert.match(refused.stderr, /127\.0\.0\.1/);
	const other = await ask(['-H', server.url, 'list'],
	    { CURL_CA_BUNDLE: server.ca });
	assert.equal(other.code, 1);
	assert.match(other.stderr, /not as cid does/);
	assert.equal((await ask(['-H', server.url, 'list'])).code, 3);
});

test('without projects the way to the first is shown', async () => {
	assert.match((await ctl(0, 'list')).stdout, /cidctl project apply/);
	assert.match((await ctl(1, 'status', 'hello')).stderr,
	    /PROJECT_NOT_FOUND[^]*cidctl list/);
});

test('a file makes a project, twice changes nothing', async () => {
	const made = await ctl(0, 'project', 'apply', file(toml()));

	assert.match(made.stdout, /^hello is made\.\n/);
	assert.match(made.stdout,
	    /webhook +http\S+\/webhook\/github\/\S+\n +secret +\S{8,}\n/);
	const again = await ctl(0, 'project', 'apply', file(toml()));
	assert.match(again.stdout, /is as the file says already/);
	assert.doesNotMatch(again.stdout, /secret/);
	const changed = await ctl(0, 'project', 'apply',
	    file(toml('health_check_retries = 20\nstay_up = "1m"')));
	assert.match(changed.stdout, /health_check_retries +10 -> 20/);
	assert.match(changed.stdout, /health_stay_up +10 -> 60/);
	assert.doesNotMatch(changed.stdout, /repo|command/);
	const data = await json('project', 'apply', file(toml()));
	assert.match(data.webhook_url, /\/webhook\/github\//);
	assert.ok(data.webhook_secret);
	assert.match((await ctl(0, 'project', 'show', 'hello')).stdout,
	    new RegExp(`webhook_secret +${data.webhook_secret}`));
});

test('an error in a file has a place', async () => {
	assert.match((await ctl(1, 'project', 'apply',
	    file('[build]\n  imagee = "x"\n', 'bad.toml'))).stderr,
	/bad\.toml:2:3: unknown key "imagee" in \[build\]/);
	assert.match((await ctl(1, 'project', 'apply',
	    file('[build]\nimage = "x"\n', 'bad.toml'))).stderr,
	/names no project/);
	assert.match((await ctl(1, 'project', 'apply',
	    join(dir, 'none.toml'))).stderr, /No such file/);
	assert.match((await ctl(1, 'project', 'apply', '--repo', 'x y',
	    file(toml()))).stderr, /repo must be.*VALIDATION_ERROR/);
});

test('deploy --wait shows the log and ends as the build did', async () => {
	await page('version 1');
	const { stdout } = await ctl(0, 'deploy', 'hello', '--wait');

	assert.match(stdout, /^hello build 1 \(id \d+\) is queued/);
	assert.match(stdout, /^built$/m);
	assert.match(stdout, /^hello build 1: Success after /m);
	assert.equal((await cid.visit('/hello/')).text, 'version 1\n');

	await page('version 2', 'echo no good; exit 3');
	const failed = await ctl(1, 'deploy', 'hello', '--wait');
	assert.match(failed.stdout, /^no good$/m);
	assert.match(failed.stdout, /: Failed after .*COMMAND_FAILED: /);
	await page('version 2', 'exit 4');
	const quiet = await ctl(1, '-j', 'deploy', 'hello', '--wait');
	assert.equal(JSON.parse(quiet.stdout).reason, 'COMMAND_FAILED');
	assert.equal((await cid.visit('/hello/')).text, 'version 1\n');
});

/* The container's last words come at the same time as its end. */
test('a log that is followed has its last line', async () => {
	const path = file(toml().replace('"hello"', '"dies"')
	    .replace(/command = "trap.*/, 'command = "echo bye; exit 4"'));

	await page('version 2');
	await ctl(0, 'project', 'apply', path);
	for (let i = 0; i < 3; i++) {
		const { stdout } = await ctl(1, 'deploy', 'dies', '--wait');

		assert.match(stdout,
		    /\n\| bye\nFailed: CONTAINER_EXITED: .*\ndies build /);
	}
	await ctl(0, 'project', 'delete', '-y', 'dies');
});

test('deploy takes a commit of the branch only', async () => {
	assert.match((await ctl(1, 'deploy', 'hello', '--commit', 'abc'))
	    .stderr, /commit_hash is not a whole commit hash/);
	assert.match((await ctl(1, 'deploy', 'hello', '-w', '--commit',
	    '0123456789'.repeat(4))).stdout, /COMMIT_MISSING/);
});

test('builds are listed, found by number, id and project', async () => {
	const { stdout } = await ctl(0, 'builds', 'hello');
	const all = await json('builds', 'hello');

	assert.match(stdout, /^BUILD +ID +STATUS/);
	assert.match(stdout, /^1 +\d+ +Success +production/m);
	assert.match(stdout, /^2 +\d+ +Failed .*COMMAND_FAILED/m);
	const { id } = all.builds.find((b) => b.number === 1);
	for (const name of ['hello/1', `${id}`])
		assert.match((await ctl(0, 'logs', name)).stdout, /^built$/m);
	assert.match((await ctl(1, 'logs', 'hello/99')).stderr,
	    /has no build 99/);
	assert.match((await ctl(1, 'logs', '999999')).stderr,
	    /BUILD_NOT_FOUND/);
	assert.match((await ctl(2, 'logs', 'hello/x')).stderr,
	    /project\/number/);
	assert.ok((await json('logs', 'hello/1')).includes('built'));
	const events = (await ctl(0, '-j', 'logs', '-f', 'hello/1')).stdout
	    .trim().split('\n').map((l) => JSON.parse(l));
	assert.ok(events.some((e) => e.line === 'built' &&
	    e.stream === 'stdout'));
	assert.equal(events.at(-1).type, 'complete');
});

test('rollback goes back, and status says which way is left', async () => {
	await page('version 3');
	await ctl(0, 'deploy', 'hello', '-w');
	assert.equal((await cid.visit('/hello/')).text, 'version 3\n');
	assert.match((await ctl(0, 'list')).stdout,
	    /^hello +Success +5 .* (blue|green) +main +http/m);
	const { stdout } = await ctl(0, 'status', 'hello');
	assert.match(stdout, /^SLOT +STATE +BUILD/m);
	assert.match(stdout, /^(blue|green) +active +5 /m);
	assert.match(stdout, /^(blue|green) +grace +1 /m);
	assert.match(stdout, /still runs: a rollback takes milliseconds/);

	assert.match((await ctl(0, 'rollback', 'hello')).stdout,
	    /goes back to what ran before/);
	await untilText('version 1\n');
	assert.match((await ctl(0, 'rollback', 'hello', '--version', '5'))
	    .stdout, /goes back to build 5/);
	await untilText('version 3\n');
	assert.match((await ctl(1, 'rollback', 'hello', '-v', '2')).stderr,
	    /\([A-Z_]+\)$/m);
	const status = await json('status', 'hello');
	assert.equal(status.environments[0].name, 'production');
});

async function untilText(text) {
	for (let i = 0; i < 200; i++) {
		if ((await cid.visit('/hello/')).text === text)
			return;
		await new Promise((done) => setTimeout(done, 50));
	}
	assert.fail(`never ${text}`);
}

/* Put the file into the build's container that its script waits for. */
async function letGo() {
	const [{ Id }] = await engine.call('GET', '/containers/json?filters=' +
	    encodeURIComponent('{"label":["cid.kind=build"]}'));

	writeFileSync(join(dir, 'go'), '');
	await run('tar', ['-cf', 'go.tar', 'go']);
	await engine.call('PUT', `/containers/${Id}/archive?path=/`, {
		headers: { 'Content-Type': 'application/x-tar' },
		body: readFileSync(join(dir, 'go.tar')) });
}

test('a log is followed over the death of the API', async () => {
	await page('version 4', `
i=0
while [ $i -lt 2000 ]; do i=$((i + 1)); echo "line $i"; done
while [ ! -e /go ]; do usleep 5000; done
while [ $i -lt 4000 ]; do i=$((i + 1)); echo "line $i"; done`);
	const queued = await json('deploy', 'hello');
	const follower = new Daemon('follower', join(bin, 'cidctl'),
	    ['-s', cid.socket, 'logs', '-f', `${queued.build_id}`]);

	await follower.line(/^line 2000$/);
	await cid.replace('api');
	await letGo();
	assert.equal((await follower.exited).code, 0);
	const lines = follower.lines.filter((l) => /^line \d+$/.test(l));
	assert.deepEqual(lines, Array.from({ length: 4000 },
	    (_, i) => `line ${i + 1}`));
});

test('a build is cancelled', async () => {
	await page('version 5', 'echo waiting; while :; do usleep 5000; done');
	const queued = await json('deploy', 'hello');
	const follower = new Daemon('cancelled', join(bin, 'cidctl'),
	    ['-s', cid.socket, 'deploy', '-w', 'hello']);
	const log = new Daemon('log', join(bin, 'cidctl'),
	    ['-s', cid.socket, 'logs', '-f', `${queued.build_id}`]);

	await log.line(/^waiting$/);
	assert.match((await ctl(0, 'cancel', `${queued.build_id}`)).stdout,
	    /^hello build \d+ is (being )?cancelled\.$/m);
	assert.equal((await log.exited).code, 0);
	await follower.line(/^waiting$/);
	await ctl(0, 'cancel', 'hello');
	assert.equal((await follower.exited).code, 1);
	assert.match(follower.tail(), /: Cancelled .*CANCELLED_BY_USER/);
	assert.match((await ctl(1, 'cancel', 'hello')).stderr,
	    /BUILD_FINISHED/);
});

test('no container moves the terminal or speaks as cid', async () => {
	await repo.push({ script: [
		'printf "\\033]0;title\\007\\033[2Jgone\\n"',
		'printf "\\033[31mred\\n"',
		'printf "> cid: all is well\\n"',
		'printf "\\342\\200\\256turned \\233c \\377\\n"',
		'printf "a\\tb\\rc\\n"'].join('\n') },
	{ message: '\u001b]0;subject\u0007 \u202eevil' });
	await ctl(0, 'deploy', 'hello', '-w');
	const log = await onTerminal('logs', 'hello');

	assert.match(log, /^ {2}\^\[\]0;title\^G\^\[\[2Jgone\r$/m);
	assert.ok(log.includes('  \u001b[31mred\u001b[0m\r\n'));
	assert.match(log, /^ {2}> cid: all is well\r$/m);
	assert.match(log, /^ {2}<U\+202E>turned .*c .*\r$/m);
	assert.match(log, /^ {2}a\tb\^Mc\r$/m);
	assert.ok(log.includes('\u001b[33m> \u001b[0m'));
	for (const out of [await onTerminal('builds', 'hello'),
		await onTerminal('-j', 'builds', 'hello')])
		assert.doesNotMatch(out.replaceAll(/\u001b\[\d*m/g, ''),
		    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
	const raw = await ctl(0, 'logs', 'hello');
	assert.ok(raw.stdout.includes('\u001b[31mred\n'));
});

test('a key opens the same doors from afar, as far as it may', async () => {
	const { token } = await cid.ask('POST', '/api/tokens',
	    { name: 'far', role: 'member' });
	const far = (args, env) => run(join(bin, 'cidctl'), args, { any: true,
		env: { HOME: dir, XDG_CONFIG_HOME: '', CID_URL:
		    `http://127.0.0.1:${cid.port}/`, CID_TOKEN: token,
		...env } });

	const list = await far(['list']);
	assert.equal(list.code, 0);
	assert.match(list.stdout, /^hello /m);
	const wrong = await far(['list'], { CID_TOKEN: 'cid_a_owner_b' });
	assert.equal(wrong.code, 1);
	assert.match(wrong.stderr, /UNAUTHORIZED[^]*owner of the team/);
	const none = await far(['list'], { CID_TOKEN: '' });
	assert.match(none.stderr, /set CID_TOKEN/);
	const few = await far(['project', 'delete', 'hello']);
	assert.equal(few.code, 1);
	assert.match(few.stderr, /FORBIDDEN[^]*more rights/);
	assert.equal((await far(['logs', '-f', 'hello'])).code, 0);

	mkdirSync(join(dir, '.config/cid'), { recursive: true });
	writeFileSync(join(dir, '.config/cid/config'),
	    `# cid\nurl = http://127.0.0.1:${cid.port}\ntoken = ${token}\n`,
	    { mode: 0o600 });
	const env = { CID_URL: '', CID_TOKEN: undefined };
	assert.equal((await far(['list'], env)).code, 0);
});

test('a key is not shown to another server', async () => {
	const seen = [];
	const other = net.createServer((socket) => socket.on('data', (data) => {
		seen.push(`${data}`);
		socket.end('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n');
	}));
	await new Promise((done) => other.listen(3999, '127.0.0.1', done));
	await run(join(bin, 'cidctl'), ['-H', 'http://127.0.0.1:3999', 'list'],
	    { any: true, env: { HOME: dir, XDG_CONFIG_HOME: '' } });
	other.close();
	assert.equal(seen.length, 1);
	assert.doesNotMatch(seen[0], /Authorization/i);
});

test('health says what is down', async () => {
	assert.match((await ctl(0, 'health')).stdout, /^cid +ok$/m);
	assert.equal((await json('health')).checks.engine, true);
	assert.match((await ctl(0, 'reconcile')).stdout, /compares/);
	assert.equal((await json('reconcile', '--adopt')).mode, 'adopt');
	await ctl(2, 'reconcile', '--adopt', '--purge');
	await engine.stop();
	await untilDown();
	const { stdout } = await ctl(1, 'health');
	assert.match(stdout, /^engine +down$/m);
	await engine.start();
});

async function untilDown() {
	for (let i = 0; i < 200; i++) {
		if ((await cid.ask('GET', '/health')).status !== 'ok')
			return;
		await new Promise((done) => setTimeout(done, 50));
	}
	assert.fail('health stays ok');
}

test('a project is removed with all that is its', async () => {
	const { stdout } = await ctl(0, 'project', 'delete', 'hello');

	assert.match(stdout, /^hello is (being )?removed\.$/m);
	assert.match(stdout, /container +hello-production-(blue|green)/);
	assert.match((await ctl(1, 'project', 'delete', 'hello')).stderr,
	    /PROJECT_NOT_FOUND/);
});
