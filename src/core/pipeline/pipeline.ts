import { Classifier, type ClassifierOptions } from "../classify/classifier.js";
import { LinkLayer } from "../link/index.js";
import type { Entry, EventEntry } from "../model/entry.js";
import type { CloseHow, Direction, Flow, FlowSink } from "../model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { CaptureInterface, Packet } from "../model/packet.js";
import type { Problem } from "../model/problem.js";
import { type Moment, seconds } from "../model/time.js";
import { ContentBudget, type MsrpAssembler } from "../protocols/msrp/index.js";
import { createKeyLog } from "../protocols/tls/index.js";
import type { KeyLog } from "../protocols/tls/types.js";
import { marksOf } from "../record/leg-name.js";
import { SessionTables } from "../session/index.js";
import type { PipelineContext } from "./context.js";
import { emitEvent } from "./events.js";
import { HepFlows } from "./hep-flows.js";
import { MessageFlow } from "./message-flow.js";
import { TcpFlow } from "./tcp-flow.js";
import { UdpFlow } from "./udp-flow.js";

export interface PipelineOptions {
	limits?: Partial<Limits>;
	/** TLS secrets; more may be added while the pipeline runs */
	keyLog?: KeyLog;
	/** interfaces of the capture, by number: our own recordings say there which leg a flow is */
	interfaces?: readonly CaptureInterface[];
	/** classify messages: what clients of each kind make of them */
	classify?: Omit<ClassifierOptions, "limits">;
	/** every message, in order; its octets are lent for the call: `entry.sip.retain()` / `entry.msrp.retain()` keeps them */
	onEntry(entry: Entry): void;
	/** a finding about an entry that was delivered before (a time-out, a missing answer) */
	onLate?(entryNumber: number, problem: Problem): void;
}

/**
 * The one pipeline of live proxy, offline analysis and replay: packets or flow octets in, entries out.
 * Pure and synchronous; time comes only from the input.
 */
export class Pipeline {
	readonly limits: Limits;
	readonly keyLog: KeyLog;
	readonly sessions: SessionTables;
	readonly link: LinkLayer;
	readonly #options: PipelineOptions;
	readonly #context: PipelineContext;
	#entries = 0;
	#flows = 0;
	#nextTick = 0;
	/** moment of the last packet: the end of what is known */
	readonly #last: Moment = { sec: 0, nsec: 0, packet: 0 };
	/** interface of the last packet */
	#interface = 0;
	readonly #assembling = new Set<MsrpAssembler>();
	readonly #classifier: Classifier | undefined;

