import type { Socket } from "node:net";
import type { Endpoint } from "../../core/model/flow.js";
import type { Channel, ChannelHandler } from "./channel.js";
import { localOf, remoteOf } from "./endpoint.js";
import type { PooledReads } from "./pooled-reads.js";
import { resetNow } from "./reset.js";

export interface StreamChannelOptions {
	/** the socket reads through these */
	reads?: PooledReads | undefined;
	/** the TCP connection below, where `socket` is TLS */
	raw?: Socket | undefined;
	/** addresses to show instead of the socket's (PROXY protocol) */
	local?: Endpoint | undefined;
	remote?: Endpoint | undefined;
}

/** A TCP or TLS connection. The socket must be paused until `start`. */
export class StreamChannel implements Channel {
	readonly messages = false;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly #socket: Socket;
	readonly #raw: Socket;
	readonly #reads: PooledReads | undefined;
	#error: Error | undefined;

	constructor(socket: Socket, options: StreamChannelOptions = {}) {
		this.#socket = socket;
		this.#raw = options.raw ?? socket;
		this.#reads = options.reads;
		this.local = options.local ?? localOf(this.#raw);
		this.remote = options.remote ?? remoteOf(this.#raw);
		this.#error = socket.errored ?? undefined;
		socket.on("error", (error) => {
			this.#error ??= error;
			// An alert of the peer's TLS ends nothing by itself, and must be read to its end before the socket may go.
			if (!socket.destroyed) setImmediate(() => socket.destroy());
		});
		if (this.#raw !== socket) this.#raw.on("error", (error) => socket.destroy(error));
	}

	get pending(): number {
		return this.#socket.writableLength;
	}

	start(handler: ChannelHandler): void {
		const socket = this.#socket;
		if (this.#reads === undefined) socket.on("data", (chunk: Buffer) => void handler.data(chunk));
		else this.#reads.take = (chunk) => handler.data(chunk);
		socket.on("end", () => {
			if (this.#error !== undefined) return;
			if (!socket.writableEnded && wasReset(this.#raw)) socket.destroy(new Error("read ECONNRESET"));
			else handler.end();
		});
		socket.on("drain", () => handler.drain());
		const closed = (): void => handler.closed(this.#error);
		// Not at once: an end that is passed on in the turn in which the other side's TLS handshake was done loses octets there
		// that came with the handshake's last flight.
		if (socket.readableEnded) setImmediate(() => handler.end());
		// Whoever was closed before it was started tells nothing any more.
		if (socket.closed) process.nextTick(closed);
		else socket.once("close", closed);
		socket.resume();
	}

	write(octets: Buffer): boolean {
		return this.#socket.destroyed || this.#socket.write(octets);
	}

	gather(): void {
		this.#socket.cork();
	}

	flush(): void {
		this.#socket.uncork();
	}

	pause(): void {
		this.#socket.pause();
	}

	resume(): void {
		this.#socket.resume();
	}

	end(): void {
		this.#socket.end();
	}

	reset(): void {
		// What was written before the reset is out before it.
		if (this.#socket.writableCorked > 0) this.#socket.uncork();
		resetNow(this.#raw, this.#socket);
	}
}

/**
 * Octets and a reset that come together look like octets and an orderly end: libuv takes the hang-up that follows a short read for one.
 * But a connection that was reset has no peer any more, while one that only one side has ended has.
 */
function wasReset(socket: Socket): boolean {
	const { _handle: handle } = socket as unknown as { _handle: { getpeername?(out: object): number } | null };
	return typeof handle?.getpeername === "function" && handle.getpeername({}) !== 0;
}
