/*
 * What GitHub sends: its own published examples with the test's repository
 * put in, signed with its own library.
 */

import { sign } from '@octokit/webhooks-methods';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { request } from './http.mjs';

const require = createRequire(import.meta.url);
const examples = JSON.parse(readFileSync(
    require.resolve('@octokit/webhooks-examples'), 'utf8'));

/* Put b into a, objects member by member. */
function merge(a, b) {
	for (const [key, value] of Object.entries(b)) {
		const inner = value && typeof value === 'object' &&
		    !Array.isArray(value) && a[key] &&
		    typeof a[key] === 'object';
		a[key] = inner ? merge(a[key], value) : value;
	}
	return a;
}

/* A copy of an example that passes a test, the first one by default. */
export function example(event, test = () => true) {
	const found = examples.find((e) => e.name === event)?.examples
	    .find(test);

	if (!found)
		throw new Error(`no such example of ${event}`);
	return structuredClone(found);
}

/* What a payload says of a repository. */
export function repository({ fullName, url, id = 186853002 }) {
	const [owner, name] = fullName.split('/');
	const page = url.replace(/\.git$/, '');

	return { id, name, full_name: fullName, html_url: page, url: page,
		clone_url: url, git_url: url, svn_url: page, ssh_url: url,
		default_branch: 'main', master_branch: 'main',
		owner: { name: owner, login: owner } };
}

/*
 * The push event for a change of a repository, both as git.mjs has them.
 * What `more` holds goes over it.
 */
export function push(repo, change, more = {}) {
	const payload = example('push', (e) => e.ref === 'refs/heads/master');
	const person = payload.commits[0]?.author ?? payload.pusher;
	const commits = change.commits.map((commit) => ({
		distinct: true, url: `${repo.url}/commit/${commit.id}`,
		author: person, committer: person, ...commit }));

	merge(payload, { repository: repository(repo) });
	return merge(payload, { ...change, commits,
		head_commit: commits[commits.length - 1] ?? null, ...more });
}

export function ping(repo) {
	return merge(example('ping', (e) => e.repository),
	    { repository: repository(repo) });
}

/*
 * Post an event to a hook's URL.  Answers as request() does.
 *	secret		what it is signed with; none: no signature
 *	signature	sent as it is, instead
 *	delivery	its id
 *	form		true: as a form, the way old hooks are set up
 *	headers		go over all others
 */
export async function post(url, event, payload, options = {}) {
	const { secret, form, delivery = randomUUID(), headers } = options;
	const json = typeof payload === 'string' ? payload :
	    JSON.stringify(payload);
	const body = form ? `payload=${encodeURIComponent(json)}` : json;
	const signature = options.signature ??
	    (secret === undefined ? undefined : await sign(secret, body));
	const { hostname: host, port, pathname, search } = new URL(url);

	return request({ host, port }, 'POST', pathname + search, { body,
		headers: {
			'Accept': '*/*',
			'Content-Type': form ?
			    'application/x-www-form-urlencoded' :
			    'application/json',
			'User-Agent': 'GitHub-Hookshot/044aadd',
			'X-GitHub-Delivery': delivery,
			'X-GitHub-Event': event,
			'X-GitHub-Hook-ID': '292430182',
			'X-GitHub-Hook-Installation-Target-ID': '186853002',
			'X-GitHub-Hook-Installation-Target-Type': 'repository',
			...(signature && { 'X-Hub-Signature-256': signature }),
			...headers,
		} });
}
