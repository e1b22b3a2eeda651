import { ReceiveBuffer } from "../../bytes/receive-buffer.js";
import type { Direction } from "../../model/flow.js";
import type { Limits } from "../../model/limits.js";
import { HeadReader, looksLikeHttpUpgrade, parseUpgradeRequest, parseUpgradeResponse } from "../http-upgrade/index.js";
import type { UpgradeRequest, UpgradeResponse } from "../http-upgrade/upgrade.js";
import { FrameReader } from "./frame-reader.js";
import { checkAgainstRequest, checkAnswer, deflateTerms, describeHandshake, type Finding } from "./handshake.js";
import { Inflater } from "./inflater.js";
import type { WebSocketDecoder, WebSocketSink } from "./types.js";

export interface WebSocketOptions {
	/** the capture may start after the handshake: accept frames without it, once three in a row are credible */
	midStream?: boolean;
}

/** client frames that are held until the 101 says which extensions are in use */
const LONGEST_WAIT = 256 << 10;

/** One direction until its frames begin. */
interface Side {
	head: HeadReader | null;
	/** octets before it is known what they are, or before frames can be read */
	held: ReceiveBuffer;
	/** octets before `held` */
	offset: number;
	frames: FrameReader | null;
}

/** One WebSocket connection: HTTP upgrade, then frames in both directions (RFC 6455, RFC 7692). */
export class WebSocketConnection implements WebSocketDecoder {
	readonly #sink: WebSocketSink;
	readonly #limits: Pick<Limits, "httpHead" | "webSocketMessage">;
	readonly #midStream: boolean;
	readonly #sides: readonly [Side, Side];
	#client: Direction | undefined;
	#request: UpgradeRequest | undefined;
	#response: UpgradeResponse | undefined;
	#over = false;

