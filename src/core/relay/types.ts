import type { CloseHow, Direction } from "../model/flow.js";
import type { Moment } from "../model/time.js";

/**
 * One connection (or UDP association) that passes through the tool, as the core sees it: octets and time in, octets out.
 * Direction 0 goes from the client to the server. Two flows of the pipeline belong to it: the client leg and the server leg.
 */
export interface Relay {
	/**
	 * False when nothing may hold or change octets of this direction: the shell then writes them at once and tells the
	 * relay afterwards by `passed` (cut-through). May change with every call.
	 */
	active(dir: Direction): boolean;
	/** Octets buf[start, end) that went through unchanged; UDP: one whole datagram. Lent for the call. */
	passed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void;
	/** Octets that arrived where `active(dir)`: what goes on comes out of the sink, now or later. Lent for the call. */
	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void;
	/** One direction (fin) or the connection (all others) is over; what is still held goes out first where it may. */
	close(dir: Direction, how: CloseHow, at: Moment): void;
	/** Time has passed: releases what waited until `now`. */
	advance(now: Moment): void;
	/** When `advance` is needed next; undefined: not at all. */
	readonly wakeAt: Moment | undefined;
	/** octets held back over both directions */
	readonly held: number;
	/** What shapes that direction holds as much as it may: its source is to stop. Default: it never does. */
	full?(dir: Direction): boolean;
	/** Toxics are at work on what goes out in that direction: how it is cut into writes is theirs. */
	shaping?(dir: Direction): boolean;
}

/** How a message is to be carried by WebSocket; of no effect on other carriers. */
export interface Carriage {
	/** as text, also where it is none (RFC 6455 §8.1 forbids that) */
	text?: boolean;
	/** in fragments of these sizes, the rest as the last one */
	fragments?: readonly number[];
	/** masked where it must not be, unmasked where it must be (RFC 6455 §5.1) */
	wrongMask?: boolean;
}

/** How a WebSocket connection is closed (RFC 6455 §7.4); of no effect on other carriers. */
export interface CloseCode {
	code: number;
	reason: string;
}

/** Where a relay sends what goes on. */
export interface RelaySink {
	/** The octets belong to the receiver from now on. UDP: one datagram a call. */
	send(dir: Direction, octets: Buffer, as?: Carriage): void;
	/** Passes the end of a direction (fin) or of the connection (rst) on, after everything sent before it. */
	close(dir: Direction, how: "fin" | "rst", code?: CloseCode): void;
	/** The connection was closed here, both ends are told by `close`: whoever goes on sending all the same is to be reset. */
	shut?(): void;
	/** Something outside changed what the relay waits for: `wakeAt` is to be asked again. */
	wake?(): void;
}
