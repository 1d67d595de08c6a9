/*
 * A registry on loopback, open or behind a password.  Two with one store show
 * the same images both ways.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Daemon, dir, run } from './proc.mjs';

export class Registry {
	/* login: { username, password }; none: open to all. */
	constructor({ port, login, store = 'registry' }) {
		this.port = port;
		this.login = login;
		this.host = `127.0.0.1:${port}`;
		this.name = `registry-${port}`;
		this.store = join(dir, store);
		this.conf = join(dir, `${this.name}.yml`);
	}

	async start() {
		const conf = {
			version: 0.1,
			log: { level: 'info' },
			storage: {
				filesystem: { rootdirectory: this.store },
				delete: { enabled: true },
			},
			http: { addr: this.host },
		};

		mkdirSync(this.store, { recursive: true });
		if (this.login) {
			const { username, password } = this.login;
			const path = join(dir, `${this.name}.htpasswd`);
			const { stdout } = await run('htpasswd',
			    ['-Bbn', username, password]);
			writeFileSync(path, stdout);
			conf.auth = { htpasswd: { realm: 'test', path } };
		}
		/* JSON is YAML too. */
		writeFileSync(this.conf, JSON.stringify(conf));
		this.daemon = new Daemon(this.name, 'docker-registry',
		    ['serve', this.conf]);
		await this.daemon.line(/listening on/);
		return this;
	}

	stop() {
		return this.daemon.stop();
	}
}
