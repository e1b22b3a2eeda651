/** The eight groups of an IPv6 literal, an embedded IPv4 part included (RFC 4291 §2.2); undefined when it is none. */
function ipv6Groups(text: string): number[] | undefined {
	const zone = text.indexOf("%");
	let literal = zone < 0 ? text : text.slice(0, zone);
	const dot = literal.indexOf(".");
	if (dot >= 0) {
		const colon = literal.lastIndexOf(":");
		const four = ipv4Octets(literal.slice(colon + 1));
		if (colon < 0 || four === undefined) return undefined;
		const [a, b, c, d] = four as [number, number, number, number];
		literal = `${literal.slice(0, colon + 1)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
	}
	const halves = literal.split("::");
	if (halves.length > 2) return undefined;
	const head = groupsOf(halves[0]!);
	const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
	if (head === undefined || tail === undefined) return undefined;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
	return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): number[] | undefined {
	if (text === "") return [];
	const groups: number[] = [];
	for (const part of text.split(":")) {
		if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
		groups.push(Number.parseInt(part, 16));
	}
	return groups;
}

function ipv4Octets(text: string): number[] | undefined {
	if (!/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(text)) return undefined;
	const octets = text.split(".").map(Number);
	return octets.every((octet) => octet < 256) ? octets : undefined;
}

/**
 * A host for comparison: no brackets, names in lower case without a last dot, IPv6 in the one normal form
 * of RFC 5952 that `Endpoint.address` has too.
 */
export function normalHost(host: string): string {
	const text = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
	if (text.includes(":")) {
		const groups = ipv6Groups(text);
		return groups === undefined ? text.toLowerCase() : ipv6Text(groups);
	}
	const lower = text.toLowerCase();
	return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

function ipv6Text(groups: number[]): string {
	let best = -1;
	let length = 1;
	for (let i = 0; i < 8; i++) {
		let n = 0;
		while (i + n < 8 && groups[i + n] === 0) n++;
		if (n > length) {
			best = i;
			length = n;
		}
		i += n;
	}
	const hex = groups.map((group) => group.toString(16));
	return best < 0 ? hex.join(":") : `${hex.slice(0, best).join(":")}::${hex.slice(best + length).join(":")}`;
}

/**
 * What an address literal can be reached from: "name" is no literal at all; "private" covers RFC 1918, RFC 6598,
 * RFC 4193, loopback, link-local and unspecified addresses.
 */
export function addressScope(host: string): "name" | "private" | "public" {
	const text = normalHost(host);
	if (text.includes(":")) {
		const groups = ipv6Groups(text);
		if (groups === undefined) return "name";
		const first = groups[0]!;
		if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80) return "private";
		if (groups.slice(0, 5).every((group) => group === 0)) {
			if (groups[5] === 0xffff) return ipv4Scope([groups[6]! >> 8, groups[6]! & 255]);
			if (groups[5] === 0 && groups[6] === 0 && groups[7]! < 2) return "private";
		}
		return "public";
	}
	const octets = ipv4Octets(text);
	return octets === undefined ? "name" : ipv4Scope(octets);
}

function ipv4Scope(octets: number[]): "private" | "public" {
	const [a, b] = octets as [number, number];
	if (a === 0 || a === 10 || a === 127 || (a === 169 && b === 254)) return "private";
	if ((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128)) return "private";
	return "public";
}
