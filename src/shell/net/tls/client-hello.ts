import { type ClientHello, parseClientHello } from "../../../core/protocols/tls/hello.js";
import { looksLikeTls } from "../../../core/protocols/tls/index.js";

const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
/** A ClientHello that is longer than this is not looked into. */
export const LONGEST_HELLO = 64 << 10;

/** The ClientHello at the start of a stream: "maybe" when octets are missing, undefined when there is none. */
export function clientHello(octets: Buffer): ClientHello | "maybe" | undefined {
	const guess = looksLikeTls(octets, 0, octets.length);
	if (guess === "no" || (octets.length > 0 && octets[0] !== HANDSHAKE)) return undefined;
	if (guess === "maybe") return "maybe";
	if (octets.length > RECORD_HEADER && octets[RECORD_HEADER] !== CLIENT_HELLO) return undefined;
	const body: Buffer[] = [];
	let length = 0;
	for (let at = 0; at + RECORD_HEADER <= octets.length && octets[at] === HANDSHAKE; ) {
		const end = at + RECORD_HEADER + octets.readUInt16BE(at + 3);
		body.push(octets.subarray(at + RECORD_HEADER, Math.min(end, octets.length)));
		length += body.at(-1)!.length;
		at = end;
	}
	const message = Buffer.concat(body, length);
	if (message.length < HANDSHAKE_HEADER) return "maybe";
	const end = HANDSHAKE_HEADER + message.readUIntBE(1, 3);
	if (end > LONGEST_HELLO) return undefined;
	return message.length < end ? "maybe" : parseClientHello(message, HANDSHAKE_HEADER, end);
}
