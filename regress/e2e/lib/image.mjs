/*
 * The images that tests run: Debian's busybox, or this host's node, with a
 * configuration and files of the test's own.
 */

import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { dir, run } from './proc.mjs';

const script = fileURLToPath(new URL('../../lib/image.sh', import.meta.url));

const made = new Map();

/* The root file system of "busybox" or "node", a tar; made when missing. */
function root(base) {
	if (!made.has(base)) {
		made.set(base, run(script, [base])
		    .then(({ stdout }) => stdout.trim()));
	}
	return made.get(base);
}

async function withFiles(tar, files) {
	const work = await mkdtemp(join(dir, 'tmp', 'image-'));
	const copy = join(work, 'tar');

	await copyFile(tar, copy);
	for (const [path, content] of Object.entries(files)) {
		const file = join(work, 'root', path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, content, { mode: 0o755 });
	}
	await run('tar', ['-C', join(work, 'root'), '-rf', copy,
		...Object.keys(files).map((path) => path.replace(/^\//, ''))]);
	return { tar: copy, remove: () => rm(work, { recursive: true }) };
}

/*
 * Put an image into an engine; answers its id.
 *	changes		Dockerfile lines: 'EXPOSE 80', 'HEALTHCHECK ...'
 *	files		{ '/path': content }, all of mode 755
 */
export async function image(engine, reference, options = {}) {
	const { base = 'busybox', changes = [], files } = options;
	const lines = changes.some((c) => c.startsWith('CMD')) ? changes :
	    ['CMD ["/bin/sh"]', ...changes];
	let tar = await root(base);

	if (!files)
		return engine.import(reference, tar, lines);
	const extended = await withFiles(tar, files);
	try {
		return await engine.import(reference, extended.tar, lines);
	} finally {
		await extended.remove();
	}
}
