import type { Problem } from "./problem.js";

/**
 * An incremental decoder of one direction of one stream. Sans-IO: nothing happens but calls of the sink
 * it was made with. The same octets cut at any place give the same events, offsets and problems.
 */
export interface StreamDecoder {
	/** The octets are lent for this call only; what is not consumed is copied. */
	feed(buf: Buffer, start: number, end: number): void;
	/** `length` octets are missing here (0: unknown): drop the open frame and look for a new start. */
	gap(length: number): void;
	/** The stream is over: report what is open. */
	end(): void;
}

/** Common to the sinks of stream decoders. Offsets count octets of this direction from 0, gaps included. */
export interface StreamSink {
	/** octets [offset, offset+length) were dropped while looking for a frame start */
	skipped(offset: number, length: number): void;
	/** a finding that belongs to no frame; `offset` is a stream offset */
	problem(problem: Problem): void;
}

/** One protocol unit on the wire. */
export interface Frame {
	/** stream offset of the first octet (0 for a datagram) */
	offset: number;
	/** octets on the wire, all of them, also those that were not kept */
	length: number;
	/** false when the frame was cut off, abandoned, or closed by recovery */
	complete: boolean;
	/** offsets relative to the frame; null when there is nothing to say */
	problems: Problem[] | null;
}
