/**
 * What a user sees of a message, by the two kinds of client. Own little code on purpose, not the classifier's: tests compare
 * the two, and the demo shows what the user of this client would really have seen.
 */
export type Shown = "system" | "private-system" | "group" | "private" | "ambiguous" | "one-to-one" | "unwrapped" | "unknown";

/** What this client learned on its own leg. */
export interface Learned {
	conference: boolean;
	/** Contact URIs of the focus, latest first (messages under way may still use an old one) */
	contacts: readonly string[];
	/** what was dialled, unless it is a factory */
	dialled: readonly string[];
	factory: readonly string[];
}

interface SipUri {
	scheme: string;
	user: string;
	host: string;
	port: string;
	params: ReadonlyMap<string, string>;
	headers: string;
}

function decoded(text: string): string {
	return text.replace(/%([0-9a-f]{2})/gi, (all, hex: string) => {
		const char = String.fromCharCode(Number.parseInt(hex, 16));
		return /[\w.!~*'()-]/.test(char) ? char : all.toUpperCase();
	});
}

function take(text: string): SipUri | undefined {
	const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text);
	if (scheme === null) return undefined;
	let rest = text.slice(scheme[0].length);
	const at = rest.lastIndexOf("@");
	const user = at < 0 ? "" : decoded(rest.slice(0, at));
	rest = rest.slice(at + 1);
	const question = rest.indexOf("?");
	const headers = question < 0 ? "" : rest.slice(question + 1);
	const [authority = "", ...words] = (question < 0 ? rest : rest.slice(0, question)).split(";");
	const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority);
	const params = new Map<string, string>();
	for (const word of words) {
		const [name = "", ...value] = word.split("=");
		params.set(decoded(name).toLowerCase(), decoded(value.join("=")).toLowerCase());
	}
	return { scheme: scheme[1]!.toLowerCase(), user, host: (parts?.[1] ?? authority).toLowerCase(), port: parts?.[2] ?? "", params, headers };
}

/** RFC 3261 §19.1.4. */
export function sameUri(a: string, b: string): boolean {
	const left = take(a);
	const right = take(b);
	if (left === undefined || right === undefined) return a === b;
	if (left.scheme !== right.scheme || left.user !== right.user || left.host !== right.host || left.port !== right.port) return false;
	if (left.headers !== right.headers) return false;
	for (const name of new Set([...left.params.keys(), ...right.params.keys()])) {
		const both = left.params.has(name) && right.params.has(name);
		if (both && left.params.get(name) !== right.params.get(name)) return false;
		if (!both && /^(?:user|ttl|method|maddr)$/.test(name)) return false;
	}
	return true;
}

/** The URI parameter isfocus (change request 7.1.3.3). */
export function hasIsfocus(uri: string): boolean {
	const params = take(uri)?.params;
	return params?.has("isfocus") === true && !/^(?:false|0)$/.test(params.get("isfocus") ?? "");
}

/** `identities`: compares From and To with what it knows of the room; `isfocus`: looks for the parameter. */
export function judge(kind: "identities" | "isfocus", from: string | undefined, to: readonly string[], learned: Learned): Shown {
	const conference = learned.conference || hasIsfocus(from ?? "") || to.some(hasIsfocus);
	if (!conference) return "one-to-one";
	const known = [...learned.contacts, ...learned.dialled];
	const isRoom = (uri: string): boolean => (kind === "isfocus" ? hasIsfocus(uri) : known.some((one) => sameUri(uri, one)));
	if (from === undefined || to.length === 0) return "unknown";
	const rooms = to.filter(isRoom).length;
	if (rooms > 0 && rooms < to.length) return "ambiguous";
	const all = rooms > 0;
	if (!all && to.length === 1 && learned.factory.some((one) => sameUri(to[0]!, one))) return "unknown";
	if (isRoom(from)) return all ? "system" : "private-system";
	return all ? "group" : "private";
}
