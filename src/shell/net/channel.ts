import type { Endpoint } from "../../core/model/flow.js";
import type { Carriage } from "../../core/relay/types.js";

/** How a WebSocket connection was closed (RFC 6455 §7.4). */
export interface CloseReason {
	code: number;
	reason: Buffer;
}

/** Who reads a channel. */
export interface ChannelHandler {
	/**
	 * Octets that arrived; of a channel that carries messages one whole message a call, `binary` as WebSocket tells it.
	 * Answers true when the memory is still used after the call, so that it must not be read into again.
	 */
	data(chunk: Buffer, binary?: boolean): boolean;
	/** the peer ended its direction */
	end(reason?: CloseReason): void;
	/** writing may go on after `write` answered false */
	drain(): void;
	/** a ping or pong that is to be passed on */
	control?(kind: "ping" | "pong", payload: Buffer): void;
	/** everything is over; `error` tells why when that was not in order */
	closed(error: Error | undefined): void;
}

/** One end of a connection as the proxy uses it, whatever carries it. */
export interface Channel {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	/** every write is one message and every `data` too */
	readonly messages: boolean;
	/** what is written must say how long it is (SIP in a stream, but not in datagrams and WebSocket messages) */
	readonly sized?: boolean;
	/** octets that the operating system has not taken yet */
	readonly pending: number;
	/** Begins to read. */
	start(handler: ChannelHandler): void;
	/** Answers false when the peer is behind: stop the source until `drain`. The memory stays in use while `pending` is not 0. */
	write(octets: Buffer, binary?: boolean, as?: Carriage): boolean;
	/** What is written until `flush` goes out together, in one call of the operating system; where writes are messages there is no such thing. */
	gather?(): void;
	flush?(): void;
	/** Passes a ping or pong on, where the carrier has such a thing. */
	control?(kind: "ping" | "pong", payload: Buffer): void;
	pause(): void;
	resume(): void;
	/** Ends this direction after everything written. */
	end(reason?: CloseReason): void;
	/** Breaks the connection off: the peer sees a reset. */
	reset(): void;
}
