import { decodeMsrpMessage, MsrpAssembler, MsrpStreamDecoder } from "../../core/protocols/msrp/index.js";
import type { MsrpFrame } from "../../core/protocols/msrp/types.js";
import { isStream, type Link } from "../../shell/net/links/link.js";

export interface ConnectionHandlers {
	/** a request that arrived whole, AUTH and unknown methods included */
	request(frame: MsrpFrame, connection: MsrpConnection): void;
	closed(connection: MsrpConnection): void;
}

/** Seconds that a response may take (RFC 4975 §7.1.1). */
const RESPONSE_WAIT = 30;

/** One connection: framing, reassembly of what arrives, and the transactions that we began. */
export class MsrpConnection {
	readonly assembler = new MsrpAssembler();
	readonly #handlers: ConnectionHandlers;
	readonly #waiting = new Map<string, { answer: (status: number) => void; timer: NodeJS.Timeout }>();
	#closed = false;

	constructor(
		readonly link: Link,
		handlers: ConnectionHandlers,
	) {
		this.#handlers = handlers;
		const receive = (frame: MsrpFrame): void => this.#receive(frame);
		if (isStream(link.transport)) {
			const decoder = new MsrpStreamDecoder({ frame: receive, skipped: () => {}, problem: () => {} });
			link.onData = (octets) => decoder.feed(octets, 0, octets.length);
		} else {
			link.onData = (octets) => {
				const { frame } = decodeMsrpMessage(octets, 0, octets.length);
				if (frame !== undefined) receive(frame);
			};
		}
		link.onClose = () => this.#close();
	}

	get open(): boolean {
		return !this.#closed;
	}

	send(octets: Buffer): void {
		this.link.send(octets);
	}

	/** Sends a request and waits for its response: its status, 408 when none comes, 0 when the connection is lost. */
	request(tid: string, octets: Buffer): Promise<number> {
		if (this.#closed) return Promise.resolve(0);
		return new Promise((resolve) => {
			const answer = (status: number): void => {
				clearTimeout(timer);
				this.#waiting.delete(tid);
				resolve(status);
			};
			const timer = setTimeout(() => answer(408), RESPONSE_WAIT * 1000);
			timer.unref();
			this.#waiting.set(tid, { answer, timer });
			this.link.send(octets);
		});
	}

	end(): void {
		this.link.end();
	}

	#receive(frame: MsrpFrame): void {
		if (!frame.complete) return;
		if (frame.kind === "response") this.#waiting.get(frame.transactionId)?.answer(frame.status);
		else this.#handlers.request(frame, this);
	}

	#close(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const { answer } of [...this.#waiting.values()]) answer(0);
		this.#handlers.closed(this);
	}
}
