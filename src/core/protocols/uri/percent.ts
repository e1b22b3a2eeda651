const RESERVED = ";/?:@&=+$,%";

/**
 * Text that is equal exactly for parts that RFC 3261 §19.1.4 calls equivalent: escapes of characters outside the reserved
 * set are decoded, once; escapes of reserved characters stay (upper-case hex), and octets beyond ASCII become escapes.
 */
export function canonicalEscapes(text: string): string {
	let result = text;
	if (result.includes("%")) {
		result = result.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
			const code = Number.parseInt(hex, 16);
			const char = String.fromCharCode(code);
			return code < 0x80 && !RESERVED.includes(char) ? char : escaped.toUpperCase();
		});
	}
	if (!/[^\x00-\x7f]/.test(result)) return result;
	return result.replace(/[^\x00-\x7f]+/g, (run) => {
		let escaped = "";
		for (const octet of Buffer.from(run, "utf8")) escaped += `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
		return escaped;
	});
}

/** Decodes every escape once, octets as UTF-8 with replacement; for display and for values that are opaque. */
export function unescapeOnce(text: string): string {
	if (!text.includes("%")) return text;
	const octets: Buffer[] = [];
	let from = 0;
	const escapes = /(?:%[0-9A-Fa-f]{2})+/g;
	for (let match = escapes.exec(text); match !== null; match = escapes.exec(text)) {
		octets.push(Buffer.from(text.slice(from, match.index), "utf8"), Buffer.from(match[0].replaceAll("%", ""), "hex"));
		from = match.index + match[0].length;
	}
	octets.push(Buffer.from(text.slice(from), "utf8"));
	return Buffer.concat(octets).toString("utf8");
}
