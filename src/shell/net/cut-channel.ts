import type { Endpoint } from "../../core/model/flow.js";
import type { Channel, ChannelHandler } from "./channel.js";
import { MessageCutter } from "./message-cutter.js";

/** A message that is longer than this cannot be bridged (Limits.webSocketMessage). */
const MOST = 16 << 20;

/**
 * A stream that is to be bridged with a carrier of messages: what it brings comes out as whole SIP messages or MSRP chunks.
 */
export class CutChannel implements Channel {
	readonly messages = true;
	readonly sized = true;
	readonly #stream: Channel;
	#overfull: Error | undefined;

	constructor(stream: Channel) {
		this.#stream = stream;
	}

	get local(): Endpoint {
		return this.#stream.local;
	}

	get remote(): Endpoint {
		return this.#stream.remote;
	}

	get pending(): number {
		return this.#stream.pending;
	}

	start(handler: ChannelHandler): void {
		const cutter = new MessageCutter((unit) => void handler.data(unit), MOST);
		this.#stream.start({
			data: (chunk) => {
				cutter.feed(chunk);
				if (cutter.overfull && this.#overfull === undefined) {
					this.#overfull = new Error(`a message of more than ${MOST} octets cannot be bridged`);
					this.#stream.reset();
				}
				return false;
			},
			end: () => {
				cutter.end();
				handler.end();
			},
			drain: () => handler.drain(),
			closed: (error) => handler.closed(this.#overfull ?? error),
		});
	}

	write(octets: Buffer): boolean {
		return this.#stream.write(octets);
	}

	gather(): void {
		this.#stream.gather?.();
	}

	flush(): void {
		this.#stream.flush?.();
	}

	pause(): void {
		this.#stream.pause();
	}

	resume(): void {
		this.#stream.resume();
	}

	end(): void {
		this.#stream.end();
	}

	reset(): void {
		this.#stream.reset();
	}
}
