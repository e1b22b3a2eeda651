/** RFC 3862 §2.3.1. "u" is handled apart. */
const NAMED: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", r: "\r", '"': '"', "'": "'", "\\": "\\" };
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export interface Unescaped {
	text: string;
	/** an escape that RFC 3862 does not define, or a backslash at the end, was met */
	fault: boolean;
}

/**
 * Resolves the escapes of RFC 3862 §2.3.1. \u is UCS-2, so two of them may make one character; half a pair becomes U+FFFD.
 * An unknown escape stands for the character itself, a lone backslash at the end for nothing.
 */
export function unescapeCpim(raw: string): Unescaped {
	let backslash = raw.indexOf("\\");
	if (backslash < 0) return { text: raw, fault: false };
	let text = "";
	let from = 0;
	let fault = false;
	let ucs = false;
	while (backslash >= 0) {
		text += raw.slice(from, backslash);
		const letter = raw[backslash + 1];
		from = backslash + 2;
		if (letter === undefined) {
			fault = true;
		} else if (letter === "u" && /^[0-9A-Fa-f]{4}$/.test(raw.slice(from, from + 4))) {
			text += String.fromCharCode(Number.parseInt(raw.slice(from, from + 4), 16));
			from += 4;
			ucs = true;
		} else {
			const named = NAMED[letter];
			if (named === undefined) fault = true;
			text += named ?? letter;
		}
		backslash = raw.indexOf("\\", from);
	}
	text += raw.slice(from);
	return { text: ucs ? text.replace(LONE_SURROGATE, "\ufffd") : text, fault };
}

const NON_ASCII = /[\x80-\xff]/;

/** Octets, one in each character, as UTF-8 with replacement. */
export function decodeOctets(octets: string): string {
	return NON_ASCII.test(octets) ? Buffer.from(octets, "latin1").toString("utf8") : octets;
}

/** Octets, one in each character, decoded and unescaped. */
export function octetsToValue(octets: string): string {
	return unescapeCpim(decodeOctets(octets)).text;
}
