/**
 * Sum of the 16-bit words of buf[start, end), an odd last octet padded with zero (RFC 1071). Not folded yet: sums of the
 * parts of one packet may be added. Exact for up to 64 KiB a call.
 */
export function wordSum(buf: Uint8Array, start: number, end: number): number {
	let sum = 0;
	const even = end - ((end - start) & 1);
	for (let at = start; at < even; at += 2) sum += (buf[at]! << 8) | buf[at + 1]!;
	if (even !== end) sum += buf[even]! << 8;
	return sum;
}

/** The Internet checksum of a sum of words (RFC 1071 §1): folded to 16 bits, complemented. */
export function internetChecksum(sum: number): number {
	let folded = sum;
	while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
	return ~folded & 0xffff;
}
