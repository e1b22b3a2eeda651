import { createHash } from "node:crypto";
import { parseUri } from "../../core/protocols/uri/index.js";

export interface Challenge {
	realm: string;
	nonce: string;
	algorithm: "MD5" | "SHA-256";
}

/** Value of WWW-Authenticate (RFC 7616 §3.3). */
export function challengeHeader({ realm, nonce, algorithm }: Challenge): string {
	return `Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"`;
}

/** Reads a challenge; undefined when it is none that `answerHeader` can answer. */
export function parseChallenge(value: string | undefined): Challenge | undefined {
	if (value === undefined || !/^digest\s/i.test(value)) return undefined;
	const fields = digestFields(value);
	const algorithm = (fields.get("algorithm") ?? "MD5").toUpperCase();
	const nonce = fields.get("nonce");
	if (nonce === undefined || (algorithm !== "MD5" && algorithm !== "SHA-256")) return undefined;
	return { realm: fields.get("realm") ?? "", nonce, algorithm };
}

/** Value of Authorization (RFC 7616 §3.4). */
export function answerHeader(challenge: Challenge, user: string, password: string, method: string, uri: string, cnonce: string): string {
	const response = digestOf(challenge, user, password, method, uri, "00000001", cnonce);
	return `Digest username="${user}", realm="${challenge.realm}", nonce="${challenge.nonce}", uri="${uri}", response="${response}", algorithm=${challenge.algorithm}, cnonce="${cnonce}", qop=auth, nc=00000001`;
}

/** The user that an Authorization header proves; undefined when it proves none. `passwordOf` knows users by their name. */
export function verify(
	value: string | undefined,
	challenge: Challenge,
	method: string,
	passwordOf: (user: string) => string | undefined,
): string | undefined {
	if (value === undefined || !/^digest\s/i.test(value)) return undefined;
	const fields = digestFields(value);
	const user = fields.get("username");
	const password = user === undefined ? undefined : passwordOf(user);
	if (user === undefined || password === undefined || fields.get("nonce") !== challenge.nonce) return undefined;
	const expected = digestOf(challenge, user, password, method, fields.get("uri") ?? "", fields.get("nc") ?? "", fields.get("cnonce") ?? "");
	return fields.get("response")?.toLowerCase() === expected ? user : undefined;
}

function digestOf(challenge: Challenge, user: string, password: string, method: string, uri: string, nc: string, cnonce: string): string {
	const hash = (text: string): string =>
		createHash(challenge.algorithm === "MD5" ? "md5" : "sha256")
			.update(text)
			.digest("hex");
	const a1 = hash(`${user}:${challenge.realm}:${password}`);
	return hash(`${a1}:${challenge.nonce}:${nc}:${cnonce}:auth:${hash(`${method}:${uri}`)}`);
}

function digestFields(value: string): Map<string, string> {
	const fields = new Map<string, string>();
	for (const match of value.matchAll(/([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi))
		fields.set(match[1]!.toLowerCase(), match[2]?.replace(/\\(.)/g, "$1") ?? match[3]!);
	return fields;
}

/** The user part of an address, which is the user name of its credentials. */
export function userOf(uri: string): string {
	return parseUri(uri).user ?? uri;
}
