/** IPv4 address of four octets at `at`, in dotted decimal. */
export function ipv4Text(buf: Buffer, at: number): string {
	return `${buf[at]}.${buf[at + 1]}.${buf[at + 2]}.${buf[at + 3]}`;
}

/** IPv6 address of sixteen octets at `at`, in the normal form of RFC 5952 §4 (no dotted part, as in Endpoint.address). */
export function ipv6Text(buf: Buffer, at: number): string {
	const groups: number[] = [];
	for (let i = 0; i < 16; i += 2) groups.push((buf[at + i]! << 8) | buf[at + i + 1]!);
	let best = -1;
	let bestLength = 1;
	for (let i = 0; i < 8; i++) {
		let n = 0;
		while (i + n < 8 && groups[i + n] === 0) n++;
		if (n > bestLength) {
			best = i;
			bestLength = n;
		}
		i += n;
	}
	const hex = groups.map((group) => group.toString(16));
	if (best < 0) return hex.join(":");
	return `${hex.slice(0, best).join(":")}::${hex.slice(best + bestLength).join(":")}`;
}
