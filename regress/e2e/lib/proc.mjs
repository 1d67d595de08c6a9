/*
 * Child processes: daemons whose output is kept and waited for, and commands
 * that are run to their end.  Outside regress/lib/netns.sh nothing starts:
 * there it all ends with the test, whatever happens to the test.
 */

import { execFile, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const dir = process.env.CID_TEST_DIR;
if (!dir)
	throw new Error('run this by regress/run.sh e2e, not by itself');

/* Wait for a promise, at most ms; a late one is an error that says what. */
export async function within(ms, promise, what) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(
		    `${typeof what === 'function' ? what() : what}: ` +
		    `not within ${ms} ms`)), ms);
	});

	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}

/*
 * Ask again and again until the answer is not undefined or false.  Only for
 * what tells nobody when it happens.
 */
export async function until(what, ask, ms = 10000) {
	const end = Date.now() + ms;

	for (let pause = 2;; pause = Math.min(pause * 2, 100)) {
		const answer = await ask();
		if (answer !== undefined && answer !== false)
			return answer;
		if (Date.now() > end)
			throw new Error(`${what}: not within ${ms} ms`);
		await new Promise((done) => setTimeout(done, pause));
	}
}

const daemons = new Set();

/* A process that runs until it is told to end.  Both outputs are its log. */
export class Daemon {
	constructor(name, command, args, options = {}) {
		mkdirSync(join(dir, 'log'), { recursive: true });
		this.name = name;
		this.lines = [];
		this.waiting = new Set();
		this.log = createWriteStream(join(dir, 'log', `${name}.log`),
		    { flags: 'a' });
		this.child = spawn(command, args, { cwd: dir, ...options,
			env: { ...process.env, ...options.env },
			stdio: ['ignore', 'pipe', 'pipe'] });
		this.pid = this.child.pid;
		this.exited = new Promise((done) => {
			this.child.on('error', (error) => {
				this.take(String(error));
				done({ code: 127, signal: null });
			});
			this.child.on('exit',
			    (code, signal) => done({ code, signal }));
		});
		for (const stream of [this.child.stdout, this.child.stderr]) {
			createInterface({ input: stream })
			    .on('line', (line) => this.take(line));
		}
		daemons.add(this);
	}

	take(line) {
		this.lines.push(line);
		this.log.write(`${line}\n`);
		for (const look of [...this.waiting])
			look();
	}

	/* The last lines, for the message of an error. */
	tail(n = 20) {
		return this.lines.slice(-n).join('\n');
	}

	/*
	 * Wait for a line that matches, from line number `from` on.  The end
	 * of the process is an error.
	 */
	async line(pattern, { from = 0, ms = 60000 } = {}) {
		let next = from;
		let look;
		const found = new Promise((done) => {
			look = () => {
				while (next < this.lines.length) {
					const line = this.lines[next++];
					if (pattern.test(line))
						return done(line);
				}
			};
			this.waiting.add(look);
			look();
		});
		const gone = this.exited.then(({ code, signal }) => {
			throw new Error(`${this.name} ended with ` +
			    `${signal ?? code}:\n${this.tail()}`);
		});

		gone.catch(() => {});
		try {
			return await within(ms, Promise.race([found, gone]),
			    () => `${this.name}: ${pattern}\n${this.tail()}`);
		} finally {
			this.waiting.delete(look);
		}
	}

	get isRunning() {
		return this.child.exitCode === null &&
		    this.child.signalCode === null;
	}

	/* Send a signal and wait for the end of the process. */
	async stop(signal = 'SIGTERM', ms = 30000) {
		if (this.isRunning)
			this.child.kill(signal);
		return within(ms, this.exited, `${this.name}: end`);
	}
}

/*
 * Kill whatever still runs, so that the test process can end: also what holds
 * the outputs of a daemon that has ended.
 */
export async function stopAll() {
	await Promise.all([...daemons].map((d) => d.stop('SIGKILL')));
	for (const { child, log } of daemons) {
		child.stdout.destroy();
		child.stderr.destroy();
		log.end();
	}
}

/*
 * Run a command to its end.  Answers { code, stdout, stderr }; a code other
 * than 0 is an error unless `any` is set.
 */
export function run(command, args, options = {}) {
	const { input, any, env, ...rest } = options;

	return new Promise((done, fail) => {
		const child = execFile(command, args, { cwd: dir,
			maxBuffer: 256 << 20, ...rest,
			env: { ...process.env, ...env } },
		(error, stdout, stderr) => {
			const code = error === null ? 0 : error.code ??
			    error.signal;
			if (code !== 0 && !any) {
				fail(new Error(`${command} ${args.join(' ')}: ` +
				    `${code}\n${stdout}${stderr}`));
				return;
			}
			done({ code, stdout, stderr });
		});
		child.stdin.on('error', () => {});
		child.stdin.end(input);
	});
}
