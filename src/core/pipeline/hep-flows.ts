import type { Direction, Flow, FlowSink } from "../model/flow.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { decodeHep, type HepPacket } from "../protocols/hep/decode.js";
import { copyNow, type PipelineContext } from "./context.js";

/** How many conversations one HEP feed may hold open; the oldest goes first. */
const MOST = 10_000;

interface Open {
	flow: Flow;
	sink: FlowSink;
}

/**
 * Unpacks HEP3: each packet is one application message that an agent saw elsewhere, with addresses and time of its own.
 * Each pair of endpoints becomes a flow, as if it had been captured here.
 */
export class HepFlows {
	readonly #context: PipelineContext;
	readonly #open = new Map<string, Open>();

	constructor(context: PipelineContext) {
		this.#context = context;
	}

	/** One HEP packet buf[start, end); a problem when it is damaged. */
	packet(buf: Buffer, start: number, end: number, at: Moment): Problem | undefined {
		const hep = decodeHep(buf, start, end);
		if (hep === undefined) return undefined;
		if ("id" in hep) return hep;
		const hint = buf.toString("latin1", hep.start, Math.min(hep.end, hep.start + 5)) === "MSRP " ? "msrp" : "sip";
		const when = hep.sec === undefined ? at : { sec: hep.sec, nsec: hep.nsec, packet: at.packet };
		const { open, dir } = this.#flow(hep, hint, when);
		open.sink.data(dir, buf, hep.start, hep.end, when);
		return undefined;
	}

	#flow(hep: HepPacket, hint: "sip" | "msrp", at: Moment): { open: Open; dir: Direction } {
		const from = `${hep.from.address}|${hep.from.port}`;
		const to = `${hep.to.address}|${hep.to.port}`;
		const forward = this.#open.get(`${hint} ${from} ${to}`);
		if (forward !== undefined) return { open: forward, dir: 0 };
		const back = this.#open.get(`${hint} ${to} ${from}`);
		if (back !== undefined) return { open: back, dir: 1 };
		const flow: Flow = {
			id: this.#context.nextFlowId(),
			// MSRP needs a stream decoder; a SIP message of an agent is whole and by itself, like a datagram.
			transport: hint === "msrp" ? "tcp" : "udp",
			a: hep.from,
			b: hep.to,
			openerKnown: false,
			midStream: true,
			tunnels: ["hep"],
			began: copyNow(at),
			protocolHint: hint,
		};
		const open = { flow, sink: this.#context.openFlow(flow) };
		this.#open.set(`${hint} ${from} ${to}`, open);
		if (this.#open.size > MOST) {
			const [oldest, gone] = this.#open.entries().next().value as [string, Open];
			this.#open.delete(oldest);
			gone.sink.close(0, "idle", at);
		}
		return { open, dir: 0 };
	}
}
