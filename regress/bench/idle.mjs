/*
 * The memory of an idle cid with one edge worker: 100 projects, nothing
 * built or run, 60 s after the last was made.  A table of KiB per process;
 * the last line is total-pss-kib=N, the exit status 1 when that is too much.
 */

import { readFileSync } from 'node:fs';

import { Cid } from '../e2e/lib/cid.mjs';
import { Engine } from '../e2e/lib/engine.mjs';
import { stopAll } from '../e2e/lib/proc.mjs';

const PROJECTS = 100;
const IDLE_MS = 60000;
const TARGET_KIB = 25600;

/* What the kernel says of a process: { pss, private }. */
function memory(pid) {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	const kib = (name) => Number(
	    text.match(new RegExp(`^${name}: +(\\d+) kB`, 'm'))[1]);

	return { pss: kib('Pss'),
		private: kib('Private_Clean') + kib('Private_Dirty') };
}

function row(name, pss, own) {
	console.log(name.padEnd(12) + String(pss).padStart(10) +
	    String(own).padStart(12));
}

const engine = await new Engine().start();
const cid = await new Cid({ engine }).start();

for (let i = 1; i <= PROJECTS; i++) {
	await cid.ask('POST', '/api/projects', { name: `project-${i}`,
		repo: `https://git.example.org/team/project-${i}.git`,
		build_image: 'busybox:1', build_command: 'make',
		runtime_image: 'busybox:1', runtime_command: 'httpd -f' });
}
await new Promise((done) => setTimeout(done, IDLE_MS));

const processes = [{ pid: cid.daemon.pid, name: 'cid' }, ...cid.children()];
let total = 0;

row('process', 'PSS', 'private');
for (const { pid, name } of processes) {
	const { pss, private: own } = memory(pid);

	row(name, pss, own);
	total += pss;
}
await cid.stop();
await stopAll();
console.log(`total-pss-kib=${total}`);
process.exitCode = total <= TARGET_KIB ? 0 : 1;