	constructor(options: PipelineOptions) {
		this.#options = options;
		this.limits = { ...DEFAULT_LIMITS, ...options.limits };
		this.keyLog = options.keyLog ?? createKeyLog();
		this.sessions = new SessionTables(this.limits);
		this.#classifier = options.classify === undefined ? undefined : new Classifier({ ...options.classify, limits: this.limits });
		this.link = new LinkLayer({ limits: this.limits, openFlow: (flow) => this.openFlow(this.#marked(flow)) });
		const context: Omit<PipelineContext, "hep"> = {
			limits: this.limits,
			keyLog: this.keyLog,
			expectsMsrp: (address, port) => this.sessions.expectsMsrp(address, port),
			emit: (entry) => this.#emit(entry),
			nextEntry: () => this.#entries + 1,
			late: (findings) => this.#late(findings),
			assembling: this.#assembling,
			contentBudget: new ContentBudget(),
			undecided: { octets: 0 },
			openFlow: (flow) => this.openFlow(flow),
			nextFlowId: () => --this.#flows,
		};
		this.#context = Object.assign(context, { hep: new HepFlows(context as PipelineContext) });
	}

	/** Entries delivered so far. */
	get entries(): number {
		return this.#entries;
	}

	/** One captured packet, in file order. */
	packet(packet: Packet): void {
		this.#last.sec = packet.sec;
		this.#last.nsec = packet.nsec;
		this.#last.packet = packet.number;
		this.#interface = packet.interfaceId;
		this.link.packet(packet);
	}

	/** A flow whose octets come from elsewhere than captured packets (live proxy, replay, exported PDUs). */
	openFlow(flow: Flow): FlowSink {
		if (flow.transport === "tcp" && flow.protocolHint === undefined) this.sessions.openFlow(flow);
		return new WatchedFlow(
			this.#decoder(flow),
			(how, at) => this.#late(this.sessions.closeFlow(flow, how, at)),
			(dir, id, detail, at) =>
				this.event(flow, dir, flow.transport === "udp" ? "unparsed" : "tcp", detail, at, { id, offset: 0, length: 0, detail }),
		);
	}

	/** Tells what happened to a flow beside its octets, at the live proxy for example: an entry of its own. */
	event(flow: Flow, dir: Direction, protocol: EventEntry["protocol"], text: string, at: Moment, problem?: Problem): void {
		const carrier = flow.carrier ?? (flow.transport === "udp" ? "udp" : "tcp");
		emitEvent(this.#context, flow, dir, carrier, protocol, at, 0, text, problem);
	}

	/** Time has passed without traffic: lets time-outs fire. */
	advance(now: Moment): void {
		this.#late(this.sessions.advance(now));
		for (const assembler of this.#assembling) {
			this.#late(assembler.advance(now));
			if (assembler.open === 0) this.#assembling.delete(assembler);
		}
	}

	/** The input is over: closes what is open and reports what was still expected. */
	finish(): void {
		this.link.finish();
		this.#late(this.#last.packet === 0 ? this.sessions.finish() : this.sessions.finish(this.#last));
	}

	#decoder(flow: Flow): FlowSink {
		if (flow.carrier === "ws" || flow.carrier === "wss") return new MessageFlow(this.#context, flow, flow.carrier);
		return flow.transport === "udp" ? new UdpFlow(this.#context, flow) : new TcpFlow(this.#context, flow);
	}

	#marked(flow: Flow): Flow {
		const source = this.#options.interfaces?.[this.#interface];
		return source === undefined ? flow : Object.assign(flow, marksOf(source));
	}

	#emit(entry: Entry): void {
		entry.number = ++this.#entries;
		const late = this.sessions.entry(entry);
		if (this.#classifier !== undefined) entry.verdict = this.#classifier.entry(entry);
		entry.flow.annotate?.(entry);
		this.#options.onEntry(entry);
		this.#late(late);
		const now = seconds(entry.at);
		if (now >= this.#nextTick) {
			this.#nextTick = now + 1;
			this.advance(entry.at);
		}
	}

	#late(findings: readonly { entry: number; problem: Problem }[]): void {
		for (const { entry, problem } of findings) this.#options.onLate?.(entry, problem);
	}
}

/** Tells the session tables when a flow is over. */
class WatchedFlow implements FlowSink {
	readonly #inner: FlowSink;
	readonly #closed: (how: CloseHow, at: Moment) => void;
	readonly #said: FlowSink["problem"];
	#directions = 0;

	constructor(inner: FlowSink, closed: (how: CloseHow, at: Moment) => void, said: FlowSink["problem"]) {
		this.#inner = inner;
		this.#said = said;
		this.#closed = closed;
	}

	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#inner.data(dir, buf, start, end, at);
	}

	gap(dir: Direction, length: number, at: Moment): void {
		this.#inner.gap(dir, length, at);
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		this.#inner.close(dir, how, at);
		const before = this.#directions;
		this.#directions |= how === "fin" ? 1 << dir : 3;
		if (this.#directions === 3 && before !== 3) this.#closed(how, at);
	}

	problem(dir: Direction, id: Problem["id"], detail: string, at: Moment): void {
		// What the transport shows waits until it is clear whether the flow is of interest; what befalls the flow is said at once.
		if (id.startsWith("tcp.") || id.startsWith("ip.")) this.#inner.problem(dir, id, detail, at);
		else this.#said(dir, id, detail, at);
	}

	interested(dir: Direction): boolean {
		return this.#inner.interested(dir);
	}
}
