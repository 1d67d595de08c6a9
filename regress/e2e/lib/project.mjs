/*
 * A project of cid with a repository of its own: pushed to with git, told to
 * cid as the forge does, its builds waited for.
 */

import assert from 'node:assert/strict';

import * as github from './github.mjs';
import { within } from './proc.mjs';

const LIMIT_MS = 60000;

export class Project {
	constructor(cid, repo, row) {
		Object.assign(this, { cid, repo, row, name: row.name });
	}

	/* settings are the API's; repo is made unless one is given. */
	static async make(cid, server, name, settings = {},
		repo = undefined) {
		const r = repo ?? await server.create(`acme/${name}`);
		const row = await cid.ask('POST', '/api/projects',
		    { name, repo: r.url, ...settings });

		return new Project(cid, r, row);
	}

	set(settings) {
		return this.cid.ask('PUT', `/api/projects/${this.name}`,
		    settings);
	}

	/* Send a payload to the webhook; options as github.post() has them. */
	post(payload, { event = 'push', ...options } = {}) {
		return github.post(this.row.webhook_url, event, payload,
		    { secret: this.row.webhook_secret, ...options });
	}

	/* Tell cid of a change that git.mjs made. */
	tell(change, more) {
		return this.post(github.push(this.repo, change, more));
	}

	/* Push, tell and answer the id of the build that follows. */
	async push(files, options) {
		return this.built(await this.tell(
		    await this.repo.push(files, options)));
	}

	/* The id of this project's build in an answer of the webhook. */
	built({ status, json, text }) {
		assert.equal(status, 202, text);
		const own = json.data.builds
		    .filter(({ project }) => project === this.name);

		assert.equal(own.length, 1, text);
		return own[0].build_id;
	}

	/* Queue a build by hand; answers its id. */
	async trigger(order = {}) {
		const { build_id: id } = await this.cid.ask('POST',
		    `/api/projects/${this.name}/builds`, order);

		return id;
	}

	build(id) {
		return this.cid.ask('GET', `/api/builds/${id}`);
	}

	async builds() {
		const { builds } = await this.cid.ask('GET',
		    `/api/projects/${this.name}/builds?limit=1000`);

		return builds;
	}

	/* A build when it has ended: its log is followed until then. */
	async ended(id, ms = LIMIT_MS) {
		await within(ms, this.cid.api('GET',
		    `/api/builds/${id}/logs?follow=1`), `end of build ${id}`);
		const b = await this.build(id);

		assert.ok(b.finished_at !== null, JSON.stringify(b));
		return b;
	}

	async log(id) {
		const { text } = await this.cid.api('GET',
		    `/api/builds/${id}/logs`);

		return text;
	}
}
