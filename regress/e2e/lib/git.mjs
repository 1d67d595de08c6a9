/*
 * A git server over https, as a forge is one: nginx, git-http-backend, a
 * certificate of its own authority, and a token for the repositories whose
 * name begins with "private".  The repositories are changed by real git.
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { dirname, join } from 'node:path';

import { Daemon, dir, run, until } from './proc.mjs';

const NONE = '0'.repeat(40);

export const user = 'x-access-token';

/* git(1) that reads nobody's settings and asks nothing. */
export function git(cwd, args, options = {}) {
	return run('git', args, { cwd, ...options, env: {
		GIT_CONFIG_GLOBAL: '/dev/null',
		GIT_CONFIG_NOSYSTEM: '1',
		GIT_TERMINAL_PROMPT: '0',
		GIT_AUTHOR_NAME: 'regress',
		GIT_AUTHOR_EMAIL: 'regress@localhost',
		GIT_COMMITTER_NAME: 'regress',
		GIT_COMMITTER_EMAIL: 'regress@localhost',
		...options.env,
	} });
}

/* Make an authority and a certificate of it; answers their paths. */
export async function certificate(name, hosts) {
	const path = (what) => join(dir, `${name}-${what}.pem`);
	const common = ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

	await run('openssl', [...common, '-keyout', path('ca-key'),
		'-out', path('ca'), '-subj', `/CN=${name} authority`,
		'-addext', 'keyUsage=critical,keyCertSign']);
	await run('openssl', [...common, '-keyout', path('key'),
		'-out', path('cert'), '-subj', `/CN=${name}`,
		'-CA', path('ca'), '-CAkey', path('ca-key'),
		'-addext', 'basicConstraints=critical,CA:FALSE',
		'-addext', `subjectAltName=${hosts.join(',')}`]);
	return { ca: path('ca'), cert: path('cert'), key: path('key') };
}

export class GitServer {
	constructor({ name = 'git', port = 18443, token = 'a-token' } = {}) {
		this.name = name;
		this.port = port;
		this.token = token;
		this.dir = join(dir, name);
		this.repos = join(this.dir, 'repos');
		this.url = `https://127.0.0.1:${port}`;
	}

	async start() {
		if (!this.tls) {
			mkdirSync(this.repos, { recursive: true });
			mkdirSync(join(this.dir, 'nginx'));
			this.tls = await certificate(this.name, ['IP:127.0.0.1',
				'DNS:localhost', 'DNS:git.test']);
			this.ca = this.tls.ca;
			writeFileSync(join(this.dir, 'nginx.conf'),
			    this.conf());
			writeFileSync(join(this.dir, 'htpasswd'),
			    `${user}:{PLAIN}${this.token}\n`);
		}
		const socket = join(this.dir, 'fcgi.sock');
		rmSync(socket, { force: true });
		this.fcgi = new Daemon(`${this.name}-fcgiwrap`, 'fcgiwrap',
		    ['-c', '4', '-s', `unix:${socket}`]);
		this.nginx = new Daemon(`${this.name}-nginx`, 'nginx', ['-e',
			'stderr', '-p', this.dir, '-c',
			join(this.dir, 'nginx.conf')]);
		await this.nginx.line(/start worker process /);
		await until('fcgiwrap', () => connects(socket));
		return this;
	}

	async stop() {
		await this.nginx.stop();
		await this.fcgi.stop();
	}

	conf() {
		const temp = ['client_body', 'fastcgi', 'proxy', 'scgi',
			'uwsgi'].map((what) => `${what}_temp_path nginx;`);
		const backend = `
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME
			    /usr/lib/git-core/git-http-backend;
			fastcgi_param GIT_PROJECT_ROOT ${this.repos};
			fastcgi_param GIT_HTTP_EXPORT_ALL 1;
			fastcgi_param PATH_INFO $uri;
			fastcgi_param REMOTE_USER $remote_user;
			fastcgi_buffering off;
			gzip off;
			fastcgi_pass unix:${this.dir}/fcgi.sock;`;

		return `daemon off;
user root;
worker_processes 1;
pid nginx.pid;
error_log stderr notice;
events {}
http {
	access_log access.log;
	${temp.join('\n\t')}
	server {
		listen 127.0.0.1:${this.port} ssl;
		ssl_certificate ${this.tls.cert};
		ssl_certificate_key ${this.tls.key};
		client_max_body_size 0;
		location / { ${backend} }
		location ~ ^/[^/]+/private {
			auth_basic git;
			auth_basic_user_file htpasswd;
			${backend}
		}
	}
}
`;
	}

	/* A new repository with nothing in it. */
	async create(fullName) {
		const repo = new Repo(this, fullName);

		await repo.init();
		return repo;
	}
}

function connects(path) {
	return new Promise((done) => {
		const socket = net.connect(path);

		socket.on('connect', () => {
			socket.destroy();
			done(true);
		});
		socket.on('error', () => done(false));
	});
}

