import type { Keyed } from "./keyed.js";

/** First parts of IPv4 addresses that say what kind of address it is: they stay, with the second part where that matters. */
const SPECIAL =
	/^(?:0|10|127)\.|^(?:169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^(?:22[4-9]|23\d|24\d|25[0-5])\./;
/** First groups of IPv6 addresses that do: loopback, link-local, unique local, multicast. */
const SPECIAL_6 = /^(?:fe[89ab]|f[cd]|ff)/i;
const KEPT_LABELS: ReadonlySet<string> = new Set(["localhost", "invalid", "anonymous"]);
const FIRST = range(1, 223).filter((n) => ![10, 100, 127, 169, 172, 192].includes(n));

/** A host name, an IPv4 address or an IPv6 address with or without brackets. */
export function redactHost(keyed: Keyed, host: string): string {
	if (isIPv4(host)) return redactIPv4(keyed, host);
	const bare = host.startsWith("[") ? host.slice(1, -1) : host;
	if (isIPv6(bare)) return host.replace(bare, redactIPv6(keyed, bare));
	// Label by label, so that im.example.com stays a part of example.com.
	return host
		.split(".")
		.map((label) => (KEPT_LABELS.has(label.toLowerCase()) ? label : keyed.escaped("host", label)))
		.join(".");
}

/** An address in numbers: of the same length, of the same kind (private, loopback …), never a public one for a private one. */
export function redactAddress(keyed: Keyed, address: string): string {
	return isIPv4(address) ? redactIPv4(keyed, address) : isIPv6(address) ? redactIPv6(keyed, address) : address;
}

function redactIPv4(keyed: Keyed, address: string): string {
	const kept = SPECIAL.exec(address)?.[0] ?? "";
	let out = kept.replace(/\.$/, "");
	let before = kept;
	for (const part of address.slice(kept.length).split(".")) {
		const value = Number(part);
		const [from, to] = value < 10 ? [0, 9] : value < 100 ? [10, 99] : [100, 255];
		// The last part of 127.0.0.1 and its like stays: it says which side of a test it is, and nothing more.
		const list = out === "" ? FIRST.filter((n) => n >= from && n <= to) : range(from, to);
		const made = /^(?:127|0)\./.test(kept) || !list.includes(value) ? value : keyed.choice("address", before, list, value);
		out += `${out === "" ? "" : "."}${made}`;
		before += `${part}.`;
	}
	return out;
}

function redactIPv6(keyed: Keyed, address: string): string {
	if (/^[0:]*:?1?$/.test(address)) return address;
	let before = "";
	return address
		.split(":")
		.map((group, n) => {
			const special = n === 0 && SPECIAL_6.test(group);
			const digits = group === "" || special ? group : keyed.hex("address", before.replaceAll(":", "g") + group).slice(-group.length);
			const made = isIPv4(group) ? redactIPv4(keyed, group) : digits;
			before += `${group.toLowerCase()}:`;
			return made;
		})
		.join(":");
}

function isIPv4(text: string): boolean {
	return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);
}

function isIPv6(text: string): boolean {
	return /^(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]+$/.test(text);
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
