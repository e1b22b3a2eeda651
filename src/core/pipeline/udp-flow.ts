import type { Carrier } from "../model/entry.js";
import type { CloseHow, Direction, Flow, FlowSink } from "../model/flow.js";
import type { DiagnosticId } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { looksLikeHep } from "../protocols/hep/decode.js";
import { decodeSipDatagram, looksLikeSip } from "../protocols/sip/index.js";
import { copyNow, type PipelineContext } from "./context.js";
import { emitEvent } from "./events.js";
import { emitSip } from "./sip-entries.js";

/** SIP over UDP: one datagram, one message (RFC 3261 §18). Each datagram is judged for itself, whatever its port. */
export class UdpFlow implements FlowSink {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;

	constructor(context: PipelineContext, flow: Flow) {
		this.#context = context;
		this.#flow = flow;
		this.#carrier = flow.protocolHint === undefined ? "udp" : "exported";
	}

	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		// RTP, STUN and DNS are told apart by their first octet; only a letter can begin a SIP start line.
		if (end - start < 12 || buf[start]! < 0x21 || buf[start]! > 0x7e) return;
		if (looksLikeHep(buf, start, end)) {
			const problem = this.#context.hep.packet(buf, start, end, at);
			if (problem !== undefined) {
				emitEvent(
					this.#context,
					this.#flow,
					dir,
					this.#carrier,
					"unparsed",
					at,
					0,
					`${end - start} octets of a damaged HEP packet`,
					problem,
				);
			}
			return;
		}
		if (looksLikeSip(buf, start, end) === "no") return;
		const message = decodeSipDatagram(buf, start, end, this.#carrier, this.#context.limits);
		if (message !== undefined) emitSip(this.#context, this.#flow, dir, this.#carrier, message, at, copyNow(at), 0);
	}

	gap(_dir: Direction, _length: number, _at: Moment): void {}
	close(_dir: Direction, _how: CloseHow, _at: Moment): void {}
	problem(_dir: Direction, _id: DiagnosticId, _detail: string, _at: Moment): void {}

	interested(_dir: Direction): boolean {
		return true;
	}
}
