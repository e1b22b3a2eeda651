import type { Entry } from "../model/entry.js";
import type { CloseHow, Direction, Flow, FlowSink, OpenFlow } from "../model/flow.js";
import type { DiagnosticId } from "../model/problem.js";
import type { Rewriting } from "../model/rewriting.js";
import type { Moment } from "../model/time.js";

/** Messages under way whose rewriting still waits for its entry; more are not annotated. */
const MOST = 1024;

/**
 * One leg of a connection towards the pipeline: is told the octets of both directions as they pass here, and writes on the
 * entries that come of them what became of the message. A decoder that fails is left out from then on; nothing else is lost.
 */
export class Leg {
	readonly flow: Flow;
	/** the last entry that came of the octets told last; undefined when there was none */
	last: Entry | undefined;
	/** octets told, by direction */
	readonly told: [number, number] = [0, 0];
	readonly #sink: FlowSink;
	/** by stream offset of the message */
	readonly #expected: [Map<number, Rewriting> | undefined, Map<number, Rewriting> | undefined] = [undefined, undefined];
	readonly #onEntry: ((entry: Entry) => void) | undefined;
	/** every call of `data` is one message */
	readonly #messages: boolean;
	#current: Rewriting | undefined;
	#dead = false;

	constructor(flow: Flow, openFlow: OpenFlow, onEntry?: (entry: Entry) => void) {
		this.flow = flow;
		this.#onEntry = onEntry;
		this.#messages = flow.transport === "udp" || flow.carrier === "ws" || flow.carrier === "wss";
		flow.annotate = (entry) => this.#annotate(entry);
		this.#sink = openFlow(flow);
	}

	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.told[dir] += end - start;
		this.last = undefined;
		if (this.#dead || !this.#sink.interested(dir)) return;
		try {
			this.#sink.data(dir, buf, start, end, at);
			this.#current = undefined;
		} catch (error) {
			this.#dead = true;
			const words = error instanceof Error ? error.message : String(error);
			this.problem(dir, "proxy.decoder-fault", `decoder failed (${words}): the octets of this leg pass unseen`, at);
		}
	}

	/** The message that is told next, or of which the beginning is told next, was changed like that. */
	expect(dir: Direction, rewriting: Rewriting): void {
		if (this.#messages) {
			this.#current = rewriting;
			return;
		}
		this.#expected[dir] ??= new Map();
		const waiting = this.#expected[dir];
		if (waiting.size < MOST) waiting.set(this.told[dir], rewriting);
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		if (this.#dead) return;
		try {
			this.#sink.close(dir, how, at);
		} catch {
			this.#dead = true;
		}
	}

	problem(dir: Direction, id: DiagnosticId, detail: string, at: Moment): void {
		try {
			this.#sink.problem(dir, id, detail, at);
		} catch {
			this.#dead = true;
		}
	}

	#annotate(entry: Entry): void {
		this.last = entry;
		const waiting = this.#expected[entry.dir];
		const message = entry.protocol === "sip" || entry.protocol === "msrp";
		if (message && this.#current !== undefined) {
			entry.rewritten = this.#current;
			this.#current = undefined;
		} else if (message && waiting !== undefined && waiting.size > 0) {
			for (const [offset, rewriting] of waiting) {
				if (offset > entry.offset) break;
				waiting.delete(offset);
				if (offset === entry.offset) entry.rewritten = rewriting;
			}
		}
		this.#onEntry?.(entry);
	}
}
