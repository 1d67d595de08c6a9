/*
 * What each process may never do, tried by the process itself in its real
 * sandbox; regress/unit/try_test.c shows that each act is possible outside
 * one.  The parent's part is regress/lint/parent.sh.
 */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Cid, bin } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { run, stopAll } from './lib/proc.mjs';

const rows = readFileSync(fileURLToPath(new URL('../../common/msg.def',
    import.meta.url)), 'utf8');

const KILLED = 'signal 31';		/* by seccomp */
const DENIED = 'Permission denied';	/* by Landlock, seccomp or owner */
const ABSENT = 'No such file or directory';	/* outside its root */
const NO_FAMILY = 'Address family not supported by protocol';
const REJECTED = 'Connection refused';	/* by the firewall: it is answered */
const POSSIBLE = 'POSSIBLE';

/* process, what it may never do, the acts and what becomes of each */
const never = [
	['edge', 'open files', { 'open-read': DENIED, 'open-write': DENIED,
		keys: DENIED, database: DENIED, 'other-mirror': DENIED }],
	['edge', 'run a program', { exec: KILLED }],
	['edge', 'fork', { fork: KILLED }],
	['edge', "reach the API's socket", { 'connect-api': NO_FAMILY,
		'socket-unix': NO_FAMILY }],
	['edge', 'reach the Docker socket', { 'connect-docker': NO_FAMILY }],
	['edge', 'connect outside the pool', { 'connect-tcp': REJECTED }],
	['edge', 'listen', { listen: KILLED }],

	['admin', 'open files', { 'open-read': DENIED, 'open-write': DENIED,
		keys: DENIED, database: DENIED, 'other-mirror': DENIED }],
	['admin', 'run a program', { exec: KILLED }],
	['admin', 'fork', { fork: KILLED }],
	['admin', 'use TCP of its own', { 'socket-inet': NO_FAMILY,
		'connect-tcp': NO_FAMILY }],
	['admin', 'reach a socket outside its root', { 'connect-api': ABSENT,
		'connect-docker': ABSENT }],
	['admin', 'listen', { listen: KILLED }],

	['api', 'use TCP', { 'socket-inet': NO_FAMILY,
		'connect-tcp': NO_FAMILY }],
	['api', 'run a program', { exec: KILLED }],
	['api', 'fork', { fork: KILLED }],
	['api', 'see the Docker socket', { 'connect-docker': NO_FAMILY }],
	['api', 'open a value sealed to another', { keys: DENIED }],
	['api', 'open files that are not its own', { 'open-read': DENIED,
		'open-write': DENIED, 'other-mirror': DENIED }],

	['builder', 'listen', { listen: KILLED }],
	['builder', 'use TCP', { 'socket-inet': NO_FAMILY,
		'connect-tcp': NO_FAMILY }],
	['builder', 'run a program', { exec: KILLED }],
	['builder', 'fork', { fork: KILLED }],
	['builder', 'open files that are not its own', { 'open-read': DENIED,
		'open-write': DENIED, keys: DENIED, database: DENIED,
		'other-mirror': DENIED }],
	['builder', "reach the API's socket", { 'connect-api': DENIED }],

	['git', "read another project's mirror", { 'other-mirror': ABSENT }],
	['git', 'reach the Docker socket', { 'connect-docker': NO_FAMILY }],
	['git', 'read any key', { keys: ABSENT }],
	['git', 'run a program', { exec: KILLED }],
	['git', 'fork', { fork: KILLED }],
	['git', 'listen', { listen: KILLED }],
	['git', 'open files outside its root', { 'open-read': ABSENT,
		'open-write': ABSENT, database: ABSENT }],
	['git', "reach the API's socket", { 'connect-api': NO_FAMILY }],

	['deployer', 'listen', { listen: KILLED }],
	['deployer', 'run a program', { exec: KILLED }],
	['deployer', 'fork', { fork: KILLED }],
	['deployer', 'reach the Docker socket', {
		'connect-docker': NO_FAMILY }],
	['deployer', 'open the database', { database: DENIED }],
	['deployer', 'open files', { 'open-read': DENIED,
		'open-write': DENIED, keys: DENIED, 'other-mirror': DENIED }],
	['deployer', "reach the API's socket", { 'connect-api': NO_FAMILY }],
];

