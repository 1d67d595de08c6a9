/*
 * Several edge workers, each with a listener of its own: while one is not
 * there another accepts for it, also when that one dies in its turn.
 */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Cid } from './lib/cid.mjs';
import { stopAll, until } from './lib/proc.mjs';

const DEATHS = 4;	/* of worker 0, which then stays away for 4 s */

after(stopAll);

function edge(cid, instance) {
	return cid.children().find((c) => c.name === 'edge' &&
	    c.instance === instance);
}

/* The worker's next life serves. */
async function returned(cid, instance, pid) {
	await until(`worker ${instance}`, () => {
		const now = edge(cid, instance);

		return now && now.pid !== pid;
	}, 20000);
}

test('no connection waits for a worker that is away', async () => {
	const cid = new Cid({ name: 'workers', engine: { socket: '/nowhere' },
		conf: ['firewall no', 'proxy workers 3'] });

	await cid.start();
	for (let i = 1; i <= DEATHS; i++) {
		const { pid } = edge(cid, 0);

		process.kill(pid, 'SIGKILL');
		if (i < DEATHS)
			await returned(cid, 0, pid);
	}
	for (const heir of [1, 2]) {
		const { pid } = edge(cid, heir);

		process.kill(pid, 'SIGKILL');
		await returned(cid, heir, pid);
	}
	const answers = await Promise.all(Array.from({ length: 60 },
	    () => cid.visit('/nobody/')));

	assert.equal(edge(cid, 0), undefined, 'it is away all the time');
	assert.ok(answers.every((a) => a.status === 503));
});
