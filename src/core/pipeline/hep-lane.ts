import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Carrier } from "../model/entry.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import { hepLength, hepPrefix } from "../protocols/hep/decode.js";
import type { Lane } from "./app-stream.js";
import type { PipelineContext } from "./context.js";
import { emitEvent, emitSkipped } from "./events.js";

const HEADER = 6;

interface Side {
	readonly held: ReceiveBuffer;
	/** stream offset of the first held octet */
	offset: number;
	/** octets before it that belong to no packet */
	skipped: number;
}

/** HEP3 over a byte stream: packet after packet, each with its own length (HEP3 rev 37). */
export class HepLane implements Lane {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;
	readonly #sides: [Side, Side] = [newSide(), newSide()];

	constructor(context: PipelineContext, flow: Flow, carrier: Carrier) {
		this.#context = context;
		this.#flow = flow;
		this.#carrier = carrier;
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		const side = this.#sides[dir];
		const { held } = side;
		held.append(buf, start, end);
		for (;;) {
			const prefix = hepPrefix(held.buf, held.start, held.end);
			if (prefix === "no") {
				// Damaged: the next packet begins where its four letters stand.
				side.skipped++;
				this.#consume(side, 1);
				continue;
			}
			if (held.length < HEADER) return;
			const length = hepLength(held.buf, held.start);
			if (length < HEADER) {
				side.skipped++;
				this.#consume(side, 1);
				continue;
			}
			if (held.length < length) return;
			this.#report(side, dir, at);
			this.#packet(side, dir, length, at);
			this.#consume(side, length);
		}
	}

	gap(dir: Direction, length: number, at: Moment): void {
		const side = this.#sides[dir];
		side.skipped += side.held.length;
		this.#consume(side, side.held.length);
		this.#report(side, dir, at);
		side.offset += length;
	}

	end(dir: Direction, _how: CloseHow, at: Moment): void {
		this.gap(dir, 0, at);
	}

	#packet(side: Side, dir: Direction, length: number, at: Moment): void {
		const { held, offset } = side;
		const problem = this.#context.hep.packet(held.buf, held.start, held.start + length, at);
		if (problem === undefined) return;
		emitEvent(this.#context, this.#flow, dir, this.#carrier, "unparsed", at, offset, `${length} octets of a damaged HEP packet`, problem);
	}

	#consume(side: Side, octets: number): void {
		side.held.consume(octets);
		side.offset += octets;
	}

	#report(side: Side, dir: Direction, at: Moment): void {
		if (side.skipped === 0) return;
		emitSkipped(this.#context, this.#flow, dir, this.#carrier, at, side.offset - side.skipped, side.skipped);
		side.skipped = 0;
	}
}

function newSide(): Side {
	return { held: new ReceiveBuffer(), offset: 0, skipped: 0 };
}
