import { createHash } from "node:crypto";

/** A Digest challenge (RFC 7616 §3.3, RFC 8760). */
export interface Challenge {
	realm: string;
	nonce: string;
	/** as written; undefined: MD5 */
	algorithm: string | undefined;
	opaque: string | undefined;
	/** undefined: the server knows none (RFC 2069) */
	qop: "auth" | "auth-int" | undefined;
	stale: boolean;
}

const HASHES: Readonly<Record<string, string>> = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" };

/** A value of WWW-Authenticate or Proxy-Authenticate; undefined when it is no Digest challenge that can be answered. */
export function parseChallenge(value: string): Challenge | undefined {
	const params = digestParams(value);
	const nonce = params?.get("nonce");
	if (params === undefined || nonce === undefined) return undefined;
	const algorithm = params.get("algorithm");
	if (hashOf(algorithm) === undefined) return undefined;
	const offered = (params.get("qop") ?? "").split(",").map((one) => one.trim().toLowerCase());
	return {
		realm: params.get("realm") ?? "",
		nonce,
		algorithm,
		opaque: params.get("opaque"),
		qop: offered.includes("auth") ? "auth" : offered.includes("auth-int") ? "auth-int" : undefined,
		stale: params.get("stale")?.toLowerCase() === "true",
	};
}

/** The parameters of a Digest challenge or answer, names in lower case, values without quotes; undefined for other schemes. */
export function digestParams(value: string): Map<string, string> | undefined {
	const scheme = /^\s*Digest\s+/i.exec(value);
	if (scheme === null) return undefined;
	const params = new Map<string, string>();
	for (const match of value.slice(scheme[0].length).matchAll(/([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g))
		params.set(match[1]!.toLowerCase(), match[2]?.replace(/\\(.)/g, "$1") ?? match[3]!);
	return params;
}

export interface Answering {
	user: string;
	password: string;
	method: string;
	/** Request-URI of SIP, rightmost URI of the To-Path of MSRP (RFC 4976 §5.1) */
	uri: string;
	/** for qop=auth-int */
	body: Buffer;
	cnonce: string;
	/** how often this nonce has been used, this time included */
	count: number;
}

/** The value of Authorization or Proxy-Authorization that answers a challenge (RFC 7616 §3.4). */
export function answerChallenge({ realm, nonce, algorithm, opaque, qop }: Challenge, answering: Answering): string {
	const { user, password, method, uri, body, cnonce } = answering;
	const name = hashOf(algorithm) ?? "md5";
	const hash = (data: string | Buffer): string => createHash(name).update(data).digest("hex");
	const count = answering.count.toString(16).padStart(8, "0");
	const own = hash(`${user}:${realm}:${password}`);
	const secret = /-sess$/i.test(algorithm ?? "") ? hash(`${own}:${nonce}:${cnonce}`) : own;
	const asked = hash(qop === "auth-int" ? `${method}:${uri}:${hash(body)}` : `${method}:${uri}`);
	const response = hash(qop === undefined ? `${secret}:${nonce}:${asked}` : `${secret}:${nonce}:${count}:${cnonce}:${qop}:${asked}`);
	const parts = [
		`username=${quoted(user)}`,
		`realm=${quoted(realm)}`,
		`nonce=${quoted(nonce)}`,
		`uri=${quoted(uri)}`,
		`response="${response}"`,
	];
	if (algorithm !== undefined) parts.push(`algorithm=${algorithm}`);
	if (opaque !== undefined) parts.push(`opaque=${quoted(opaque)}`);
	if (qop !== undefined) parts.push(`qop=${qop}`, `nc=${count}`, `cnonce=${quoted(cnonce)}`);
	return `Digest ${parts.join(", ")}`;
}

function hashOf(algorithm = "MD5"): string | undefined {
	return HASHES[algorithm.toUpperCase().replace(/-SESS$/, "")];
}

function quoted(text: string): string {
	return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
