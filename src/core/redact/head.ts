import { redactAddresses, redactPath, redactVia } from "./address.js";
import { redactHost } from "./hosts.js";
import type { Keyed } from "./keyed.js";
import { mask } from "./text.js";
import { redactIds, redactUri, URI } from "./uri.js";

type Way = (keyed: Keyed, value: string) => string;

const ids: Way = (keyed, value) => redactIds(keyed, value);
const kept: Way = (_, value) => value;
const masked: Way = (_, value) => mask(value);

/** Short forms (RFC 3261 §7.3.3 and later ones). */
const SHORT: Readonly<Record<string, string>> = {
	v: "via",
	f: "from",
	t: "to",
	m: "contact",
	i: "call-id",
	c: "content-type",
	l: "content-length",
	s: "subject",
	e: "content-encoding",
	k: "supported",
	o: "event",
	u: "allow-events",
	r: "refer-to",
	b: "referred-by",
	x: "session-expires",
	a: "accept-contact",
	j: "reject-contact",
	d: "request-disposition",
	n: "identity-info",
	y: "identity",
};

const WAYS = new Map<string, Way>();
for (const name of "from to contact route record-route path service-route p-asserted-identity p-preferred-identity p-associated-uri p-called-party-id referred-by refer-to reply-to diversion history-info remote-party-id p-asserted-service p-served-user call-info alert-info error-info cc original-to imdn-record-route imdn-route identity-info".split(
	" ",
))
	WAYS.set(name, redactAddresses);
for (const name of ["to-path", "from-path", "use-path"]) WAYS.set(name, redactPath);
WAYS.set("via", redactVia);
for (const name of "call-id in-reply-to replaces join target-dialog message-id content-id sip-etag sip-if-match session-id p-charging-vector".split(
	" ",
))
	WAYS.set(name, ids);
for (const name of "cseq max-forwards content-length expires min-expires max-expires allow supported require proxy-require unsupported event allow-events accept accept-encoding accept-language rseq rack subscription-state mime-version content-encoding content-language content-transfer-encoding timestamp date session-expires min-se byte-range success-report failure-report status request-disposition accept-contact reject-contact priority retry-after privacy user-agent server ns datetime disposition-notification content-length recv-info info-package refer-sub norefersub p-access-network-info accept-resource-priority upgrade connection sec-websocket-protocol sec-websocket-version feature-caps security-client".split(
	" ",
))
	WAYS.set(name, kept);

/** Content-Type and Content-Disposition: what names a file goes. */
const named: Way = (_, value) =>
	value.replace(/((?:file)?name\*?\s*=\s*)("(?:[^"\\]|\\.)*"|[^;\s]*)/gi, (_all, start: string, name: string) => start + mask(name));
WAYS.set("content-type", named);
WAYS.set("content-disposition", named);

/** Credentials: who and where by pseudonym, the rest masked but for what says how (RFC 3261 §20.44). */
const credentials: Way = (keyed, value) =>
	value.replace(/(\b[A-Za-z][\w-]*)(\s*=\s*)("(?:[^"\\]|\\.)*"|[^\s,]*)/g, (_, name: string, equals: string, quoted: string) => {
		const low = name.toLowerCase();
		if (["algorithm", "qop", "nc", "stale"].includes(low)) return name + equals + quoted;
		const inside = quoted.startsWith('"') ? quoted.slice(1, -1) : quoted;
		const made =
			low === "realm" || low === "domain"
				? redactHost(keyed, inside)
				: low === "username"
					? userOf(keyed, inside)
					: low === "uri"
						? redactUri(keyed, inside)
						: mask(inside);
		return name + equals + (quoted.startsWith('"') ? `"${made}"` : made);
	});
for (const name of ["authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "authentication-info"])
	WAYS.set(name, credentials);
WAYS.set("use-nickname", (keyed, value) => keyed.text("name", value));

function userOf(keyed: Keyed, text: string): string {
	const at = text.indexOf("@");
	return at < 0 ? keyed.escaped("user", text) : `${keyed.escaped("user", text.slice(0, at))}@${redactHost(keyed, text.slice(at + 1))}`;
}

/** Header rows, with their line ends and continuation lines; what no list knows is masked. */
export function redactHeaders(keyed: Keyed, text: string): string {
	return text.replace(/[^\r\n]+(?:\r?\n[ \t]+[^\r\n]*)*/g, (row) => {
		const colon = row.indexOf(":");
		// The end-line of an MSRP message without a body stands among its headers.
		if (row.startsWith("-------")) return row;
		if (colon < 0) return mask(row);
		const written = row.slice(0, colon).trim().toLowerCase();
		// CPIM names may have a prefix: imdn.Message-ID.
		const bare = written.replace(/^[a-z0-9-]+\.(?=[a-z])/, "");
		const name = SHORT[bare] ?? bare;
		return row.slice(0, colon + 1) + (WAYS.get(name) ?? masked)(keyed, row.slice(colon + 1));
	});
}

/** A request line's URI; what a status line says in words of its own is masked where it is none of the usual. */
export function redactStartLine(keyed: Keyed, line: string): string {
	if (/^SIP\/2\.0 /i.test(line))
		return line.replace(/(?<=^\S+ \d+ )[\s\S]*$/, (reason) => (/^[A-Za-z '/-]{0,40}$/.test(reason) ? reason : mask(reason)));
	if (line.startsWith("MSRP "))
		return line.replace(/(?<=^MSRP \S+ \d{3} )[\s\S]*$/, (comment) => (/^[A-Za-z '/-]{0,40}$/.test(comment) ? comment : mask(comment)));
	return line.replace(URI, (uri) => redactUri(keyed, uri));
}
