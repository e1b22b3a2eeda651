import type { Frame, StreamSink } from "../../model/stream.js";

export interface MsrpHeader {
	/** as written */
	name: string;
	/** lower case */
	key: string;
	/** UTF-8 decoded with replacement */
	value: string;
	/** offsets from the frame's first octet; the line with its line end */
	start: number;
	end: number;
	valueStart: number;
	valueEnd: number;
}

/** RFC 4975 §9 Byte-Range. Positions beyond 2^53 are kept exact as bigint. */
export interface ByteRange {
	/** 1-based */
	start: number | bigint;
	/** undefined for "*" */
	end: number | bigint | undefined;
	/** undefined for "*" */
	total: number | bigint | undefined;
}

/** One MSRP request or response: a chunk, in the words of RFC 4975. */
export interface MsrpFrame extends Frame {
	readonly kind: "request" | "response";
	readonly transactionId: string;
	/** request only, else "" */
	readonly method: string;
	/** response only, else 0 */
	readonly status: number;
	/** response comment, "" when none */
	readonly comment: string;
	/** "" when the end-line was never seen */
	readonly flag: "$" | "+" | "#" | "";
	/** the kept octets are bytes[start, end): lent until `retain` is called */
	readonly bytes: Buffer;
	readonly start: number;
	readonly end: number;
	/** offset in the frame of the first body octet; -1 when there is no body */
	readonly bodyOffset: number;
	/** body octets on the wire (up to several gigabytes); of a frame that is not complete, the octets that came in its place */
	readonly bodyLength: number;
	/** body octets kept: bytes[start+bodyOffset, start+bodyOffset+bodyKept) */
	readonly bodyKept: number;
	readonly headers: readonly MsrpHeader[];
	/** first value with that lower-case name */
	get(key: string): string | undefined;
	row(key: string): MsrpHeader | undefined;
	/** the value of the only row with that name, or all of them in order; undefined when there is none */
	rowValues(key: string): string | string[] | undefined;
	/** URIs of To-Path and From-Path, in order; empty when the header is absent */
	readonly toPath: readonly string[];
	readonly fromPath: readonly string[];
	readonly messageId: string | undefined;
	/** undefined when absent; null when it does not parse */
	readonly byteRange: ByteRange | null | undefined;
	readonly contentType: string | undefined;
	retain(): this;
}

export interface MsrpSink extends StreamSink {
	/** the frame is over: its end-line came, or recovery closed it (complete = false) */
	frame(frame: MsrpFrame): void;
	/**
	 * Body octets as they arrive, for consumers of bodies beyond `Limits.inspect` (reassembly, file-transfer hashes).
	 * `frame` has its head only. Optional; called before `frame`, also for bodies that fit. Of a body whose end-line was
	 * lost it may get more octets than `frame.bodyLength` says in the end: only the end of the stream shows that.
	 */
	body?(frame: MsrpFrame, buf: Buffer, start: number, end: number): void;
}

/**
 * What became of one content sent in one or more chunks (RFC 4975 §5.1), by session pair, direction and Message-ID.
 * One object per message, changed by every chunk until the state is not "open" any more.
 */
export interface MsrpMessage {
	messageId: string;
	state: "open" | "complete" | "aborted" | "gap";
	/** 1-based first octet, last octet, continuation flag, in order of arrival; the first 4096 */
	chunks: { start: number | bigint; end: number | bigint; flag: string }[];
	/** all chunks, also those that `chunks` has no room for */
	chunkCount: number;
	/** known once "$" came, or announced by Byte-Range; undefined before */
	total: number | bigint | undefined;
	contentType: string | undefined;
	/** the octets contiguous from 1, at most Limits.msrpMessage; owned, not lent */
	content: Buffer;
	/** octets contiguous from 1 that have arrived (may exceed content.length) */
	contiguous: number;
	/** `content` lacks octets that did arrive, because of a limit */
	truncated: boolean;
}
