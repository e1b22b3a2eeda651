import type { CloseHow, Direction, Flow, FlowSink } from "../model/flow.js";
import type { DiagnosticId } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { copyNow, type PipelineContext } from "./context.js";
import { WebSocketMessages } from "./websocket-messages.js";

/** A flow of which every call is one WebSocket message: WebSocket ended at the live proxy. */
export class MessageFlow implements FlowSink {
	readonly #messages: WebSocketMessages;
	readonly #offsets: [number, number] = [0, 0];

	constructor(context: PipelineContext, flow: Flow, carrier: "ws" | "wss") {
		this.#messages = new WebSocketMessages(context, flow, carrier);
	}

	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		const place = { offset: this.#offsets[dir], length: end - start, began: copyNow(at), at };
		this.#offsets[dir] += end - start;
		this.#messages.message(dir, buf, start, end, undefined, place);
	}

	gap(dir: Direction, length: number, _at: Moment): void {
		this.#offsets[dir] += length;
	}

	close(dir: Direction, how: CloseHow, _at: Moment): void {
		this.#messages.end(dir);
		if (how !== "fin") this.#messages.end(dir === 0 ? 1 : 0);
	}

	problem(_dir: Direction, _id: DiagnosticId, _detail: string, _at: Moment): void {}

	interested(_dir: Direction): boolean {
		return true;
	}
}
