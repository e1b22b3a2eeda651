/** Unsigned reads without bounds checks: callers have made sure that the octets are there. */

export function u16(buf: Buffer, at: number, little: boolean): number {
	return little ? buf[at]! | (buf[at + 1]! << 8) : (buf[at]! << 8) | buf[at + 1]!;
}

export function u32(buf: Buffer, at: number, little: boolean): number {
	return little
		? (buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16) | (buf[at + 3]! << 24)) >>> 0
		: ((buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]!) >>> 0;
}
