import { isUtf8 } from "node:buffer";
import type { Direction, Endpoint } from "../model/flow.js";
import { acceptFor } from "../protocols/http-upgrade/index.js";
import { BINARY, TEXT } from "../protocols/websocket/frame-header.js";

/** Sixteen zero octets: nobody has to be convinced by a made-up handshake. */
const KEY = Buffer.alloc(16).toString("base64");
const MSRP = Buffer.from("MSRP ");

/** The upgrade that must have gone before a WebSocket message (RFC 6455 §4), with the sub-protocol that the message speaks. */
export function upgrade(server: Endpoint, message: Uint8Array): { request: Buffer; response: Buffer } {
	const host = server.address.includes(":") ? `[${server.address}]` : server.address;
	const protocol = MSRP.equals(message.subarray(0, MSRP.length)) ? "msrp" : "sip";
	const rows = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
	const both = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Protocol: ${protocol}`];
	return {
		request: rows(["GET / HTTP/1.1", `Host: ${host}:${server.port}`, ...both, `Sec-WebSocket-Key: ${KEY}`, "Sec-WebSocket-Version: 13"]),
		response: rows(["HTTP/1.1 101 Switching Protocols", ...both, `Sec-WebSocket-Accept: ${acceptFor(KEY)}`]),
	};
}

/** One message in one frame (RFC 6455 §5.2); from the client it is masked, with a key of zeros that leaves it legible. */
export function messageFrame(dir: Direction, message: Uint8Array): Buffer {
	const { length } = message;
	const extended = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
	const header = Buffer.alloc(2 + extended + (dir === 0 ? 4 : 0));
	header[0] = 0x80 | (isUtf8(message) ? TEXT : BINARY);
	header[1] = (dir === 0 ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
	if (extended === 2) header.writeUInt16BE(length, 2);
	else if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
	return Buffer.concat([header, message]);
}
