/*
 * What a build leaves in /output: listed, and handed out as files that no
 * browser runs; nothing but regular files, whatever a hostile build makes.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { Engine } from './lib/engine.mjs';
import { GitServer } from './lib/git.mjs';
import { image } from './lib/image.mjs';
import { stopAll, until } from './lib/proc.mjs';
import { Project } from './lib/project.mjs';

const LARGE = 3000000;	/* bytes; more than any pipe or buffer holds */

/* Names that are too long or no text, links, a pipe: all beside x. */
const SCRIPT = `cd /output
echo x >x
mkdir d && echo y >d/y
echo s >'a b'
head -c ${LARGE} /dev/zero >large
ln -s /etc/passwd link
ln -s / root
mkfifo pipe
printf n >"$(printf 'a\\377b')"
n=$(printf %0200d 1)
for i in 1 2 3 4 5 6 7 8; do mkdir $n && cd $n; done
echo deep >deep
`;

const engine = new Engine();
const server = new GitServer();
let cid;
let id;

const get = (path) => cid.api('GET', `/api/builds/${id}/artifacts${path}`);

before(async () => {
	await Promise.all([engine.start(), server.start()]);
	await image(engine, 'app:1');
	cid = new Cid({ engine, git: server });
	await cid.start();
	const project = await Project.make(cid, server, 'made', {
		build_image: 'app:1', build_command: 'sh script',
		runtime_command: 'trap exit TERM; httpd -f -p 8080 & wait',
		health_check_url: '/x' });
	const build = await project.ended(
	    await project.push({ script: SCRIPT }));

	assert.equal(build.status, 'Success', await project.log(build.id));
	id = build.id;
});

after(stopAll);

test('the list has the regular files that can be asked for', async () => {
	const { json } = await get('');

	assert.deepEqual(json.data.artifacts
	    .map(({ path, size }) => [path, size]).sort(),
	[['a b', 2], ['d/y', 2], ['large', LARGE], ['x', 2]]);
});

test('a file comes whole, to be stored and not run', async () => {
	const { status, text, headers } = await get('/d/y');

	assert.deepEqual([status, text], [200, 'y\n']);
	assert.match(headers['content-disposition'],
	    /^attachment; filename="y"$/);
	assert.equal(headers['content-security-policy'], 'sandbox');
	assert.equal(headers['x-content-type-options'], 'nosniff');
	assert.equal((await get('/large')).text.length, LARGE);
	assert.equal((await get('/a%20b')).text, 's\n');
});

test('what is no regular file is not there', async () => {
	for (const path of ['/no', '/d', '/link', '/root', '/root/etc/passwd',
		'/pipe', '/a%FFb', '/x/y', `/${'1'.repeat(1025)}`]) {
		const { status, json } = await get(path);

		assert.deepEqual([status, json?.error?.code],
		    [404, 'ARTIFACT_NOT_FOUND'], path);
	}
});

test('nothing that was made to read them stays', async () => {
	await until('end of the shelves', async () =>
		(await engine.containers('cid.kind=shelf')).length === 0);
});
