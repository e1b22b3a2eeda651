import { answerChallenge, digestParams } from "../../replay/digest.js";

/** Who may use the relay. */
export interface RelayUser {
	user: string;
	password: string;
}

/** Value of WWW-Authenticate (RFC 4976 §5.1, RFC 7616 §3.3). */
export function challengeOf(realm: string, nonce: string): string {
	return `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`;
}

/** Does this value of Authorization answer the challenge? */
export function proves(value: string | undefined, { user, password }: RelayUser, realm: string, nonce: string): boolean {
	const given = value === undefined ? undefined : digestParams(value);
	const response = given?.get("response");
	if (given === undefined || response === undefined) return false;
	if (given.get("username") !== user || given.get("nonce") !== nonce || given.get("realm") !== realm) return false;
	const challenge = {
		realm,
		nonce,
		algorithm: "MD5",
		opaque: undefined,
		qop: given.has("qop") ? ("auth" as const) : undefined,
		stale: false,
	};
	const count = Number.parseInt(given.get("nc") ?? "0", 16);
	const cnonce = given.get("cnonce") ?? "";
	const right = answerChallenge(challenge, {
		user,
		password,
		method: "AUTH",
		uri: given.get("uri") ?? "",
		body: Buffer.alloc(0),
		cnonce,
		count: Number.isSafeInteger(count) ? count : 0,
	});
	return digestParams(right)?.get("response") === response.toLowerCase();
}
