import { constants, createDeflateRaw, type DeflateRaw } from "node:zlib";
import type { Direction } from "../../src/core/model/flow.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import type { DiagnosticId } from "../../src/core/model/problem.js";
import { WebSocketConnection, type WebSocketHandshake, type WebSocketOptions } from "../../src/core/protocols/websocket/index.js";

export interface FrameOptions {
	fin?: boolean;
	rsv?: number;
	opcode?: number;
	mask?: Buffer | null;
	/** octets of the length field, to write it longer than need be */
	lengthOctets?: 0 | 2 | 8;
}

export const MASK = Buffer.from("37fa213d", "hex");

export function frame(payload: string | Buffer, options: FrameOptions = {}): Buffer {
	const body = Buffer.from(payload);
	const { fin = true, rsv = 0, opcode = 1, mask = null } = options;
	const octets = options.lengthOctets ?? (body.length < 126 ? 0 : body.length < 65536 ? 2 : 8);
	const head = Buffer.alloc(2 + octets);
	head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
	head[1] = (mask ? 0x80 : 0) | (octets === 0 ? body.length : octets === 2 ? 126 : 127);
	if (octets === 2) head.writeUInt16BE(body.length, 2);
	if (octets === 8) head.writeBigUInt64BE(BigInt(body.length), 2);
	if (mask === null) return Buffer.concat([head, body]);
	for (let i = 0; i < body.length; i++) body[i] = body[i]! ^ mask[i & 3]!;
	return Buffer.concat([head, mask, body]);
}

export const client = (payload: string | Buffer, options: FrameOptions = {}) => frame(payload, { mask: MASK, ...options });

export function request(protocol = "sip", extra = ""): Buffer {
	return Buffer.from(
		`GET /chat HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://example.com\r\n` +
			`Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${protocol}\r\n${extra}\r\n`,
	);
}

export function response(protocol = "sip", extra = "", accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="): Buffer {
	return Buffer.from(
		`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
			`${protocol === "" ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`}${extra}\r\n`,
	);
}

export type Input = [Direction, Buffer | { gap: number } | "end"];

export interface Event {
	dir: Direction;
	what: string;
	offset: number;
	length?: number;
}

export interface Observed {
	handshakes: WebSocketHandshake[];
	messages: Event[];
	controls: Event[];
	problems: { dir: Direction; id: DiagnosticId; offset: number; detail: string | undefined }[];
	ids: DiagnosticId[];
	refused: string[];
}

export function observe(
	input: Input[],
	options: WebSocketOptions = {},
	cut: (data: Buffer) => Buffer[] = (data) => [data],
	limits = {},
): Observed {
	const seen: Observed = { handshakes: [], messages: [], controls: [], problems: [], ids: [], refused: [] };
	const connection = new WebSocketConnection(
		{
			handshake: (handshake) => seen.handshakes.push(handshake),
			message: (dir, binary, buf, start, end, offset, length) =>
				seen.messages.push({ dir, what: `${binary ? "binary" : "text"} ${buf.toString("latin1", start, end)}`, offset, length }),
			control: (dir, kind, payload, offset) => seen.controls.push({ dir, what: `${kind} ${payload.toString("latin1")}`, offset }),
			problem: (dir, { id, offset, detail }) => {
				seen.problems.push({ dir, id, offset, detail });
				seen.ids.push(id);
			},
			notWebSocket: (reason) => seen.refused.push(reason),
		},
		{ ...DEFAULT_LIMITS, ...limits },
		options,
	);
	for (const [dir, what] of input) {
		if (what === "end") connection.end(dir);
		else if (!Buffer.isBuffer(what)) connection.gap(dir, what.gap);
		else {
			for (const piece of cut(what)) {
				const lent = Buffer.from(piece);
				connection.feed(dir, lent, 0, lent.length);
				lent.fill(0xee);
			}
		}
	}
	return seen;
}

export const byOctet = (data: Buffer) => Array.from({ length: data.length }, (_, i) => data.subarray(i, i + 1));

/** A sender of permessage-deflate (RFC 7692 §7.2.1). */
export class Deflater {
	#stream: DeflateRaw;
	constructor(
		readonly keepContext: boolean,
		readonly windowBits = 15,
	) {
		this.#stream = createDeflateRaw({ windowBits });
	}
	message(text: string | Buffer): Promise<Buffer> {
		if (!this.keepContext) this.#stream = createDeflateRaw({ windowBits: this.windowBits });
		const chunks: Buffer[] = [];
		const collect = (chunk: Buffer) => chunks.push(chunk);
		this.#stream.on("data", collect);
		return new Promise((done) => {
			this.#stream.write(text);
			this.#stream.flush(constants.Z_SYNC_FLUSH, () => {
				this.#stream.off("data", collect);
				done(Buffer.concat(chunks).subarray(0, -4));
			});
		});
	}
}