/*
 * A repository on the server and a work tree to change it from.  What changes
 * a branch answers what the forge would say of it: { ref, before, after,
 * created, deleted, forced, commits }, for github.push().
 */
export class Repo {
	constructor(server, fullName) {
		this.fullName = fullName;
		this.url = `${server.url}/${fullName}.git`;
		this.path = join(server.repos, `${fullName}.git`);
		this.work = join(server.dir, 'work', fullName);
	}

	async init() {
		await mkdir(this.path, { recursive: true });
		await mkdir(this.work, { recursive: true });
		await git(this.path, ['init', '-q', '--bare', '-b', 'main']);
		for (const set of ['http.receivepack', 'gc.auto 0',
			'uploadpack.allowAnySHA1InWant true'])
			await git(this.path, ['config', ...set.split(' '),
				...(set.includes(' ') ? [] : ['true'])]);
		await git(this.work, ['init', '-q', '-b', 'main']);
		await git(this.work, ['remote', 'add', 'origin', this.path]);
	}

	/* The commit a branch is at, all zeros when there is none. */
	async head(branch = 'main') {
		const { stdout } = await git(this.path, ['rev-parse', '-q',
			'--verify', `refs/heads/${branch}`], { any: true });

		return stdout.trim() || NONE;
	}

	/*
	 * Commit files ({ path: text, or null to remove it }) on top of a
	 * branch and push it.  onto: start from that commit instead, which
	 * is a forced push where the branch is elsewhere.
	 */
	push(files, { branch = 'main', message = 'change', onto } = {}) {
		return this.pushAll([{ files, message }], { branch, onto });
	}

	/* The same with several commits: [{ files, message }]. */
	async pushAll(changes, { branch = 'main', onto } = {}) {
		const before = await this.head(branch);
		const start = onto ?? (before === NONE ? undefined : before);

		if (start)
			await git(this.work, ['checkout', '-q', '-B', branch,
				start]);
		else
			await git(this.work, ['checkout', '-q', '--orphan',
				branch]);
		const commits = [];
		for (const change of changes)
			commits.push(await this.commit(change));
		await git(this.work, ['push', '-q', '--force', 'origin',
			`${branch}:${branch}`]);
		return this.told(branch, before, commits);
	}

	/* Put a branch on a commit that exists: back is a forced push. */
	async move(branch, to) {
		const before = await this.head(branch);

		await git(this.work, ['push', '-q', '--force', 'origin',
			`${to}:refs/heads/${branch}`]);
		return this.told(branch, before, []);
	}

	async deleteBranch(branch) {
		const before = await this.head(branch);

		await git(this.work, ['push', '-q', 'origin', '--delete',
			branch]);
		return this.told(branch, before, []);
	}

	async tag(name, commit) {
		await git(this.work, ['push', '-q', 'origin',
			`${commit}:refs/tags/${name}`]);
		return { ref: `refs/tags/${name}`, before: NONE,
			after: commit, created: true, deleted: false,
			forced: false, commits: [] };
	}

	/* Forget what no branch reaches, as a forge does some day. */
	async prune() {
		await git(this.path, ['reflog', 'expire', '--expire=now',
			'--all']);
		await git(this.path, ['gc', '-q', '--prune=now']);
	}

	/* Take the repository off the server; undo() puts it back. */
	hide() {
		renameSync(this.path, `${this.path}.hidden`);
		return {
			undo: () => renameSync(`${this.path}.hidden`,
			    this.path),
		};
	}

	async commit({ files, message = 'change' }) {
		for (const [path, text] of Object.entries(files)) {
			const file = join(this.work, path);
			await mkdir(dirname(file), { recursive: true });
			if (text === null)
				await rm(file);
			else
				await writeFile(file, text);
		}
		await git(this.work, ['add', '-A']);
		await git(this.work, ['commit', '-q', '--allow-empty', '-m',
			message]);
		const { stdout } = await git(this.work, ['log', '-1', '-z',
			'--root', '--no-renames', '--name-status',
			'--format=%H%x00%T%x00%cI']);
		const [id, tree, timestamp, ...status] = stdout.split('\0');
		const named = (letter) => status.filter((_, i) => status[i - 1]
		    ?.trim() === letter);
		return { id, tree_id: tree, message,
			timestamp: timestamp.trim(),
			added: named('A'), modified: named('M'),
			removed: named('D') };
	}

	async told(branch, before, commits) {
		const after = await this.head(branch);
		const { code } = before === NONE || after === NONE ?
		    { code: 0 } : await git(this.path, ['merge-base',
			'--is-ancestor', before, after], { any: true });

		return { ref: `refs/heads/${branch}`, before, after,
			created: before === NONE, deleted: after === NONE,
			forced: code !== 0, commits };
	}
}