/* What none of them may ever do. */
for (const name of ['edge', 'admin', 'api', 'builder', 'git', 'deployer']) {
	never.push([name, 'become root, trace, signal its parent', {
		setuid: KILLED, ptrace: KILLED,
		kill: process.env.ASAN ? 'Operation not permitted' : KILLED }]);
	never.push([name, 'use other kinds of sockets', {
		'socket-other': NO_FAMILY }]);
	/* The sanitizers map code themselves. */
	if (!process.env.ASAN) {
		never.push([name, 'make memory executable', {
			'mmap-exec': KILLED }]);
	}
}

/* What a process lives by: the same acts, where they must be possible. */
const possible = {
	'api database': POSSIBLE,
	'builder connect-docker': POSSIBLE,
	'deployer connect-tcp': POSSIBLE,
	'admin socket-unix': POSSIBLE,
	'edge socket-inet': POSSIBLE,
};

const engine = new Engine();
const cid = new Cid({ engine });
const outcome = new Map();
let status;

/* Let cid try acts, ["edge exec", ...]; answers its exit status. */
async function tryAll(acts) {
	const { code, stdout, stderr } = await run(join(bin, 'cid'), ['-f',
		cid.conf, '-T', acts.map((a) => a.replace(' ', ':')).join()],
	{ any: true, timeout: 120000 });

	for (const line of stdout.split('\n')) {
		const [, act, what] = line.match(/^(\w+ [a-z-]+): (.*)$/) ?? [];
		if (act)
			outcome.set(act, what);
	}
	for (const act of acts)
		assert.ok(outcome.has(act), `${act}: not tried\n${stderr}`);
	return code;
}

before(async () => {
	await engine.start();
	await cid.prepare();
	/* There to be opened: only the sandbox stands before it. */
	mkdirSync(join(cid.data, 'mirror', '1.git'), { recursive: true });
	status = await tryAll(never.flatMap(([name, , acts]) =>
		Object.keys(acts).map((act) => `${name} ${act}`)));
});

after(stopAll);

for (const [name, what, acts] of never) {
	test(`${name} may never ${what}`, () => {
		for (const [act, want] of Object.entries(acts))
			assert.equal(outcome.get(`${name} ${act}`), want, act);
	});
}

test('cid says that nothing forbidden was possible', () => {
	assert.equal(status, 0);
});

test('what a process lives by is possible, and noticed', async () => {
	assert.equal(await tryAll(Object.keys(possible)), 1);
	for (const [act, want] of Object.entries(possible))
		assert.equal(outcome.get(act), want, act);
});

test('admin may never own a project route', () => {
	assert.match(rows, /^MSG\(ROUTE_\w+, DEPLOYER, EDGE,/m);
	assert.doesNotMatch(rows, /^MSG\(ROUTE_\w+, \w+, (ADMIN|CHILD),/m);
});

test('keys are handed to their owners alone', () => {
	const given = [...rows.matchAll(/^MSG\(SECRET_(\w+), (\w+), (\w+),/mg)];

	assert.deepEqual(given.map(([, ...row]) => row),
	    [['BUILDER', 'PARENT', 'BUILDER'],
		['DEPLOYER', 'PARENT', 'DEPLOYER']]);
});

/* Fields of /proc/PID/status. */
function state(pid) {
	return Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8')
	    .trim().split('\n').map((line) => line.split(/:\s*/)));
}

async function number(database, name) {
	const { stdout } = await run('getent', [database, name]);

	return Number(stdout.split(':')[2]);
}

test('each is a user of its own, without groups, rights or dumps', async () => {
	const users = { edge: '_cidedge', admin: '_cidadmin', api: '_cidapi',
		builder: '_cidbuild', deployer: '_ciddeploy' };
	const docker = await number('group', 'docker');

	await cid.start();
	for (const { pid, name } of cid.children()) {
		const s = state(pid);
		const uid = await number('passwd', users[name]);

		assert.deepEqual(s.Uid.split('\t').map(Number),
		    [uid, uid, uid, uid], name);
		assert.equal(s.Groups.trim(), name === 'builder' ?
			`${docker}` : '', name);
		assert.deepEqual([s.CapEff, s.CapPrm, s.CapInh].map(BigInt),
		    [0n, 0n, 0n], name);
		assert.deepEqual([s.NoNewPrivs, s.Seccomp], ['1', '2'], name);
		assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'),
		    /^Max core file size +0 +0 /m);
		delete users[name];
	}
	assert.deepEqual(users, {});
	await cid.stop();
});
