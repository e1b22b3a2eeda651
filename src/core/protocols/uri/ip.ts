/** Numeric value of a dotted quad; -1 when the text is none. */
export function parseIpv4(text: string): number {
	const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
	if (match === null) return -1;
	let value = 0;
	for (let i = 1; i <= 4; i++) {
		const part = Number(match[i]);
		if (part > 255) return -1;
		value = value * 256 + part;
	}
	return value;
}

/**
 * The eight groups of an IPv6 address in text form (RFC 4291 §2.2), without brackets; undefined when it is none.
 * Three colons before an embedded IPv4 address, a fault of the RFC 3261 grammar, count as two (RFC 5118 §4.10).
 */
export function parseIpv6(text: string): number[] | undefined {
	if (text.length > 48 || !/^[0-9A-Fa-f:.]*$/.test(text) || !text.includes(":")) return undefined;
	let address = text.replace(/:::(?=\d+\.)/, "::");
	const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
	if (embedded !== null) {
		const value = parseIpv4(embedded[2]!);
		if (value < 0) return undefined;
		address = `${embedded[1]}${Math.floor(value / 65536).toString(16)}:${(value % 65536).toString(16)}`;
	}
	const halves = address.split("::");
	if (halves.length > 2) return undefined;
	const head = groups(halves[0]!);
	const tail = halves.length === 2 ? groups(halves[1]!) : [];
	if (head === undefined || tail === undefined) return undefined;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
	return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groups(text: string): number[] | undefined {
	if (text === "") return [];
	const values: number[] = [];
	for (const part of text.split(":")) {
		if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return undefined;
		values.push(Number.parseInt(part, 16));
	}
	return values;
}

/** Text that is equal for equal hosts: IP addresses by value, names without case (RFC 3261 §19.1.4). */
export function canonicalHost(host: string): string {
	if (host.includes(":")) {
		const address = parseIpv6(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host);
		if (address !== undefined) return address.map((group) => group.toString(16)).join(":");
	}
	return host.toLowerCase();
}

/** "name": no IP address. Unspecified, loopback, link-local, private (RFC 1918, RFC 4193, RFC 6598), multicast or broadcast, else public. */
export type HostKind = "name" | "unspecified" | "loopback" | "link-local" | "private" | "multicast" | "broadcast" | "public";

export function hostKind(host: string): HostKind {
	const v4 = parseIpv4(host);
	if (v4 >= 0) return ipv4Kind(v4);
	const v6 = parseIpv6(host);
	if (v6 === undefined) return "name";
	const [first, , , , , fifth, sixth, seventh] = v6 as [number, number, number, number, number, number, number, number];
	if (v6.slice(0, 5).every((group) => group === 0)) {
		if (fifth === 0xffff) return ipv4Kind(sixth * 65536 + seventh);
		if (fifth === 0 && sixth === 0 && seventh === 0) return "unspecified";
		if (fifth === 0 && sixth === 0 && seventh === 1) return "loopback";
	}
	if (first >= 0xff00) return "multicast";
	if ((first & 0xffc0) === 0xfe80) return "link-local";
	if ((first & 0xfe00) === 0xfc00) return "private";
	return "public";
}

function ipv4Kind(address: number): HostKind {
	const first = Math.floor(address / 2 ** 24);
	const second = Math.floor(address / 65536) % 256;
	if (address === 0xffffffff) return "broadcast";
	if (first === 0) return "unspecified";
	if (first === 127) return "loopback";
	if (first >= 224 && first < 240) return "multicast";
	if (first === 169 && second === 254) return "link-local";
	if (first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168)) return "private";
	if (first === 100 && second >= 64 && second < 128) return "private";
	return "public";
}
