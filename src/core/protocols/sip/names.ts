/** Compact header names: RFC 3261 §7.3.3 and the registry (RFC 3515, 3841, 3892, 4028, 4474, 6665). */
const COMPACT: Readonly<Record<string, string>> = {
	a: "accept-contact",
	b: "referred-by",
	c: "content-type",
	d: "request-disposition",
	e: "content-encoding",
	f: "from",
	i: "call-id",
	j: "reject-contact",
	k: "supported",
	l: "content-length",
	m: "contact",
	n: "identity-info",
	o: "event",
	r: "refer-to",
	s: "subject",
	t: "to",
	u: "allow-events",
	v: "via",
	x: "session-expires",
	y: "identity",
};

const COMPACT_CODE = new Map(Object.entries(COMPACT).map(([letter, name]) => [name, letter.charCodeAt(0)]));

/** Code of the lower-case letter that is the compact form of this lower-case long name; 0 when it has none. */
export function compactCode(key: string): number {
	return COMPACT_CODE.get(key) ?? 0;
}

/** Lower-case long form of a header name in any spelling. */
export function headerKey(name: string): string {
	const lower = name.toLowerCase();
	return lower.length === 1 ? (COMPACT[lower] ?? lower) : lower;
}

/**
 * Headers whose rows combine with commas and whose values split at them (RFC 3261 §7.3.1, §20 and the RFCs that define
 * the extensions). Credentials and challenges hold commas but do not combine; unknown headers are opaque.
 */
const LISTS: ReadonlySet<string> = new Set([
	"accept",
	"accept-contact",
	"accept-encoding",
	"accept-language",
	"accept-resource-priority",
	"alert-info",
	"allow",
	"allow-events",
	"call-info",
	"contact",
	"content-encoding",
	"content-language",
	"diversion",
	"error-info",
	"feature-caps",
	"geolocation",
	"history-info",
	"in-reply-to",
	"p-asserted-identity",
	"p-associated-uri",
	"p-early-media",
	"p-preferred-identity",
	"path",
	"permission-missing",
	"proxy-require",
	"reason",
	"record-route",
	"recv-info",
	"reject-contact",
	"request-disposition",
	"require",
	"resource-priority",
	"route",
	"security-client",
	"security-server",
	"security-verify",
	"service-route",
	"supported",
	"trigger-consent",
	"unsupported",
	"via",
	"warning",
]);

export function isListHeader(key: string): boolean {
	return LISTS.has(key);
}

/** text[start, start + key.length) is `key` (lower case) in any case. */
export function sameName(text: string, start: number, key: string): boolean {
	for (let i = 0; i < key.length; i++) {
		const code = text.charCodeAt(start + i);
		const wanted = key.charCodeAt(i);
		if (code !== wanted && !(wanted >= 97 && wanted <= 122 && code === wanted - 32)) return false;
	}
	return true;
}