	constructor(sink: WebSocketSink, limits: Pick<Limits, "httpHead" | "webSocketMessage">, options: WebSocketOptions = {}) {
		this.#sink = sink;
		this.#limits = limits;
		this.#midStream = options.midStream === true;
		const side = (): Side => ({ head: null, held: new ReceiveBuffer(), offset: 0, frames: null });
		this.#sides = [side(), side()];
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number): void {
		if (this.#over) return;
		const side = this.#sides[dir];
		if (side.frames !== null) {
			side.frames.feed(buf, start, end);
		} else if (side.head !== null) {
			this.#head(dir, side.head, buf, start, end);
		} else {
			side.held.append(buf, start, end);
			this.#begin(dir);
		}
	}

	gap(dir: Direction, length: number): void {
		if (this.#over) return;
		const side = this.#sides[dir];
		if (side.frames === null) {
			if (!this.#midStream) {
				this.#giveUp("octets of the HTTP upgrade are missing");
				return;
			}
			side.offset += side.held.length + (side.head?.length ?? 0);
			side.head = null;
			side.held.clear();
			this.#seek(dir);
		}
		side.frames?.gap(length);
	}

	end(dir: Direction): void {
		if (!this.#over) this.#sides[dir].frames?.end();
	}

	/** The direction has held octets and it is not known, or not yet possible, to read them. */
	#begin(dir: Direction): void {
		const side = this.#sides[dir];
		const { held } = side;
		if (this.#client === dir && this.#request !== undefined) {
			if (held.length > LONGEST_WAIT) this.#giveUp("the upgrade request has no answer");
			return;
		}
		const guess = this.#couldBeStatus(held) ? "yes" : looksLikeHttpUpgrade(held.buf, held.start, held.end);
		if (guess === "maybe") return;
		if (guess === "yes") {
			side.head = new HeadReader(this.#limits.httpHead);
			const { buf, start, end } = held;
			side.held = new ReceiveBuffer();
			this.#head(dir, side.head, buf, start, end);
		} else if (this.#midStream || this.#response !== undefined) {
			this.#seek(dir);
		} else {
			this.#giveUp("no HTTP upgrade at the start");
		}
	}

	/** After a request any status line is an answer, also one that refuses. */
	#couldBeStatus(held: ReceiveBuffer): boolean {
		return this.#request !== undefined && held.length >= 7 && held.buf.toString("latin1", held.start, held.start + 7) === "HTTP/1.";
	}

	#head(dir: Direction, reader: HeadReader, buf: Buffer, start: number, end: number): void {
		const side = this.#sides[dir];
		const before = reader.length;
		const used = reader.push(buf, start, end);
		if (used < 0) this.#giveUp("the HTTP head is too long");
		if (used <= 0) return;
		side.offset += before + used;
		side.head = null;
		const head = reader.take();
		if (head.startLine.startsWith("HTTP/")) {
			const response = parseUpgradeResponse(head);
			if (response === undefined) this.#giveUp("the status line is malformed");
			else this.#answered(dir, response);
		} else {
			const request = parseUpgradeRequest(head);
			if (request === undefined) this.#giveUp("the request line is malformed");
			else this.#asked(dir, request);
		}
		if (!this.#over && used < end - start) this.feed(dir, buf, start + used, end);
	}

	#asked(dir: Direction, request: UpgradeRequest): void {
		if (!request.isWebSocket) {
			this.#giveUp("an HTTP request that asks for no WebSocket");
			return;
		}
		this.#client = dir;
		this.#request = request;
		if (this.#response === undefined) return;
		// The answer was captured first.
		this.#report(dir === 0 ? 1 : 0, checkAgainstRequest(request, this.#response));
		this.#startFrames(dir);
	}

	#answered(dir: Direction, response: UpgradeResponse): void {
		// 100 and 103 come before the answer proper (RFC 9110 §15.2).
		if (response.status < 200 && response.status !== 101) return;
		this.#client = dir === 0 ? 1 : 0;
		this.#response = response;
		this.#sink.handshake(describeHandshake(this.#request, response));
		if (response.status !== 101) {
			this.#giveUp(`the upgrade was refused with ${response.status}`);
			return;
		}
		if (!response.isWebSocket) {
			this.#giveUp("a 101 that does not switch to WebSocket");
			return;
		}
		this.#report(dir, checkAnswer(response));
		if (this.#request !== undefined) this.#report(dir, checkAgainstRequest(this.#request, response));
		this.#startFrames(dir);
		if (this.#request !== undefined) this.#startFrames(this.#client);
	}

	#startFrames(dir: Direction): FrameReader {
		const side = this.#sides[dir];
		const client = this.#client === undefined ? undefined : this.#client === dir;
		const frames = new FrameReader(dir, side.offset, client, this.#inflater(client), this.#sink, this.#limits.webSocketMessage);
		side.frames = frames;
		if (side.held.length > 0) {
			const { buf, start, end } = side.held;
			side.held = new ReceiveBuffer();
			frames.feed(buf, start, end);
		}
		return frames;
	}

	/** Frames without handshake. */
	#seek(dir: Direction): void {
		const side = this.#sides[dir];
		const { held } = side;
		side.held = new ReceiveBuffer();
		const frames = this.#startFrames(dir);
		frames.seek();
		if (held.length > 0) frames.feed(held.buf, held.start, held.end);
	}

	#inflater(client: boolean | undefined): Inflater | null {
		// Without the 101 an RSV1 can only mean permessage-deflate, and keeping context does no harm.
		if (this.#response === undefined) return new Inflater(true);
		const terms = deflateTerms(this.#response.extensions);
		if (terms === undefined) return null;
		return new Inflater(client ? terms.clientKeepsContext : terms.serverKeepsContext);
	}

	#report(server: Direction, found: Finding[]): void {
		for (const { id, detail } of found) this.#sink.problem(server, { id, offset: 0, length: this.#sides[server].offset, detail });
	}

	#giveUp(reason: string): void {
		this.#over = true;
		for (const side of this.#sides) side.held = new ReceiveBuffer();
		this.#sink.notWebSocket(reason);
	}
}
