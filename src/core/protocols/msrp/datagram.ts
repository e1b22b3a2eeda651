import type { Limits } from "../../model/limits.js";
import { DEFAULT_LIMITS } from "../../model/limits.js";
import { MsrpStreamDecoder } from "./decoder.js";
import type { MsrpFrame } from "./types.js";

export interface MsrpMessageResult {
	/** the first frame; undefined when no start line was found. `complete` is false when the message ends before the frame does */
	frame: MsrpFrame | undefined;
	/** octets up to the frame's end; what is beyond them does not belong in this message */
	consumed: number;
}

/**
 * One WebSocket message: exactly one MSRP chunk (RFC 7977 §5.1). The frame borrows the memory of buf[start, end).
 * Octets before the start line are passed over; `frame.offset` tells how many.
 */
export function decodeMsrpMessage(buf: Buffer, start: number, end: number, limits: Limits = DEFAULT_LIMITS): MsrpMessageResult {
	let frame: MsrpFrame | undefined;
	const decoder = new MsrpStreamDecoder(
		{
			frame: (found) => {
				frame ??= found;
			},
			skipped: () => {},
			problem: () => {},
		},
		{ limits },
	);
	decoder.feed(buf, start, end);
	if (frame === undefined) decoder.end();
	return { frame, consumed: frame === undefined ? 0 : frame.offset + frame.length };
}
