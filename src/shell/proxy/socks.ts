import type { Socket } from "node:net";
import { ipv4At, ipv6At } from "../../core/bytes/ip-text.js";
import { take } from "../net/peek.js";
import type { Target } from "./hop.js";

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const NOTHING_ACCEPTABLE = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
const HOST_UNREACHABLE = 4;
const COMMAND_NOT_SUPPORTED = 7;
const ADDRESS_NOT_SUPPORTED = 8;
const LONGEST = 512;

/** RFC 1928 §6: what went wrong with the target */
const REPLIES: Readonly<Record<string, number>> = { ENETUNREACH: 3, EHOSTUNREACH: 4, ENOTFOUND: 4, ETIMEDOUT: 4, ECONNREFUSED: 5 };

/** A client that did not keep to the protocol it began with; it was answered as the protocol has it where it has an answer. */
export class NegotiationError extends Error {}

/** Whether a stream begins with a SOCKS5 greeting (RFC 1928 §3). */
export function looksLikeSocks(octets: Buffer): "yes" | "no" | "maybe" {
	if (octets[0] !== VERSION) return octets.length === 0 ? "maybe" : "no";
	if (octets.length < 2) return "maybe";
	return octets[1]! > 0 && octets[1]! < 16 ? "yes" : "no";
}

/**
 * Reads greeting and request of a SOCKS5 client, RFC 1928; only CONNECT without authentication.
 * The answer to the request is still owed: `socksReply`.
 *
 * @throws NegotiationError
 */
export async function socksRequest(socket: Socket, timeout: number): Promise<Target> {
	const limits = { most: LONGEST, timeout };
	const greeting = await take(socket, (octets) => (octets.length < 2 ? undefined : 2 + octets[1]!), limits);
	if (greeting === undefined || greeting[0] !== VERSION) throw new NegotiationError("no SOCKS5 greeting");
	if (!greeting.subarray(2).includes(NO_AUTHENTICATION)) {
		socket.end(Buffer.from([VERSION, NOTHING_ACCEPTABLE]));
		throw new NegotiationError("the SOCKS5 client insists on authentication, which there is none of");
	}
	socket.write(Buffer.from([VERSION, NO_AUTHENTICATION]));
	const request = await take(socket, requestLength, limits);
	if (request === undefined || request[0] !== VERSION) throw new NegotiationError("no SOCKS5 request");
	const type = request[3];
	if (request[1] !== CONNECT) refuse(socket, COMMAND_NOT_SUPPORTED, "only CONNECT of SOCKS5 is supported");
	if (type !== IPV4 && type !== IPV6 && type !== NAME) refuse(socket, ADDRESS_NOT_SUPPORTED, `SOCKS5 address type ${type} is unknown`);
	// Without a name one would end up on this machine.
	if (type === NAME && request[4] === 0) refuse(socket, HOST_UNREACHABLE, "the SOCKS5 request names no host");
	const port = request.readUInt16BE(request.length - 2);
	const host = type === IPV4 ? ipv4At(request, 4) : type === IPV6 ? ipv6At(request, 4) : request.toString("latin1", 5, request.length - 2);
	return { scheme: "auto", host, port };
}

/** Tells a SOCKS5 client what became of its request: an error code of the system, or success. */
export function socksReply(code: string | undefined): Buffer {
	const reply = code === undefined ? 0 : (REPLIES[code] ?? 1);
	return Buffer.from([VERSION, reply, 0, IPV4, 0, 0, 0, 0, 0, 0]);
}

function refuse(socket: Socket, reply: number, why: string): never {
	const answer = socksReply(undefined);
	answer[1] = reply;
	socket.end(answer);
	throw new NegotiationError(why);
}

function requestLength(octets: Buffer): number | undefined {
	if (octets.length < 5) return undefined;
	switch (octets[3]) {
		case IPV4:
			return 10;
		case IPV6:
			return 22;
		case NAME:
			return 7 + octets[4]!;
		default:
			return octets.length;
	}
}
