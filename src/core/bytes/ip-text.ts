/** Dotted text of an IPv4 address word. */
export function ipv4Text(word: number): string {
	return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Text of an IPv6 address in four words, in the normal form of RFC 5952 §4, without a dotted part. */
export function ipv6Text(w0: number, w1: number, w2: number, w3: number): string {
	const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
	let bestAt = -1;
	let bestLength = 1;
	for (let i = 0; i < 8; ) {
		let length = 0;
		while (i + length < 8 && groups[i + length] === 0) length++;
		if (length > bestLength) {
			bestAt = i;
			bestLength = length;
		}
		i += Math.max(1, length);
	}
	const hex = groups.map((group) => group.toString(16));
	return bestAt < 0 ? hex.join(":") : `${hex.slice(0, bestAt).join(":")}::${hex.slice(bestAt + bestLength).join(":")}`;
}

/** IPv4 address of four octets at `at`. */
export function ipv4At(buf: Buffer, at: number): string {
	return ipv4Text(buf.readInt32BE(at));
}

/** IPv6 address of sixteen octets at `at`. */
export function ipv6At(buf: Buffer, at: number): string {
	return ipv6Text(buf.readInt32BE(at), buf.readInt32BE(at + 4), buf.readInt32BE(at + 8), buf.readInt32BE(at + 12));
}
