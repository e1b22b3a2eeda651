/**
 * A text that two IP literals share exactly when they name the same address, or undefined for anything else (a host name).
 * Brackets and a zone are suffered; an IPv4-mapped IPv6 address equals the IPv4 address in it (RFC 4291 §2.5.5.2).
 */
export function addressKey(text: string): string | undefined {
	const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
	if (!bare.includes(":")) {
		const octets = ipv4(bare);
		return octets?.join(".");
	}
	const zone = bare.indexOf("%");
	const groups = ipv6(zone < 0 ? bare : bare.slice(0, zone));
	if (groups === undefined) return undefined;
	if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
		return [groups[6]! >> 8, groups[6]! & 0xff, groups[7]! >> 8, groups[7]! & 0xff].join(".");
	}
	return groups.map((group) => group.toString(16)).join(":");
}

/** Private, shared, loopback, link-local or unique-local (RFC 1918, 6598, 1122, 3927, 4193, 4291). Host names are not. */
export function isPrivateAddress(text: string): boolean {
	const key = addressKey(text);
	if (key === undefined) return false;
	if (key.includes(":")) {
		const first = Number.parseInt(key, 16);
		return key === "0:0:0:0:0:0:0:1" || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
	}
	const [a, b] = key.split(".").map(Number) as [number, number];
	return (
		a === 10 ||
		a === 127 ||
		(a === 172 && b >= 16 && b <= 31) ||
		(a === 192 && b === 168) ||
		(a === 169 && b === 254) ||
		(a === 100 && b >= 64 && b <= 127)
	);
}

function ipv4(text: string): number[] | undefined {
	const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
	if (match === null) return undefined;
	const octets = match.slice(1).map(Number);
	return octets.every((octet) => octet <= 255) ? octets : undefined;
}

function ipv6(text: string): number[] | undefined {
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const head = ipv6Groups(halves[0]!);
	const tail = halves.length === 2 ? ipv6Groups(halves[1]!) : [];
	if (head === undefined || tail === undefined) return undefined;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
	return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function ipv6Groups(text: string): number[] | undefined {
	if (text === "") return [];
	const groups: number[] = [];
	const parts = text.split(":");
	for (const [index, part] of parts.entries()) {
		if (part.includes(".")) {
			const octets = index === parts.length - 1 ? ipv4(part) : undefined;
			if (octets === undefined) return undefined;
			groups.push((octets[0]! << 8) | octets[1]!, (octets[2]! << 8) | octets[3]!);
		} else {
			if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return undefined;
			groups.push(Number.parseInt(part, 16));
		}
	}
	return groups;
}
