import type { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { DecodedMsrpFrame } from "../protocols/msrp/frame.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";

/**
 * What a framer makes of one direction of a stream. The calls come in stream order and cover each octet once;
 * buf[start, end) is lent.
 */
export interface FramerSink {
	/** octets between messages, or of something that is none */
	raw(buf: Buffer, start: number, end: number): void;
	/** one whole SIP message */
	sip(message: SipMessage, buf: Buffer, start: number, end: number): void;
	/** MSRP: a head up to the body, or a whole frame that has none (`frame.bodyOffset` is -1) */
	head(frame: DecodedMsrpFrame, buf: Buffer, start: number, end: number): void;
	/** MSRP: a whole frame, body and all, where what carries it delimits it */
	whole(frame: MsrpFrame, buf: Buffer, start: number, end: number): void;
	/** MSRP: octets of the body that was begun */
	body(buf: Buffer, start: number, end: number): void;
	/** MSRP: the end-line with the line end before it */
	tail(buf: Buffer, start: number, end: number): void;
}

/** Finds the messages in one direction of a stream, holding back no more than has to be seen together. */
export interface Framer {
	feed(buf: Buffer, start: number, end: number): void;
	/** octets taken in and not yet given out */
	readonly held: ReceiveBuffer;
	/** what is held is probably no part of a message */
	readonly lost: boolean;
}
