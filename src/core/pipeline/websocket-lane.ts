import type { Carrier } from "../model/entry.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { decodeMsrpMessage, looksLikeMsrp, MsrpAssembler } from "../protocols/msrp/index.js";
import { decodeSipDatagram, looksLikeSip } from "../protocols/sip/index.js";
import { WebSocketConnection } from "../protocols/websocket/index.js";
import type { WebSocketHandshake } from "../protocols/websocket/types.js";
import type { Lane } from "./app-stream.js";
import { copyNow, type PipelineContext } from "./context.js";
import { emitEvent } from "./events.js";
import { emitMsrp } from "./msrp-entries.js";
import { emitSip } from "./sip-entries.js";

/** SIP (RFC 7118) or MSRP (RFC 7977) in WebSocket messages, one message each. */
export class WebSocketLane implements Lane {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;
	readonly #connection: WebSocketConnection;
	readonly #assemblers: [MsrpAssembler | undefined, MsrpAssembler | undefined] = [undefined, undefined];
	#at: Moment = { sec: 0, nsec: 0, packet: 0 };
	#began: [Moment | undefined, Moment | undefined] = [undefined, undefined];
	#subprotocol: string | undefined;
	/** nothing of ours was seen in it, so its findings are nobody's business here */
	#ours = false;
	#over = false;
	#insecureNoted = false;

	constructor(context: PipelineContext, flow: Flow, secure: boolean) {
		this.#context = context;
		this.#flow = flow;
		this.#carrier = secure ? "wss" : "ws";
		this.#connection = new WebSocketConnection(
			{
				handshake: (handshake) => this.#handshake(handshake),
				message: (dir, _binary, buf, start, end, offset, length) => this.#message(dir, buf, start, end, offset, length),
				control: (dir, kind, payload, offset) => {
					if (this.#ours) this.#event(dir, offset, describeControl(kind, payload));
				},
				problem: (dir, problem) => {
					if (this.#ours) this.#event(dir, problem.offset, problem.detail ?? "", problem);
				},
				notWebSocket: () => {
					this.#over = true;
				},
			},
			context.limits,
		);
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		if (this.#over) return;
		this.#at = at;
		this.#began[dir] ??= copyNow(at);
		this.#connection.feed(dir, buf, start, end);
	}

	gap(dir: Direction, length: number, at: Moment): void {
		if (this.#over) return;
		this.#at = at;
		this.#connection.gap(dir, length);
	}

	end(dir: Direction, _how: CloseHow, at: Moment): void {
		if (this.#over) return;
		this.#at = at;
		this.#connection.end(dir);
		const assembler = this.#assemblers[dir];
		if (assembler !== undefined && this.#context.assembling.delete(assembler)) this.#context.late(assembler.close());
	}

	#handshake(handshake: WebSocketHandshake): void {
		const { subprotocol, offered } = handshake;
		this.#subprotocol = subprotocol;
		this.#ours = [subprotocol, ...offered].some((name) => name === "sip" || name === "msrp");
		if (!this.#ours) return;
		const chosen = subprotocol === undefined ? "no sub-protocol" : `sub-protocol ${subprotocol}`;
		emitEvent(
			this.#context,
			this.#flow,
			1,
			this.#carrier,
			"websocket",
			this.#at,
			0,
			`${handshake.status} ${handshake.path}, ${chosen}${handshake.extensions === undefined ? "" : `, ${handshake.extensions}`}`,
			undefined,
			{ handshake },
		);
	}

	#message(dir: Direction, buf: Buffer, start: number, end: number, offset: number, length: number): void {
		const began = this.#began[dir] ?? copyNow(this.#at);
		this.#began[dir] = copyNow(this.#at);
		const as = this.#subprotocol === "sip" || this.#subprotocol === "msrp" ? this.#subprotocol : sniff(buf, start, end);
		if (as === undefined) return;
		this.#ours = true;
		if (isKeepAlive(buf, start, end)) {
			emitEvent(this.#context, this.#flow, dir, this.#carrier, "keepalive", this.#at, offset, "CRLF in a WebSocket message", {
				id: "sip.keepalive",
				offset: 0,
				length: 0,
			});
		} else if (as === "sip") this.#sip(dir, buf, start, end, offset, length, began);
		else this.#msrp(dir, buf, start, end, offset, length, began);
	}

	#sip(dir: Direction, buf: Buffer, start: number, end: number, offset: number, length: number, began: Moment): void {
		const message = decodeSipDatagram(buf, start, end, this.#carrier, this.#context.limits);
		if (message === undefined) {
			this.#unparsed(dir, offset, length, { id: "sip.bad-start-line", offset: 0, length: end - start });
			return;
		}
		emitSip(this.#context, this.#flow, dir, this.#carrier, message, this.#at, began, offset);
	}

	#msrp(dir: Direction, buf: Buffer, start: number, end: number, offset: number, length: number, began: Moment): void {
		const { frame, consumed } = decodeMsrpMessage(buf, start, end, this.#context.limits);
		if (frame === undefined) {
			this.#unparsed(dir, offset, length, { id: "msrp.bad-start-line", offset: 0, length: end - start });
			return;
		}
		frame.problems ??= [];
		if (!frame.complete) frame.problems.push({ id: "ws.message-incomplete", offset: 0, length: frame.length });
		else if (consumed < end - start) {
			frame.problems.push({ id: "ws.two-messages-in-one", offset: consumed, length: end - start - consumed });
		}
		if (this.#carrier === "ws" && !this.#insecureNoted) {
			this.#insecureNoted = true;
			frame.problems.push({ id: "ws.msrp-not-secure", offset: 0, length: 0 });
		}
		this.#assemblers[dir] ??= new MsrpAssembler({ limits: this.#context.limits, budget: this.#context.contentBudget });
		emitMsrp(this.#context, this.#flow, dir, this.#carrier, frame, this.#assemblers[dir], this.#at, began, offset);
	}

	#unparsed(dir: Direction, offset: number, length: number, problem: Problem): void {
		emitEvent(this.#context, this.#flow, dir, this.#carrier, "unparsed", this.#at, offset, `${length} octets that are no message`, problem);
	}

	#event(dir: Direction, offset: number, text: string, problem?: Problem): void {
		emitEvent(this.#context, this.#flow, dir, this.#carrier, "websocket", this.#at, offset, text, problem);
	}
}

function sniff(buf: Buffer, start: number, end: number): "sip" | "msrp" | undefined {
	if (looksLikeMsrp(buf, start, end) === "yes") return "msrp";
	return looksLikeSip(buf, start, end) === "yes" ? "sip" : undefined;
}

function isKeepAlive(buf: Buffer, start: number, end: number): boolean {
	if (end - start !== 2 && end - start !== 4) return false;
	for (let i = start; i < end; i++) if (buf[i] !== ((i - start) % 2 === 0 ? 0x0d : 0x0a)) return false;
	return true;
}

function describeControl(kind: "close" | "ping" | "pong", payload: Buffer): string {
	if (kind !== "close") return kind;
	if (payload.length < 2) return "close";
	const reason = payload.toString("utf8", 2);
	return `close ${payload.readUInt16BE(0)}${reason === "" ? "" : ` ${reason}`}`;
}
