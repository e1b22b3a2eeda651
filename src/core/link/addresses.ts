/** Dotted text of an IPv4 address word. */
export function ipv4Text(word: number): string {
	return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** RFC 5952 text of an IPv6 address in four words. */
export function ipv6Text(w0: number, w1: number, w2: number, w3: number): string {
	const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
	// IPv4-mapped addresses are shown the usual way (RFC 5952 §5).
	if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${ipv4Text(w3)}`;
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
	const hex = (from: number, to: number): string =>
		groups
			.slice(from, to)
			.map((group) => group.toString(16))
			.join(":");
	return bestAt < 0 ? hex(0, 8) : `${hex(0, bestAt)}::${hex(bestAt + bestLength, 8)}`;
}
