/*
 * One HTTP request to a TCP port or a local socket, answered whole or as a
 * stream.  No client that hides things: no redirects, no retries, one
 * connection each.
 */

import http from 'node:http';
import https from 'node:https';

/*
 * Send a request and answer when the head of the response is there.
 * to: { port, host } or { socketPath }; ca makes it https.
 */
export function open(to, method, path, { headers = {}, body, ca } = {}) {
	return new Promise((done, fail) => {
		const req = (ca ? https : http).request({ host: '127.0.0.1',
			...to, ca, method, path, agent: false, headers });

		req.on('response', done);
		req.on('error', fail);
		if (body && typeof body.pipe === 'function')
			body.pipe(req);
		else
			req.end(body);
	});
}

/* Read the body of a response that open() answered. */
export async function read(res) {
	const parts = [];

	for await (const part of res)
		parts.push(part);
	return Buffer.concat(parts);
}

/*
 * Send a request, answer { status, headers, text, json }; json is undefined
 * when the text is none.  A body that is an object goes as JSON.
 */
export async function request(to, method, path, options = {}) {
	let { body, headers = {}, ...rest } = options;

	if (body !== undefined && typeof body === 'object' &&
	    !Buffer.isBuffer(body) && typeof body.pipe !== 'function') {
		body = JSON.stringify(body);
		headers = { 'Content-Type': 'application/json', ...headers };
	}
	if (typeof body === 'string')
		body = Buffer.from(body);
	if (Buffer.isBuffer(body))
		headers = { 'Content-Length': body.length, ...headers };

	const res = await open(to, method, path, { ...rest, headers, body });
	const text = (await read(res)).toString();
	const answer = { status: res.statusCode, headers: res.headers, text };

	try {
		answer.json = JSON.parse(text);
	} catch {
		answer.json = undefined;
	}
	return answer;
}
