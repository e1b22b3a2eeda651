import type { Socket } from "node:net";
import { take } from "../net/peek.js";
import type { Target } from "./hop.js";
import { NegotiationError } from "./socks.js";

const METHOD = "CONNECT ";
const LONGEST = 16 << 10;
const END = Buffer.from("\r\n\r\n");

/** Whether a stream begins with an HTTP CONNECT request. */
export function looksLikeConnect(octets: Buffer): "yes" | "no" | "maybe" {
	const start = octets.toString("latin1", 0, Math.min(octets.length, METHOD.length));
	if (!METHOD.startsWith(start)) return "no";
	return start.length === METHOD.length ? "yes" : "maybe";
}

/**
 * Reads the request of an HTTP proxy client (RFC 9110 §9.3.6). The answer is still owed: `connectReply`.
 *
 * @throws NegotiationError
 */
export async function connectRequest(socket: Socket, timeout: number): Promise<Target> {
	const length = (octets: Buffer): number | undefined => {
		const end = octets.indexOf(END);
		return end < 0 ? undefined : end + END.length;
	};
	const head = await take(socket, length, { most: LONGEST, timeout });
	const line = head?.toString("latin1", 0, head.indexOf("\r\n")) ?? "";
	const parts = /^CONNECT (?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5}) HTTP\/1\.[01]$/i.exec(line);
	const port = Number(parts?.[3]);
	if (parts === null || port < 1 || port > 65535) {
		if (head !== undefined) socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
		throw new NegotiationError("no HTTP CONNECT request with a host and a port");
	}
	return { scheme: "auto", host: parts[1] ?? parts[2]!, port };
}

/** What the client is told: an error code of the system, or success. */
export function connectReply(code: string | undefined): Buffer {
	if (code === undefined) return Buffer.from("HTTP/1.1 200 Connection established\r\n\r\n");
	const status = code === "ETIMEDOUT" ? "504 Gateway Timeout" : "502 Bad Gateway";
	return Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
