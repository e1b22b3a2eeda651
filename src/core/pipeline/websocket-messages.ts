import type { Carrier } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { decodeMsrpMessage, looksLikeMsrp, MsrpAssembler } from "../protocols/msrp/index.js";
import { decodeSipDatagram, looksLikeSip } from "../protocols/sip/index.js";
import type { PipelineContext } from "./context.js";
import { emitEvent } from "./events.js";
import { emitMsrp } from "./msrp-entries.js";
import { emitSip } from "./sip-entries.js";

/** Where and when one WebSocket message came. */
export interface MessagePlace {
	/** octets in the direction's stream */
	offset: number;
	length: number;
	began: Moment;
	at: Moment;
}

/** SIP (RFC 7118) or MSRP (RFC 7977) in WebSocket messages, one message each. */
export class WebSocketMessages {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	readonly #carrier: Carrier;
	readonly #assemblers: [MsrpAssembler | undefined, MsrpAssembler | undefined] = [undefined, undefined];
	/** what the message before was: where no sub-protocol was agreed upon, a keep-alive says nothing of it */
	#spoken: "sip" | "msrp" | undefined;
	#insecureNoted = false;

	constructor(context: PipelineContext, flow: Flow, carrier: Carrier) {
		this.#context = context;
		this.#flow = flow;
		this.#carrier = carrier;
	}

	/** One message, buf[start, end); `subprotocol` as agreed. False: it is neither SIP nor MSRP, and nothing was said about it. */
	message(dir: Direction, buf: Buffer, start: number, end: number, subprotocol: string | undefined, place: MessagePlace): boolean {
		const as = subprotocol === "sip" || subprotocol === "msrp" ? subprotocol : (sniff(buf, start, end) ?? this.#spoken);
		if (as === undefined) return false;
		this.#spoken = as;
		if (isKeepAlive(buf, start, end)) this.#keepAlive(dir, place);
		else if (as === "sip") this.#sip(dir, buf, start, end, place);
		else this.#msrp(dir, buf, start, end, place);
		return true;
	}

	/** A direction is over. */
	end(dir: Direction): void {
		const assembler = this.#assemblers[dir];
		if (assembler !== undefined && this.#context.assembling.delete(assembler)) this.#context.late(assembler.close());
	}

	#keepAlive(dir: Direction, { at, offset }: MessagePlace): void {
		emitEvent(this.#context, this.#flow, dir, this.#carrier, "keepalive", at, offset, "CRLF in a WebSocket message", {
			id: "sip.keepalive",
			offset: 0,
			length: 0,
		});
	}

	#sip(dir: Direction, buf: Buffer, start: number, end: number, place: MessagePlace): void {
		const message = decodeSipDatagram(buf, start, end, this.#carrier, this.#context.limits);
		if (message === undefined) {
			this.#unparsed(dir, place, { id: "sip.bad-start-line", offset: 0, length: end - start });
			return;
		}
		emitSip(this.#context, this.#flow, dir, this.#carrier, message, place.at, place.began, place.offset);
	}

	#msrp(dir: Direction, buf: Buffer, start: number, end: number, place: MessagePlace): void {
		const { frame, consumed } = decodeMsrpMessage(buf, start, end, this.#context.limits);
		if (frame === undefined) {
			this.#unparsed(dir, place, { id: "msrp.bad-start-line", offset: 0, length: end - start });
			return;
		}
		frame.problems ??= [];
		if (!frame.complete) frame.problems.push({ id: "ws.message-incomplete", offset: 0, length: frame.length });
		else if (consumed < end - start) {
			frame.problems.push({ id: "ws.two-messages-in-one", offset: consumed, length: end - start - consumed });
		}
		if (this.#carrier === "ws" && !this.#insecureNoted) {
			this.#insecureNoted = true;
			frame.problems.push({ id: "ws.msrp-not-secure", offset: 0, length: 0 });
		}
		this.#assemblers[dir] ??= new MsrpAssembler({ limits: this.#context.limits, budget: this.#context.contentBudget });
		emitMsrp(this.#context, this.#flow, dir, this.#carrier, frame, this.#assemblers[dir], place.at, place.began, place.offset);
	}

	#unparsed(dir: Direction, { at, offset, length }: MessagePlace, problem: Problem): void {
		emitEvent(this.#context, this.#flow, dir, this.#carrier, "unparsed", at, offset, `${length} octets that are no message`, problem);
	}
}

function sniff(buf: Buffer, start: number, end: number): "sip" | "msrp" | undefined {
	if (looksLikeMsrp(buf, start, end) === "yes") return "msrp";
	return looksLikeSip(buf, start, end) === "yes" ? "sip" : undefined;
}

function isKeepAlive(buf: Buffer, start: number, end: number): boolean {
	if (end - start !== 2 && end - start !== 4) return false;
	for (let i = start; i < end; i++) if (buf[i] !== ((i - start) % 2 === 0 ? 0x0d : 0x0a)) return false;
	return true;
}
