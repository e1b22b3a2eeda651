import type { Direction } from "../../model/flow.js";
import type { Problem } from "../../model/problem.js";

/** What the HTTP upgrade said (RFC 6455 §4). */
export interface WebSocketHandshake {
	path: string;
	host: string | undefined;
	origin: string | undefined;
	/** offered by the client, in order */
	offered: string[];
	/** chosen by the server; undefined when none or not yet seen */
	subprotocol: string | undefined;
	/** negotiated extensions, as the server wrote them */
	extensions: string | undefined;
	status: number;
}

export interface WebSocketSink {
	handshake(handshake: WebSocketHandshake): void;
	/** one whole message, unmasked, inflated: octets lent for this call. offset/length: its frames in the direction's stream */
	message(dir: Direction, binary: boolean, buf: Buffer, start: number, end: number, offset: number, length: number): void;
	/** close (with code and reason), ping, pong */
	control(dir: Direction, kind: "close" | "ping" | "pong", payload: Buffer, offset: number): void;
	/** offset: in the direction's stream */
	problem(dir: Direction, problem: Problem): void;
	/** the upgrade was refused or the octets are not WebSocket after all */
	notWebSocket(reason: string): void;
}

/** Both directions of one connection, from the GET on (or from the first frame when capture starts mid-stream). */
export interface WebSocketDecoder {
	feed(dir: Direction, buf: Buffer, start: number, end: number): void;
	gap(dir: Direction, length: number): void;
	end(dir: Direction): void;
}
