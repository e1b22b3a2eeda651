import { createHash, randomBytes } from "node:crypto";

/** Makes the tokens of a peer: tags, branches, Call-IDs, session-ids, Message-IDs. */
export interface Ids {
	/** `length` letters and digits (at most 32), never the same twice */
	token(length: number): string;
}

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

function spell(octets: Buffer, length: number): string {
	let text = "";
	for (let i = 0; i < length; i++) text += LETTERS[octets[i]! & 31];
	return text;
}

/** Unguessable ones, as RFC 3261 §19.3 and RFC 4975 §14.1 ask for. */
export function randomIds(): Ids {
	return { token: (length) => spell(randomBytes(length), length) };
}

/** The same ones in every run, for scripts whose output must not change. Guessable: for loopback only. */
export function countedIds(seed: string): Ids {
	let count = 0;
	return { token: (length) => spell(createHash("sha256").update(`${seed} ${count++}`).digest(), length) };
}
