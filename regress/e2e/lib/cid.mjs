/*
 * cid itself, on a data directory of its own: started as systemd starts it,
 * driven by its local socket, its two ports and cidctl.
 */

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { request } from './http.mjs';
import { Daemon, dir, run, until } from './proc.mjs';

const top = fileURLToPath(new URL('../../..', import.meta.url));
export const bin = join(process.env.B ?? join(top, 'build'), 'bin');

export class Cid {
	/*
	 *	engine	an Engine, or { socket }
	 *	git	a GitServer that cid may call, if any
	 *	conf	further lines of cid.conf
	 *	args	further arguments of cid
	 */
	constructor({ name = 'cid', engine, git, conf = [], args = [],
		port = 3000, proxyPort = 8080 }) {
		this.name = name;
		this.dir = join(dir, name);
		this.args = args;
		this.port = port;
		this.proxyPort = proxyPort;
		this.socket = join(this.dir, 'run', 'ctl.sock');
		this.data = join(this.dir, 'data');
		this.conf = join(this.dir, 'cid.conf');
		this.lines = [
			`data "${this.data}"`,
			`keys "${join(this.dir, 'keys')}"`,
			`run "${join(this.dir, 'run')}"`,
			`docker socket "${engine.socket}"`,
			`listen api on 127.0.0.1 port ${port}`,
			`listen proxy on 127.0.0.1 port ${proxyPort}`,
			...(git ? [`git ca "${git.ca}"`,
				`outgoing allow "127.0.0.1" port ${git.port}`] :
				[]),
			...conf,
		];
	}

	/* Write cid.conf and make the users; start() does it. */
	async prepare() {
		mkdirSync(this.dir, { recursive: true });
		writeFileSync(this.conf, `${this.lines.join('\n')}\n`);
		await run(join(top, 'etc', 'adduser.sh'), []);
	}

	/* Start and wait until every program is up. */
	async start() {
		await this.prepare();
		this.daemon = new Daemon(this.name, join(bin, 'cid'),
		    ['-d', '-f', this.conf, ...this.args]);
		await this.daemon.line(/^cid: ready$/);
		return this;
	}

	/* SIGTERM is the orderly end; containers run on in any case. */
	stop(signal = 'SIGTERM') {
		return this.daemon.stop(signal);
	}

	/* A request on the local socket, whose user is owner. */
	api(method, path, body, options = {}) {
		return request({ socketPath: this.socket }, method, path,
		    { body, ...options });
	}

	/* The same on the port, with a key if there is one. */
	tcp(method, path, body, { key, headers, ...rest } = {}) {
		return request({ port: this.port }, method, path, { body,
			headers: { ...(key && { Authorization: `Bearer ${key}` }),
				...headers }, ...rest });
	}

	/* The data of an answer on the local socket; else an error. */
	async ask(method, path, body) {
		const { status, json, text } = await this.api(method, path,
		    body);

		if (!json?.success)
			throw new Error(`${method} ${path}: ${status} ${text}`);
		return json.data;
	}

	/* What a visitor sees. */
	visit(path, options = {}) {
		return request({ port: this.proxyPort },
		    options.method ?? 'GET', path, options);
	}

	/* Run cidctl on the local socket: { code, stdout, stderr }. */
	cidctl(...args) {
		return run(join(bin, 'cidctl'), ['-s', this.socket, ...args],
		    { any: true });
	}

	/*
	 * The running programs, [{ pid, name, instance }], name as in
	 * architecture.md: edge, admin, api, builder, deployer, git.
	 */
	children() {
		return readdirSync('/proc').filter((e) => /^\d+$/.test(e))
		    .map((pid) => child(Number(pid), this.daemon.pid))
		    .filter((c) => c !== undefined);
	}

	/* Kill one of them; answers its pid. */
	kill(name, signal = 'SIGKILL') {
		const found = this.children().find((c) => c.name === name);

		if (!found)
			throw new Error(`no ${name} runs`);
		process.kill(found.pid, signal);
		return found.pid;
	}

	/* Wait until another process than pid does the work of `name`. */
	successor(name, pid) {
		return until(`another ${name}`, () => this.children()
		    .find((c) => c.name === name && c.pid !== pid));
	}

	/* Kill a program and wait for the next one. */
	async replace(name, signal) {
		return this.successor(name, this.kill(name, signal));
	}

	/* What the builder wrote of a build: its bytes on disk. */
	log(projectId, number) {
		return readFileSync(join(this.data, 'log', `${projectId}`,
		    `${number}.log`));
	}
}

/* One process, if it is a program of cid whose parent is `parent`. */
function child(pid, parent) {
	let stat, args;

	try {
		stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		args = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
		    .split('\0').slice(0, -1);
	} catch {
		return undefined;	/* it just ended */
	}
	const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	if (Number(ppid) !== parent || state === 'Z' ||
	    !args[0]?.startsWith('cid-'))
		return undefined;
	return { pid,
		name: args[0] === 'cid-proxy' ? args[args.length - 1] :
		    args[0].slice('cid-'.length),
		instance: Number(args.find((a) => a.startsWith('-i'))
		    ?.slice('-i'.length)) };
}
