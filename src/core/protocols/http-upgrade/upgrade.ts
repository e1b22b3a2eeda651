import { createHash } from "node:crypto";
import { type HttpHead, listOf } from "./head.js";

/** What a client asks for (RFC 6455 §4.1). */
export interface UpgradeRequest {
	path: string;
	host: string | undefined;
	origin: string | undefined;
	key: string | undefined;
	offered: string[];
	/** GET, HTTP/1.1 and `Upgrade: websocket` */
	isWebSocket: boolean;
}

/** What a server answers (RFC 6455 §4.2.2). */
export interface UpgradeResponse {
	status: number;
	accept: string | undefined;
	/** chosen sub-protocol */
	subprotocol: string | undefined;
	/** as written */
	extensions: string | undefined;
	isWebSocket: boolean;
}

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** undefined when the start line is no request line */
export function parseUpgradeRequest({ startLine, fields }: HttpHead): UpgradeRequest | undefined {
	const match = /^([!#-'*+.0-9A-Z^-z|~-]+) (\S+) HTTP\/(\d\.\d)$/.exec(startLine);
	if (match === null) return undefined;
	return {
		path: match[2] as string,
		host: fields.get("host"),
		origin: fields.get("origin"),
		key: fields.get("sec-websocket-key"),
		offered: listOf(fields.get("sec-websocket-protocol")),
		isWebSocket: match[1] === "GET" && namesWebSocket(fields),
	};
}

/** undefined when the start line is no status line */
export function parseUpgradeResponse({ startLine, fields }: HttpHead): UpgradeResponse | undefined {
	const match = /^HTTP\/\d\.\d (\d{3})(?: |$)/.exec(startLine);
	if (match === null) return undefined;
	const status = Number(match[1]);
	return {
		status,
		accept: fields.get("sec-websocket-accept"),
		subprotocol: fields.get("sec-websocket-protocol") || undefined,
		extensions: fields.get("sec-websocket-extensions") || undefined,
		isWebSocket: status === 101 && namesWebSocket(fields),
	};
}

function namesWebSocket(fields: Map<string, string>): boolean {
	return listOf(fields.get("upgrade")).some((name) => name.toLowerCase() === "websocket");
}

/** Sec-WebSocket-Accept that belongs to a key (RFC 6455 §4.2.2 item 5.4). */
export function acceptFor(key: string): string {
	return createHash("sha1")
		.update(key + MAGIC, "latin1")
		.digest("base64");
}
