import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import type { CloseHow, Direction, Flow, FlowSink, OpenFlow } from "../model/flow.js";
import type { DiagnosticId } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import type { LiveCapture } from "./live-capture.js";

/** What is to be said about an entry in the recording: one comment each. */
export type EntryComments = (entry: Entry) => readonly string[];

const MOST_NOTES = 64;

/**
 * Records flows while the pipeline decodes them: `tap` wraps the pipeline's `openFlow`, `entry` is told every entry. The octets
 * are given to the pipeline first, so that what it says about a message stands at the packet that completes it.
 */
export class Recorder {
	readonly #capture: LiveCapture;
	readonly #comments: EntryComments;
	/** for the packet that is being decoded */
	#current: string[] = [];
	readonly #waiting = new Map<Flow, [string[], string[]]>();

	constructor(capture: LiveCapture, comments: EntryComments) {
		this.#capture = capture;
		this.#comments = comments;
	}

	tap(open: OpenFlow): OpenFlow {
		return (flow) => {
			this.#capture.openFlow(flow);
			return new RecordedFlow(this, flow, open(flow));
		};
	}

	entry(entry: Entry): void {
		if (this.#capture.format === "pcapng") this.#current.push(...this.#comments(entry));
		else if (entry.protocol === "sip" || entry.protocol === "msrp") {
			writeMessage(this.#capture, entry, [...this.#take(entry.flow, entry.dir), ...this.#comments(entry)]);
		}
	}

	/** Something else about what is sent next in this direction: a rewriting and why, a rule that acted. */
	note(flow: Flow, dir: Direction, text: string): void {
		let notes = this.#waiting.get(flow);
		if (notes === undefined) {
			notes = [[], []];
			this.#waiting.set(flow, notes);
		}
		if (notes[dir].length < MOST_NOTES) notes[dir].push(text);
	}

	/** @internal decodes, then records; a decoder that throws loses nothing of the recording */
	data(flow: Flow, inner: FlowSink, dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		// Whatever entries came without octets since (events) have nothing that they could stand at.
		this.#current = [];
		try {
			if (inner.interested(dir)) inner.data(dir, buf, start, end, at);
		} finally {
			const comments = this.#capture.format === "pcapng" ? [...this.#take(flow, dir), ...this.#current] : [];
			this.#current = [];
			this.#capture.data(flow, dir, buf.subarray(start, end), at, comments);
		}
	}

	/** @internal */
	gap(flow: Flow, dir: Direction, length: number): void {
		this.#capture.gap(flow, dir, length);
	}

	/** @internal */
	close(flow: Flow, dir: Direction, how: CloseHow, at: Moment): void {
		if (how !== "fin") this.#waiting.delete(flow);
		this.#capture.close(flow, dir, how, at);
	}

	#take(flow: Flow, dir: Direction): string[] {
		const notes = this.#waiting.get(flow);
		if (notes === undefined || notes[dir].length === 0) return [];
		const taken = notes[dir];
		notes[dir] = [];
		if (notes[0].length + notes[1].length === 0) this.#waiting.delete(flow);
		return taken;
	}
}

/** One flow: everything goes to the pipeline's sink, and to the recorder. */
class RecordedFlow implements FlowSink {
	readonly #recorder: Recorder;
	readonly #flow: Flow;
	readonly #inner: FlowSink;

	constructor(recorder: Recorder, flow: Flow, inner: FlowSink) {
		this.#recorder = recorder;
		this.#flow = flow;
		this.#inner = inner;
	}

	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#recorder.data(this.#flow, this.#inner, dir, buf, start, end, at);
	}

	gap(dir: Direction, length: number, at: Moment): void {
		this.#inner.gap(dir, length, at);
		this.#recorder.gap(this.#flow, dir, length);
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		this.#inner.close(dir, how, at);
		this.#recorder.close(this.#flow, dir, how, at);
	}

	problem(dir: Direction, id: DiagnosticId, detail: string, at: Moment): void {
		this.#inner.problem(dir, id, detail, at);
	}

	/** The recording wants the octets of foreign protocols too. */
	interested(_dir: Direction): boolean {
		return true;
	}
}

/**
 * Writes messages alone, one after the other, as if nothing else had been on the wire: for a selection of a capture's entries.
 * Content of TLS is written as plain TCP, messages in WebSocket as WebSocket after an upgrade that is made up.
 */
export class MessageRecorder {
	readonly #capture: LiveCapture;
	readonly #comments: EntryComments;
	/** flows as they are written, by what carried the message */
	readonly #flows = new WeakMap<Flow, Map<string, Flow>>();

	constructor(capture: LiveCapture, comments: EntryComments) {
		this.#capture = capture;
		this.#comments = comments;
	}

	/** One message; what is no message has no octets to write. */
	entry(entry: Entry): void {
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
		const comments = this.#comments(entry);
		if (this.#capture.format === "exported-pdu") {
			writeMessage(this.#capture, entry, comments);
			return;
		}
		const flow = this.#flow(entry);
		const { octets, length } = keptOctets(entry);
		const missing = length - octets.length;
		const note = missing > 0 ? [`${missing} octets of this message were not kept`] : [];
		this.#capture.data(flow, entry.dir, octets, entry.at, [...comments, ...note]);
		if (missing > 0) this.#capture.gap(flow, entry.dir, missing);
	}

	#flow(entry: SipEntry | MsrpEntry): Flow {
		let flows = this.#flows.get(entry.flow);
		if (flows === undefined) {
			flows = new Map();
			this.#flows.set(entry.flow, flows);
		}
		let flow = flows.get(entry.over);
		if (flow === undefined) {
			flow = { ...entry.flow, began: entry.began };
			if (entry.over === "tls" || entry.over === "ws" || entry.over === "wss") flow.carrier = entry.over;
			flows.set(entry.over, flow);
		}
		return flow;
	}
}

function keptOctets(entry: SipEntry | MsrpEntry): { octets: Buffer; length: number } {
	const { bytes, start, end, length } = entry.protocol === "sip" ? entry.sip : entry.msrp;
	return { octets: bytes.subarray(start, end), length };
}

function writeMessage(capture: LiveCapture, entry: SipEntry | MsrpEntry, comments: readonly string[]): void {
	const { octets, length } = keptOctets(entry);
	capture.message(entry.flow, entry.dir, entry.protocol, octets, entry.at, comments, length);
}
