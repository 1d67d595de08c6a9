/*
 * One cid-proxy alone: the test is its parent, its deployer, its visitors
 * and what it connects to.  No HTTP library on either side where the test is
 * about bytes.
 */

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { dir, within } from './proc.mjs';

const bin = join(process.env.B, 'bin');
const options = { body: '-b', clients: '-c', domain: '-d', drain: '-g',
	head: '-h', idle: '-i', connect: '-o', upstream: '-u' };

/* A cid-proxy in a role; times are in milliseconds. */
export class Proxy {
	constructor(role = 'edge', conf = {}) {
		this.role = role;
		this.events = [];
		this.seen = 0;
		this.generation = 0;
		this.root = join(dir, `root-${role}`);
		mkdirSync(this.root, { recursive: true });
		const args = Object.entries(conf).flatMap(
		    ([name, value]) => [options[name], String(value)]);
		this.child = spawn(join(bin, 'proxydrive'), [...args,
			join(bin, 'cid-proxy'), role, this.root],
		{ stdio: ['pipe', 'pipe', 'inherit'] });
		this.exited = new Promise((done) => this.child.on('exit', done));
		createInterface({ input: this.child.stdout }).on('line',
		    (line) => {
			this.events.push(JSON.parse(line));
			this.look?.();
		});
	}

	say(line) {
		this.child.stdin.write(`${line}\n`);
	}

	/* The next event of a type; others before it are passed over. */
	async hear(type, ms = 20000) {
		const found = new Promise((done) => {
			this.look = () => {
				while (this.seen < this.events.length) {
					const e = this.events[this.seen++];
					if (e.type === type) {
						this.look = undefined;
						return done(e);
					}
				}
			};
			this.look();
		});

		try {
			return await within(ms, found, `cid-proxy: ${type}`);
		} finally {
			this.look = undefined;
		}
	}

	/* Start, with a table of the parent's when there is one. */
	async start(routes) {
		this.port = (await this.hear('listener')).port;
		this.pid = (await this.hear('pid')).pid;
		if (routes)
			this.file('table', routes);
		this.say('start');
		await this.hear('READY');
		if (this.role === 'edge')
			this.say('deployer');
		return this;
	}

	line({ env = 1, release = 1, slot = 0, host, prefix,
		addr = '127.1.0.2', port = 0, drain = 10000, body = 0 }) {
		return [++this.generation, env, release, slot, host || '-',
			prefix || '-', addr, port, drain, body].join(' ');
	}

	file(command, routes) {
		const lines = routes.map((r) => this.line(r));

		this.say([`${command} ${this.generation} ${lines.length}`,
			...lines].join('\n'));
	}

	async set(route) {
		this.say(`set ${this.line(route)}`);
		return this.hear('ack');
	}

	async del(route) {
		this.say(`del ${this.line(route)}`);
		return this.hear('ack');
	}

	/* That a release has drained, which others may before it. */
	async drained(release) {
		for (;;) {
			const e = await this.hear('drained');
			if (e.release === release)
				return e;
		}
	}

	/* A raw connection from a visitor. */
	connect(port = this.port) {
		return new Visitor(port);
	}

	async stop() {
		this.child.stdin.end();
		await this.exited;
	}
}

/* A connection that keeps all it got; text is latin1, as bytes are. */
export class Visitor {
	constructor(port, host = '127.0.0.1') {
		this.text = '';
		this.socket = net.connect({ port, host, noDelay: true,
			allowHalfOpen: true });
		this.follow();
	}

	follow() {
		this.socket.on('data', (data) => {
			this.text += data.toString('latin1');
			this.look?.();
		});
		this.ended = new Promise((done) => {
			for (const event of ['end', 'error', 'close'])
				this.socket.on(event, () => {
					this.isEnded = true;
					this.look?.();
					done(event);
				});
		});
	}

	send(text) {
		this.socket.write(Buffer.from(text, 'latin1'));
		return this;
	}

	/* One byte a segment. */
	async trickle(text) {
		for (const byte of Buffer.from(text, 'latin1')) {
			if (this.isEnded || this.socket.destroyed)
				return;
			await new Promise((done) => this.socket.write(
			    Buffer.of(byte), done));
		}
	}

	/* Take all up to the first match away; answer the match. */
	async take(pattern, ms = 10000) {
		const found = new Promise((done, fail) => {
			this.look = () => {
				const m = pattern.exec(this.text);
				if (m) {
					this.look = undefined;
					this.text = this.text.slice(
					    m.index + m[0].length);
					done(m);
				} else if (this.isEnded) {
					fail(new Error(`ended at ${
						JSON.stringify(this.text)}, not ${
						pattern}`));
				}
			};
			this.look();
		});

		try {
			return await within(ms, found, () => `${pattern} in ${
				JSON.stringify(this.text.slice(0, 400))}`);
		} finally {
			this.look = undefined;
		}
	}

	/* The status of the next answer, its head and body taken away. */
	async answer() {
		const [head, status] = await this.take(
		    /^HTTP\/1\.1 (\d+)[^]*?\r\n\r\n/);
		const length = /\r\nContent-Length: (\d+)/i.exec(head)?.[1];
		const answer = { status: Number(status), head, body: '' };

		if (length > 0) {
			[answer.body] = await this.take(
			    new RegExp(`^[^]{${length}}`));
		}
		return answer;
	}

	/* All until the other side ends. */
	async rest(ms = 10000) {
		await within(ms, this.ended, () => `end after ${
			JSON.stringify(this.text.slice(0, 400))}`);
		return this.text;
	}

	close() {
		this.socket.destroy();
	}
}

/* What a project is: accepts, and the test talks to what it accepted. */
export class Upstream {
	constructor(handler) {
		this.handler = handler;
		this.connections = [];
		this.waiting = [];
		this.server = net.createServer({ noDelay: true,
			allowHalfOpen: true }, (socket) => {
			const c = Object.create(Visitor.prototype);
			c.text = '';
			c.socket = socket;
			c.follow();
			this.connections.push(c);
			if (this.handler)
				this.handler(c);
			else if (this.waiting.length)
				this.waiting.shift()(c);
		});
	}

	/* Listen at an address of the pool, or at a path. */
	async listen({ host = '127.1.0.2', path } = {}) {
		const where = path ? { path } : { host, port: 0 };

		await new Promise((done) => this.server.listen(where, done));
		this.port = this.server.address().port;
		return this;
	}

	/* The next connection. */
	next(ms = 10000) {
		return within(ms, new Promise((done) => this.waiting.push(done)),
		    'a connection from cid-proxy');
	}

	close() {
		this.server.close();
		for (const c of this.connections)
			c.close();
	}
}

/* Answer each request on a connection with f(head), a text. */
export function serve(f) {
	return async (c) => {
		try {
			for (;;) {
				const [head] = await c.take(
				    /^[^]*?\r\n\r\n/, 3600000);
				c.send(await f(head, c));
			}
		} catch {
			c.socket.end();
		}
	};
}

export function ok(body) {
	return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${
		body}`;
}
