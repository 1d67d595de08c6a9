/*
 * What cid adds to the time of a push.  Rounds of a push to a trivial app, of
 * which the time from the webhook's answer to the first answer of the new
 * version counts, take turns with rounds of raw.c, which has the engine do
 * the same work.  Prints each round and the medians; the last line is
 * overhead-ms=N, the exit status 1 when that is too much.
 */

import { join } from 'node:path';

import { Cid, bin } from '../e2e/lib/cid.mjs';
import { Engine } from '../e2e/lib/engine.mjs';
import { GitServer } from '../e2e/lib/git.mjs';
import * as github from '../e2e/lib/github.mjs';
import { image } from '../e2e/lib/image.mjs';
import { run, stopAll, until } from '../e2e/lib/proc.mjs';

const ROUNDS = 20;
const TARGET_MS = 300;
const PAUSE_MS = 5;		/* between two looks at the app */
const LIMIT_MS = 60000;		/* of one push */
const RAW_PORT = 19000;
const IMAGE = 'bench:1';

/* The same commands for both; httpd alone would not end by SIGTERM. */
const BUILD = 'cp /app/index.html /output/';
const RELEASE = 'trap exit TERM; httpd -f -p 8080 -h /app & wait';

const engine = new Engine();
const server = new GitServer();
const stages = new Map();
let cid;

function median(list) {
	const sorted = [...list].sort((a, b) => a - b);
	const half = sorted.length / 2;

	return (sorted[Math.floor(half - 0.5)] + sorted[Math.ceil(half - 0.5)]) /
	    2;
}

async function raw() {
	const { stdout } = await run(join(bin, 'raw'), ['-p', RAW_PORT,
		engine.socket, IMAGE, BUILD, RELEASE]);

	return Number(stdout);
}

/* Look at the app until it is that version. */
async function answers(version) {
	const end = performance.now() + LIMIT_MS;

	for (;;) {
		const { text } = await cid.visit('/bench/');
		if (text.trim() === version)
			return;
		if (performance.now() > end)
			throw new Error(`${version} does not answer: ${text}`);
		await new Promise((done) => setTimeout(done, PAUSE_MS));
	}
}

/* Wait for the end of a build, so that it is not in the way of the next. */
async function ended(id) {
	const build = await until(`build ${id}`, async () => {
		const b = await cid.ask('GET', `/api/builds/${id}`);

		return b.finished_at !== null && b;
	}, LIMIT_MS);

	if (build.status !== 'Success')
		throw new Error(`build ${id}: ${build.status} ${build.message}`);
	for (const { name, duration_ms: ms } of build.stages)
		stages.set(name, [...stages.get(name) ?? [], ms]);
}

/* Push a version; answers the milliseconds until it is there. */
async function push(repo, project, version) {
	const change = await repo.push({ 'index.html': `${version}\n` });
	const { status, json, text } = await github.post(project.webhook_url,
	    'push', github.push(repo, change),
	    { secret: project.webhook_secret });
	const begin = performance.now();

	if (status !== 202)
		throw new Error(`webhook: ${status} ${text}`);
	await answers(version);
	const ms = performance.now() - begin;
	await ended(json.data.builds[0].build_id);
	return ms;
}

await Promise.all([engine.start(), server.start()]);
await image(engine, IMAGE, { files: { '/app/index.html': 'raw\n' } });
cid = await new Cid({ engine, git: server }).start();
const repo = await server.create('acme/bench');
const project = await cid.ask('POST', '/api/projects', { name: 'bench',
	repo: repo.url, build_image: IMAGE, build_command: BUILD,
	runtime_image: IMAGE, runtime_command: RELEASE, runtime_port: 8080,
	health_check_url: '/' });
const pushes = [];
const raws = [];

/* The first of each is not counted: mirror, network and caches are new. */
for (let i = 0; i <= ROUNDS; i++) {
	const r = await raw();
	const p = await push(repo, project, `version ${i}`);

	console.log(`${i === 0 ? 'first' : `round ${i}`}: ` +
	    `raw ${r.toFixed(0)} ms, push ${p.toFixed(0)} ms`);
	if (i === 0) {
		stages.clear();
		continue;
	}
	raws.push(r);
	pushes.push(p);
}
await cid.stop();
await stopAll();
console.log([...stages].map(([name, list]) =>
	`${name} ${median(list).toFixed(0)} ms`).join(', '));

const rawMs = Math.round(median(raws));
const pushMs = Math.round(median(pushes));

console.log(`raw-ms=${rawMs}`);
console.log(`push-ms=${pushMs}`);
console.log(`overhead-ms=${pushMs - rawMs}`);
process.exitCode = pushMs - rawMs <= TARGET_MS ? 0 : 1;
