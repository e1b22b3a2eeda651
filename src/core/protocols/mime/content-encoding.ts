import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/**
 * Undoes the codings of a Content-Encoding value on buf[start, end), last applied first (RFC 3261 §20.12, RFC 9110 §8.4.1):
 * gzip, deflate (the zlib format, and the bare one that some send under this name) and identity.
 * Undefined when a coding is unknown, the octets do not decode, or the result is larger than `maxOctets`. Never throws.
 */
export function decodeContentEncoding(value: string, buf: Buffer, start: number, end: number, maxOctets: number): Buffer | undefined {
	let octets = buf.subarray(start, end);
	const codings = value.split(",").map((coding) => coding.trim().toLowerCase());
	for (const coding of codings.reverse()) {
		const decoded = decodeOne(coding, octets, maxOctets);
		if (decoded === undefined) return undefined;
		octets = decoded;
	}
	return octets;
}

function decodeOne(coding: string, octets: Buffer, maxOctets: number): Buffer | undefined {
	const options = { maxOutputLength: maxOctets };
	try {
		switch (coding) {
			case "":
			case "identity":
				return octets;
			case "gzip":
			case "x-gzip":
				return gunzipSync(octets, options);
			case "deflate":
				// The low nibble of a zlib header is the method, always 8 (RFC 1950 §2.2).
				return ((octets[0] ?? 0) & 0x0f) === 8 ? inflateSync(octets, options) : inflateRawSync(octets, options);
			default:
				return undefined;
		}
	} catch {
		return undefined;
	}
}
