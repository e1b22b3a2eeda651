import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Carrier, EventEntry } from "../model/entry.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { DiagnosticId, Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { copyNow, entryBase, type PipelineContext } from "./context.js";
import { detect, type Spoken, search } from "./detect.js";
import { HepLane } from "./hep-lane.js";
import { MsrpLane } from "./msrp-lane.js";
import { SipLane } from "./sip-lane.js";
import { WebSocketLane } from "./websocket-lane.js";

/** A decoder of one protocol over both directions of a byte stream. */
export interface Lane {
	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void;
	gap(dir: Direction, length: number, at: Moment): void;
	end(dir: Direction, how: CloseHow, at: Moment): void;
}

interface Side {
	/** octets not yet given to a lane */
	held: ReceiveBuffer;
	/** octets dropped before the first held one */
	dropped: number;
	heldSince: Moment;
	gap: boolean;
	ended: CloseHow | undefined;
}

/** In how many octets of one direction a message of ours has to begin before the connection is given up as foreign. */
const LOOK = 2 << 10;
/** The same where the beginning was not seen. */
const LOOK_LONG = 16 << 10;
/** Octets that all undecided connections may hold together. */
const MOST_UNDECIDED = 32 << 20;

/**
 * Both directions of a plain byte stream (TCP, or what TLS carried): finds out by content what is spoken
 * and gives the octets to that protocol's lane.
 */
export class AppStream {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #secure: boolean;
	readonly #sides: [Side, Side] = [newSide(), newSide()];
	readonly #waiting: { dir: Direction; problem: Problem; at: Moment }[] = [];
	#lane: Lane | undefined;
	#opaque = false;

	constructor(context: PipelineContext, flow: Flow, secure: boolean) {
		this.#context = context;
		this.#flow = flow;
		this.#secure = secure;
	}

	interested(_dir: Direction): boolean {
		return !this.#opaque;
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		if (this.#opaque) return;
		if (this.#lane !== undefined) {
			this.#lane.feed(dir, buf, start, end, at);
			return;
		}
		const side = this.#sides[dir];
		if (side.held.length === 0) {
			// The usual case, decided on the first octets: nothing is copied.
			const spoken = this.#judge(buf, start, end, side);
			if (spoken !== "maybe") {
				this.#decide(spoken, dir, at);
				this.#feedLane(dir, buf, start, end, at);
				this.#releaseOther(dir, at);
				return;
			}
			side.heldSince = copyNow(at);
		}
		side.held.append(buf, start, end);
		this.#context.undecided.octets += end - start;
		const crowded = this.#context.undecided.octets > MOST_UNDECIDED;
		const spoken = this.#judge(side.held.buf, side.held.start, side.held.end, side);
		if (spoken === "maybe" && !crowded) return;
		this.#decide(spoken === "maybe" ? undefined : spoken, dir, at);
		this.#release(dir, at);
		this.#releaseOther(dir, at);
	}

	#feedLane(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#lane?.feed(dir, buf, start, end, at);
	}

	gap(dir: Direction, length: number, at: Moment): void {
		if (this.#lane !== undefined) this.#lane.gap(dir, length, at);
		else {
			const side = this.#sides[dir];
			side.dropped += side.held.length + length;
			this.#context.undecided.octets -= side.held.length;
			side.held.clear();
			side.gap = true;
		}
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		const side = this.#sides[dir];
		if (side.ended !== undefined) return;
		side.ended = how;
		if (this.#lane !== undefined) this.#lane.end(dir, how, at);
		else {
			// What is held now is all that there will ever be.
			const { held } = side;
			if (this.#announced() && held.length > 0 && !this.#opaque) {
				this.#decide(undefined, dir, at);
				this.#release(dir, at);
			} else {
				this.#context.undecided.octets -= held.length;
				held.clear();
			}
		}
	}

	transportProblem(dir: Direction, id: DiagnosticId, detail: string, at: Moment): void {
		if (this.#opaque) return;
		const problem: Problem = { id, offset: 0, length: 0, detail };
		if (this.#lane !== undefined) this.#report(dir, problem, at);
		else if (this.#waiting.length < 64) this.#waiting.push({ dir, problem, at: copyNow(at) });
	}

	#judge(buf: Buffer, start: number, end: number, side: Side): Spoken | "maybe" | undefined {
		const hint = this.#flow.protocolHint;
		if (hint === "sip" || hint === "msrp") return hint;
		const spoken = detect(buf, start, end, false);
		if (spoken !== undefined && spoken !== "maybe") return spoken;
		// The answer must not depend on how the octets were cut: always the same first octets are searched.
		const look = this.#flow.midStream || side.gap ? LOOK_LONG : LOOK;
		return search(buf, start, Math.min(end, start + look)) ?? (end - start < look ? "maybe" : undefined);
	}

	#decide(spoken: Spoken | undefined, dir: Direction, at: Moment): void {
		const carrier: Carrier = this.#flow.protocolHint !== undefined ? "exported" : this.#secure ? "tls" : "tcp";
		const announced = this.#announced();
		switch (spoken) {
			case "sip":
				this.#lane = new SipLane(this.#context, this.#flow, carrier);
				break;
			case "msrp":
				this.#lane = new MsrpLane(this.#context, this.#flow, carrier);
				break;
			case "hep":
				this.#lane = new HepLane(this.#context, this.#flow, carrier);
				break;
			case "http":
				this.#lane = new WebSocketLane(this.#context, this.#flow, this.#secure);
				break;
			default:
				if (announced) this.#lane = new MsrpLane(this.#context, this.#flow, carrier);
				else this.#opaque = true;
		}
		if (announced && spoken !== "msrp" && spoken !== undefined) {
			this.#report(
				dir,
				{ id: "msrp.foreign-protocol", offset: 0, length: 0, detail: `${spoken.toUpperCase()} where SDP announced MSRP` },
				at,
			);
		}
		if (this.#lane !== undefined) for (const { dir, problem, at } of this.#waiting) this.#report(dir, problem, at);
		this.#waiting.length = 0;
	}

	#announced(): boolean {
		const { a, b } = this.#flow;
		return this.#context.expectsMsrp(b.address, b.port) || (!this.#flow.openerKnown && this.#context.expectsMsrp(a.address, a.port));
	}

	#releaseOther(dir: Direction, at: Moment): void {
		this.#release(dir === 0 ? 1 : 0, at);
	}

	/** Gives what was held to the lane, or forgets it. */
	#release(dir: Direction, at: Moment): void {
		const side = this.#sides[dir];
		const { held } = side;
		if (this.#lane !== undefined) {
			if (side.gap) this.#lane.gap(dir, side.dropped, side.heldSince);
			if (held.length > 0) this.#lane.feed(dir, held.buf, held.start, held.end, side.heldSince);
			if (side.ended !== undefined) this.#lane.end(dir, side.ended, at);
		}
		this.#context.undecided.octets -= held.length;
		held.clear();
	}

	#report(dir: Direction, problem: Problem, at: Moment): void {
		const base = entryBase(this.#flow, dir, this.#secure ? "tls" : "tcp", at, copyNow(at), 0, 0, [problem]);
		const entry: EventEntry = { ...base, protocol: "tcp", text: problem.detail ?? "" };
		this.#context.emit(entry);
	}
}

function newSide(): Side {
	return { held: new ReceiveBuffer(), dropped: 0, heldSince: { sec: 0, nsec: 0, packet: 0 }, gap: false, ended: undefined };
}
