import type { Limits } from "../model/limits.js";
import type { SpanEdit } from "../model/rewriting.js";
import { plus } from "../protocols/msrp/byte-range.js";
import type { DecodedMsrpFrame } from "../protocols/msrp/frame.js";
import type { ByteRange, MsrpFrame } from "../protocols/msrp/types.js";
import { MsrpFramer } from "./msrp-framer.js";

/** The head in octets that a stage has changed, read again; undefined when it is no head any more. */
export function msrpHeadOf(octets: Buffer, limits: Limits): DecodedMsrpFrame | undefined {
	let found: DecodedMsrpFrame | undefined;
	const framer = new MsrpFramer(
		{
			raw: () => {},
			sip: () => {},
			head: (frame) => {
				found ??= frame;
			},
			whole: () => {},
			body: () => {},
			tail: () => {},
		},
		limits,
		false,
	);
	framer.feed(octets, 0, octets.length);
	return found?.start === 0 ? found : undefined;
}

/** Begin of the seven hyphens of the end-line in octets that end with one; undefined when they do not. */
export function endLineAt(octets: Buffer): number | undefined {
	const at = octets.lastIndexOf("-------", octets.length - 1, "latin1");
	return at < 0 || !/^-------[^\s]+[$+#]\r?\n$/.test(octets.toString("latin1", at)) ? undefined : at;
}

/** Gives the end-line the transaction id of the start line, or the one asked for, and the flag asked for. */
export function endLineEdit(
	octets: Buffer,
	wanted: { transactionId?: string | undefined; flag?: string | undefined },
): SpanEdit | undefined {
	const at = endLineAt(octets);
	if (at === undefined) return undefined;
	const line = octets.toString("latin1", at).trimEnd();
	const now = `-------${wanted.transactionId ?? line.slice(7, -1)}${wanted.flag ?? line.slice(-1)}`;
	if (now === line) return undefined;
	return { start: at, end: at + line.length, octets: Buffer.from(now, "latin1"), part: "end-line" };
}

/** The text of a Byte-Range (RFC 4975 §9). */
export function rangeText({ start, end, total }: ByteRange): string {
	return `${start}-${end ?? "*"}/${total ?? "*"}`;
}

/** The range of a chunk whose body has `delta` octets more than before. */
export function resized({ start, end, total }: ByteRange, delta: number): ByteRange {
	return { start, end: end === undefined ? undefined : plus(end, delta), total: total === undefined ? undefined : plus(total, delta) };
}

/** Replaces the value of the Byte-Range header. */
export function byteRangeEdit(frame: MsrpFrame, range: ByteRange): SpanEdit | undefined {
	const row = frame.row("byte-range");
	const text = rangeText(range);
	if (row === undefined || row.value === text) return undefined;
	return { start: row.valueStart, end: row.valueEnd, octets: Buffer.from(text, "latin1"), part: "Byte-Range" };
}

/** A transaction id that the body does not hold an end-line of (RFC 4975 §7.1): the one given with a letter behind or at its end. */
export function freeTransactionId(id: string, body: Buffer): string {
	for (let n = 0; ; n++) {
		const suffix = n.toString(36);
		const candidate = `${id.slice(0, 32 - suffix.length)}${suffix}`;
		if (candidate !== id && !body.includes(`-------${candidate}`, 0, "latin1")) return candidate;
	}
}
