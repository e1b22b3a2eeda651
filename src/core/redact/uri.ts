import { redactHost } from "./hosts.js";
import type { Keyed } from "./keyed.js";

/** A URI with a host, or of a telephone number or a mailbox; ends where a header would go on. */
export const URI = /(?:sips?|msrps?|im|pres|mailto|xmpp|wss?|https?|ftp|tel|urn|data|cid):[^\s<>"\\]*/i;

/** Users that are services, and by which clients tell what a session is. */
const SERVICE = /factory|^anonymous$/i;
/** Parameters that say nothing about persons; their values stay. */
const PLAIN_PARAMS: ReadonlySet<string> = new Set(
	"transport lr isfocus method user ttl expires q rport ob comp keep reg-id phone-context sigcomp-id tcp text application video audio message automata class mobility duplex actor events schemes extensions methods index cause reason retry-after id retry version charset boundary".split(
		" ",
	),
);
const HOST_PARAMS: ReadonlySet<string> = new Set(["received", "maddr"]);

/** A URI: scheme, port and what it asks of a client stay; user, host and whatever may name somebody do not. */
export function redactUri(keyed: Keyed, uri: string): string {
	const [, scheme = "", rest = ""] = /^([A-Za-z]+):([\s\S]*)$/.exec(uri) ?? [];
	const low = scheme.toLowerCase();
	if (scheme === "") return keyed.text("id", uri);
	if (low === "tel") {
		const [number = "", ...params] = rest.split(";");
		return `tel:${keyed.escaped("user", number)}${redactParams(keyed, params.map((one) => `;${one}`).join(""))}`.replace(/^tel/, scheme);
	}
	if (low === "urn" || low === "data" || low === "cid")
		return `${scheme}:${keyed.text("id", rest).replace(/^.*?:/, () => /^.*?:/.exec(rest)?.[0] ?? "")}`;
	const slashes = rest.startsWith("//") ? "//" : "";
	const [, user, host = "", more = ""] = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:;?/,]*)([\s\S]*)$/.exec(rest.slice(slashes.length)) ?? [];
	return `${scheme}:${slashes}${user === undefined ? "" : `${redactUser(keyed, user)}@`}${redactHost(keyed, host)}${redactRest(keyed, more)}`;
}

/** The user part, with a password and parameters of the user that may stand in it. */
export function redactUser(keyed: Keyed, user: string): string {
	return user
		.split(/([;:])/)
		.map((part) => (SERVICE.test(part) || /^isfocus$/i.test(part) ? part : keyed.escaped("user", part)))
		.join("");
}

/** Port, path, parameters and headers of a URI. */
function redactRest(keyed: Keyed, rest: string): string {
	const [, port = "", path = "", params = "", headers = ""] = /^(:\d*)?(\/[^;?]*)?([^?]*)([\s\S]*)$/.exec(rest) ?? [];
	return port + keyed.escaped("id", path) + redactParams(keyed, params) + redactHeaders(keyed, headers);
}

function redactHeaders(keyed: Keyed, text: string): string {
	return text.replace(/([?&][^=&]*=)([^&]*)/g, (_, name: string, value: string) => name + keyed.escaped("id", value));
}

/** ";name=value" rows behind a URI or a header value. */
export function redactParams(keyed: Keyed, text: string): string {
	return text.replace(
		/(;\s*)([^;=,\s]+)(\s*=\s*)?("(?:[^"\\]|\\.)*"|[^;,]*)?/g,
		(_, start: string, name: string, equals = "", value = "") => {
			const low = name.toLowerCase();
			if (equals === "") return start + name + value;
			if (PLAIN_PARAMS.has(low) || low.startsWith("+g.") || low.startsWith("+sip.ice")) return start + name + equals + value;
			if (HOST_PARAMS.has(low)) return start + name + equals + redactHost(keyed, value);
			return start + name + equals + redactIds(keyed, value);
		},
	);
}

/** Identifiers made by machines: they may hold addresses, names and hosts. */
export function redactIds(keyed: Keyed, text: string): string {
	return text
		.split(/(z9hG4bK|\d{1,3}(?:\.\d{1,3}){3}|[@"<>\s])/)
		.map((part) =>
			/^z9hG4bK$/i.test(part) ? part : /^\d{1,3}(?:\.\d{1,3}){3}$/.test(part) ? redactHost(keyed, part) : keyed.escaped("id", part),
		)
		.join("");
}
