import type { Carrier } from "../model/entry.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import { MsrpAssembler, MsrpStreamDecoder } from "../protocols/msrp/index.js";
import type { Lane } from "./app-stream.js";
import { FrameClock, type PipelineContext } from "./context.js";
import { emitEvent, emitSkipped } from "./events.js";
import { emitMsrp } from "./msrp-entries.js";
import { noteCutFrame } from "./sip-lane.js";

/** MSRP over a byte stream (RFC 4975 §7). */
export class MsrpLane implements Lane {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;
	readonly #clocks: [FrameClock, FrameClock] = [new FrameClock(), new FrameClock()];
	readonly #decoders: [MsrpStreamDecoder | undefined, MsrpStreamDecoder | undefined] = [undefined, undefined];
	readonly #assemblers: [MsrpAssembler | undefined, MsrpAssembler | undefined] = [undefined, undefined];
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
		const assembler = this.#assemblers[dir];
		if (assembler !== undefined && this.#context.assembling.delete(assembler)) this.#context.late(assembler.close());
	}

	#decoder(dir: Direction): MsrpStreamDecoder {
		const existing = this.#decoders[dir];
		if (existing !== undefined) return existing;
		const context = this.#context;
		const flow = this.#flow;
		const over = this.#carrier;
		const clock = this.#clocks[dir];
		const assembler = new MsrpAssembler({ limits: context.limits, budget: context.contentBudget });
		this.#assemblers[dir] = assembler;
		const decoder = new MsrpStreamDecoder(
			{
				frame: (frame) => {
					const began = clock.began(frame.offset + frame.length);
					if (!frame.complete && this.#closing !== undefined) noteCutFrame(frame, this.#closing.how);
					emitMsrp(context, flow, dir, over, frame, assembler, clock.now, began, frame.offset);
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
