import { parseIpv4, parseIpv6 } from "../../protocols/uri/ip.js";

/** An address, or all that share its first `bits`. */
export interface AddressBlock {
	family: 4 | 6;
	first: bigint;
	last: bigint;
}

/** "192.0.2.1", "192.0.2.0/24", "2001:db8::/32"; undefined when the text is none. */
export function addressBlock(text: string): AddressBlock | undefined {
	const slash = text.indexOf("/");
	const value = addressValue(slash < 0 ? text : text.slice(0, slash));
	if (value === undefined) return undefined;
	const width = value.family === 4 ? 32 : 128;
	const bits = slash < 0 ? width : /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1;
	if (bits < 0 || bits > width) return undefined;
	const size = 1n << BigInt(width - bits);
	const first = (value.value / size) * size;
	return { family: value.family, first, last: first + size - 1n };
}

/** The number that an address is; undefined when the text is none. */
export function addressValue(text: string): { family: 4 | 6; value: bigint } | undefined {
	const v4 = parseIpv4(text);
	if (v4 >= 0) return { family: 4, value: BigInt(v4) };
	const groups = parseIpv6(text.replace(/%.*$/s, ""));
	if (groups === undefined) return undefined;
	return { family: 6, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n) };
}
