import type { Frame, StreamSink } from "../../model/stream.js";

/** One header row as it stands on the wire. Offsets count from the frame's first octet. */
export interface SipHeader {
	/** as written, e.g. "m" or "CONTACT" */
	name: string;
	/** lower-case long form, e.g. "contact" for "m" */
	key: string;
	/** unfolded, edge white space removed, UTF-8 decoded with replacement */
	value: string;
	/** the row including folds and its line end */
	start: number;
	end: number;
	/** the value's octets on the wire (folds included, edge white space not) */
	valueStart: number;
	valueEnd: number;
}

/** A SIP request or response (RFC 3261 §7). Headers are found when first asked for. */
export interface SipMessage extends Frame {
	readonly kind: "request" | "response";
	/** request: its method; response: the method of its CSeq, "" when there is none */
	readonly method: string;
	/** request only, else "" */
	readonly requestUri: string;
	/** offset in the frame of the Request-URI as it stands there (brackets that do not belong included); 0 for a response */
	readonly requestUriStart: number;
	/** response only, else 0; 0 too when the status code is not three digits */
	readonly status: number;
	readonly reason: string;
	/** the frame's kept octets are bytes[start, end): lent until `retain` is called */
	readonly bytes: Buffer;
	readonly start: number;
	readonly end: number;
	/** offset in the frame of the first body octet */
	readonly bodyOffset: number;
	/** body octets on the wire */
	readonly bodyLength: number;
	/** body octets that were kept (at most Limits.inspect): bytes[start+bodyOffset, start+bodyOffset+bodyKept) */
	readonly bodyKept: number;
	/** start line and header section, one character an octet (latin1); may go on beyond `bodyOffset` */
	readonly headText: string;
	/** four numbers a header row: start, end of the name, start of the value after the colon, end (head.ts); no strings made */
	readonly rows: readonly number[];
	/** all rows in order */
	readonly headers: readonly SipHeader[];
	/** value of the first row with that key (lower-case long name); undefined when absent */
	get(key: string): string | undefined;
	/** first row with that key, with its spans */
	row(key: string): SipHeader | undefined;
	/** the value of the only row with that key, or all of them in order, nothing split; undefined when there is none */
	rowValues(key: string): string | string[] | undefined;
	/** values of all rows with that key; list headers split at top-level commas (RFC 3261 §7.3.1), the others one a row */
	all(key: string): string[];
	/** copies the octets out of lent memory; call before keeping the message beyond the callback */
	retain(): this;
}

export interface SipSink extends StreamSink {
	message(message: SipMessage): void;
	/** CRLFCRLF ping or CRLF pong at a stream offset (RFC 5626 §3.5.1); runs are reported once with their count */
	keepalive(kind: "ping" | "pong", offset: number, count: number): void;
}
