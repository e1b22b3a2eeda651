import type { Carrier } from "../model/entry.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import { SipStreamDecoder } from "../protocols/sip/index.js";
import type { Lane } from "./app-stream.js";
import { FrameClock, type PipelineContext } from "./context.js";
import { emitEvent, emitSkipped } from "./events.js";
import { emitSip } from "./sip-entries.js";

/** SIP over a byte stream: TCP or TLS (RFC 3261 §18.3). */
export class SipLane implements Lane {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;
	readonly #clocks: [FrameClock, FrameClock] = [new FrameClock(), new FrameClock()];
	readonly #decoders: [SipStreamDecoder | undefined, SipStreamDecoder | undefined] = [undefined, undefined];
	/** octets of the last frame, per direction, that are not yet reported: a close inside them is worth a word */
	#closing: { how: CloseHow } | undefined;

	constructor(context: PipelineContext, flow: Flow, carrier: Carrier) {
		this.#context = context;
		this.#flow = flow;
		this.#carrier = carrier;
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#clocks[dir].feeding(end - start, at);
		this.#decoder(dir).feed(buf, start, end);
	}

	gap(dir: Direction, length: number, at: Moment): void {
		this.#clocks[dir].feeding(length, at);
		this.#decoder(dir).gap(length);
	}

	end(dir: Direction, how: CloseHow, at: Moment): void {
		const decoder = this.#decoders[dir];
		if (decoder === undefined) return;
		this.#clocks[dir].feeding(0, at);
		this.#closing = { how };
		decoder.end();
		this.#closing = undefined;
	}

	#decoder(dir: Direction): SipStreamDecoder {
		const existing = this.#decoders[dir];
		if (existing !== undefined) return existing;
		const context = this.#context;
		const flow = this.#flow;
		const over = this.#carrier;
		const clock = this.#clocks[dir];
		const decoder = new SipStreamDecoder(
			{
				message: (message) => {
					const began = clock.began(message.offset + message.length);
					if (!message.complete && this.#closing !== undefined) noteCutFrame(message, this.#closing.how);
					emitSip(context, flow, dir, over, message, clock.now, began, message.offset);
				},
				keepalive: (kind, offset, count) => {
					clock.began(offset + count * (kind === "ping" ? 4 : 2));
					emitEvent(context, flow, dir, over, "keepalive", clock.now, offset, `${kind}${count > 1 ? ` x${count}` : ""}`, {
						id: "sip.keepalive",
						offset: 0,
						length: 0,
					});
				},
				skipped: (offset, length) => {
					clock.began(offset + length);
					emitSkipped(context, flow, dir, over, clock.now, offset, length);
				},
				problem: (problem) =>
					emitEvent(context, flow, dir, over, "unparsed", clock.now, problem.offset, problem.detail ?? "", { ...problem, offset: 0 }),
			},
			{ limits: context.limits, midStream: flow.midStream },
		);
		this.#decoders[dir] = decoder;
		return decoder;
	}
}

/** A frame that the end of its connection cut off. */
export function noteCutFrame(frame: { problems: import("../model/problem.js").Problem[] | null; length: number }, how: CloseHow): void {
	if (how !== "fin" && how !== "rst") return;
	frame.problems ??= [];
	frame.problems.push({ id: how === "rst" ? "tcp.reset-mid-frame" : "tcp.fin-mid-frame", offset: frame.length, length: 0 });
}
