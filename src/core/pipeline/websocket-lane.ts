import type { Carrier } from "../model/entry.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { WebSocketConnection } from "../protocols/websocket/index.js";
import type { WebSocketHandshake } from "../protocols/websocket/types.js";
import type { Lane } from "./app-stream.js";
import { copyNow, type PipelineContext } from "./context.js";
import { emitEvent } from "./events.js";
import { WebSocketMessages } from "./websocket-messages.js";

/** SIP (RFC 7118) or MSRP (RFC 7977) in WebSocket messages, one message each. */
export class WebSocketLane implements Lane {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;
	readonly #connection: WebSocketConnection;
	readonly #messages: WebSocketMessages;
	#at: Moment = { sec: 0, nsec: 0, packet: 0 };
	#began: [Moment | undefined, Moment | undefined] = [undefined, undefined];
	#subprotocol: string | undefined;
	/** nothing of ours was seen in it, so its findings are nobody's business here */
	#ours = false;
	#over = false;

	constructor(context: PipelineContext, flow: Flow, secure: boolean) {
		this.#context = context;
		this.#flow = flow;
		this.#carrier = secure ? "wss" : "ws";
		this.#messages = new WebSocketMessages(context, flow, this.#carrier);
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
		this.#messages.end(dir);
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
		const place = { offset, length, began, at: this.#at };
		if (this.#messages.message(dir, buf, start, end, this.#subprotocol, place)) this.#ours = true;
	}

	#event(dir: Direction, offset: number, text: string, problem?: Problem): void {
		emitEvent(this.#context, this.#flow, dir, this.#carrier, "websocket", this.#at, offset, text, problem);
	}
}

function describeControl(kind: "close" | "ping" | "pong", payload: Buffer): string {
	if (kind !== "close") return kind;
	if (payload.length < 2) return "close";
	const reason = payload.toString("utf8", 2);
	return `close ${payload.readUInt16BE(0)}${reason === "" ? "" : ` ${reason}`}`;
}
