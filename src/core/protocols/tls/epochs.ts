import type { Epoch } from "./connection-keys.js";
import type { Half } from "./half.js";
import type { Handshake } from "./handshake.js";
import type { RecordCipher } from "./record-cipher.js";

/** The cipher of the present epoch, from its start; null while plain or without its secret. */
export function present(half: Half, handshake: Handshake): RecordCipher | null {
	if (half.epoch === "plain") return null;
	return handshake.keys?.cipher(handshake.role(half.dir), half.epoch) ?? null;
}

/** The keys that come after the present ones in this direction. */
export function upcoming(half: Half, handshake: Handshake): [Epoch, RecordCipher | null] {
	const { keys } = handshake;
	const role = handshake.role(half.dir);
	if (keys === undefined) return ["plain", null];
	if (!keys.tls13) return ["application", half.epoch === "plain" ? keys.cipher(role, "application") : null];
	if (half.epoch === "early") return ["handshake", keys.cipher(role, "handshake")];
	if (half.epoch === "handshake") return ["application", keys.cipher(role, "application")];
	return ["application", half.cipher?.next() ?? null];
}
