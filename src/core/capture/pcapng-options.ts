import { u16 } from "./words.js";

/** Option codes that may stand in every block (draft-ietf-opsawg-pcapng §3.5). */
const OPT_END = 0;
export const OPT_COMMENT = 1;

/**
 * Calls `use` for every option in buf[start, end); values are buf[at, at + length).
 * The end-of-options mark may be missing. Returns false when an option does not fit: the rest is then left unread.
 */
export function readOptions(
	buf: Buffer,
	start: number,
	end: number,
	little: boolean,
	use: (code: number, at: number, length: number) => void,
): boolean {
	let at = start;
	while (at < end) {
		if (end - at < 4) return false;
		const code = u16(buf, at, little);
		const length = u16(buf, at + 2, little);
		if (code === OPT_END) return true;
		if (at + 4 + length > end) return false;
		use(code, at + 4, length);
		at += 4 + align4(length);
	}
	return true;
}

export function align4(length: number): number {
	return Math.ceil(length / 4) * 4;
}

/** The UTF-8 text in buf[at, at + length), cut at a zero octet if there is one. */
export function optionText(buf: Buffer, at: number, length: number): string {
	const zero = buf.subarray(at, at + length).indexOf(0);
	return buf.toString("utf8", at, at + (zero < 0 ? length : zero));
}
