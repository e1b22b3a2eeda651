import type { Socket } from "node:net";

export interface PeekOptions {
	/** octets after which no more are waited for */
	most: number;
	/** milliseconds; what has come by then is the answer */
	timeout: number;
	/** milliseconds for a peer that has sent something by `timeout`, but not enough */
	begun?: number;
}

/**
 * Reads from a paused socket until `enough` says so; the socket is paused again. What was read is not put back: give it on as the
 * head, or `unshift` it. Gives less than enough at the end of the stream, when the time is over, and beyond `most` octets;
 * rejects when the connection breaks.
 */
export function peek(socket: Socket, enough: (octets: Buffer) => boolean, options: PeekOptions): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		let octets: Buffer = Buffer.alloc(0);
		const done = (): void => {
			clearTimeout(timer);
			socket.off("data", data);
			socket.off("end", done);
			socket.off("close", gone);
			socket.pause();
			resolve(octets);
		};
		const data = (chunk: Buffer): void => {
			octets = octets.length === 0 ? chunk : Buffer.concat([octets, chunk]);
			if (enough(octets) || octets.length >= options.most) done();
		};
		const gone = (): void => {
			clearTimeout(timer);
			reject(new Error("the client left"));
		};
		const late = (): void => {
			if (octets.length === 0 || options.begun === undefined) done();
			else timer = setTimeout(done, options.begun - options.timeout);
		};
		let timer = setTimeout(late, options.timeout);
		if (socket.readableEnded) return done();
		if (socket.destroyed) return gone();
		socket.on("data", data);
		socket.on("end", done);
		socket.on("close", gone);
		socket.resume();
	});
}

/** Like `peek`, for what must come whole: `length` says how many octets it has as soon as that is known. The rest is put back. */
export async function take(
	socket: Socket,
	length: (octets: Buffer) => number | undefined,
	options: PeekOptions,
): Promise<Buffer | undefined> {
	const octets = await peek(socket, (seen) => (length(seen) ?? Number.POSITIVE_INFINITY) <= seen.length, options);
	const whole = length(octets);
	if (whole === undefined || whole > octets.length) return undefined;
	if (whole < octets.length) socket.unshift(octets.subarray(whole));
	return octets.subarray(0, whole);
}
