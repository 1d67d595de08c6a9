/*
 * A private Docker engine, one per test file, that a test may stop, kill and
 * start again.
 */

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { request } from './http.mjs';
import { Daemon, dir } from './proc.mjs';

const script = fileURLToPath(new URL('../../lib/engine.sh', import.meta.url));

export class Engine {
	constructor({ name = 'engine', args = [] } = {}) {
		this.name = name;
		this.args = args;
		this.dir = join(dir, name);
		this.socket = join(this.dir, 'docker.sock');
	}

	/* Start what is not running; answer when it answers. */
	async start(args = this.args) {
		this.args = args;
		if (!this.containerd?.isRunning) {
			this.containerd = new Daemon(`${this.name}-containerd`,
			    script, ['containerd', this.dir]);
			await this.containerd.line(/successfully booted/);
		}
		this.dockerd = new Daemon(`${this.name}-dockerd`, script,
		    ['dockerd', this.dir, ...args]);
		await this.dockerd.line(/API listen on/);
		return this;
	}

	/* Stop dockerd alone.  SIGTERM stops its containers, SIGKILL none. */
	async stop(signal = 'SIGTERM') {
		await this.dockerd.stop(signal);
	}

	/* Send a request to the engine as http.mjs does. */
	request(method, path, options) {
		return request({ socketPath: this.socket }, method, path,
		    options);
	}

	/* The same, answering its JSON; a status of 400 or more is an error. */
	async call(method, path, options) {
		const answer = await this.request(method, path, options);

		if (answer.status >= 400)
			throw new Error(`${method} ${path}: ` +
			    `${answer.status} ${answer.text}`);
		return answer.json;
	}

	/* Make an image of a root file system; answers its id. */
	async import(reference, tar, changes = []) {
		const [repo, tag = 'latest'] = split(reference);
		const query = new URLSearchParams({ fromSrc: '-', repo, tag });

		for (const change of changes)
			query.append('changes', change);
		const { text } = await this.request('POST',
		    `/images/create?${query}`,
		    { body: createReadStream(tar) });
		const last = JSON.parse(text.trim().split('\n').pop());
		if (!last.status?.startsWith('sha256:'))
			throw new Error(`import ${reference}: ${text}`);
		return last.status;
	}

	/* Give an image a name, push it; login: { username, password }. */
	async push(from, reference, login = {}) {
		const [repo, tag] = split(reference);

		await this.call('POST', `/images/${from}/tag?` +
		    new URLSearchParams({ repo, tag }));
		const { text } = await this.request('POST',
		    `/images/${repo}/push?tag=${tag}`,
		    { headers: registryAuth(login) });
		if (/"error"/.test(text))
			throw new Error(`push ${reference}: ${text}`);
	}

	remove(reference) {
		return this.call('DELETE', `/images/${reference}?force=1`);
	}

	/* Containers, running or not, with all the given labels. */
	containers(...labels) {
		const filters = JSON.stringify({ label: labels });

		return this.call('GET', '/containers/json?all=1&filters=' +
		    encodeURIComponent(filters));
	}
}

/* A login as the engine wants it: base64url, but padded. */
export function registryAuth(login) {
	const text = Buffer.from(JSON.stringify(login)).toString('base64');

	return { 'X-Registry-Auth': text.replaceAll('+', '-')
	    .replaceAll('/', '_') };
}

/* "host:port/name:tag" as name and tag. */
function split(reference) {
	const at = reference.lastIndexOf(':');

	return at > reference.lastIndexOf('/') ?
	    [reference.slice(0, at), reference.slice(at + 1)] :
	    [reference, 'latest'];
}
