import type { Direction } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import { cseq, type SipMessage, topVia } from "../protocols/sip/index.js";
import { FifoMap } from "../session/bounded.js";
import { msrpHeadOf } from "./mend-msrp.js";
import { sipMessageOf } from "./mend-sip.js";

/** Messages of one kind that are remembered at once, per direction. */
const MOST = 1024;

/** What is to become of a message that belongs to a transaction of our own: it stops here, perhaps with an answer. */
export interface Stopped {
	/** goes back to where the message came from */
	answer?: Buffer;
	/** why, for a finding; undefined: nothing was lost */
	reason?: string;
}

/**
 * Transactions of one connection in which an end of it has no part, because the tool put the request or the response there, and
 * answers that a stage wants lost. What belongs to them stops here.
 */
export class OwnTransactions {
	/** by the direction that the message comes in: its key and why it stops */
	readonly #stops = [new FifoMap<string, Stopped>(MOST), new FifoMap<string, Stopped>(MOST)] as const;
	readonly #limits: Limits;

	constructor(limits: Limits) {
		this.#limits = limits;
	}

	/** Messages of that direction have to be looked at. */
	waits(dir: Direction): boolean {
		return this.#stops[dir].size > 0;
	}

	/**
	 * The tool put this message into `dir`. The response to a request is then nobody's; of a final SIP response the request may come
	 * again (RFC 3261 §17.2), and its ACK, neither of which the other end knows anything of.
	 */
	put(dir: Direction, octets: Buffer): void {
		const comes = dir === 0 ? 1 : 0;
		const stops = this.#stops[comes];
		const frame = octets.toString("latin1", 0, 5) === "MSRP " ? msrpHeadOf(octets, this.#limits) : undefined;
		if (frame !== undefined) {
			if (frame.kind === "request") stops.set(`msrp response ${frame.transactionId}`, {});
			return;
		}
		const message = sipMessageOf(octets, this.#limits);
		if (message === undefined) return;
		if (message.kind === "request") stops.set(sipKey("response", message), {});
		else if (message.status >= 200) {
			stops.set(sipKey("request", message), { answer: octets });
			if (message.method === "INVITE") stops.set(ackKey(message), {});
		}
	}

	/** What the other end says about this message, which comes in `dir`, is to be lost. */
	swallow(dir: Direction, message: SipMessage | MsrpFrame, what: { responses?: boolean; reports?: boolean }, reason: string): void {
		const stops = this.#stops[dir === 0 ? 1 : 0];
		if (!("transactionId" in message)) {
			if (what.responses) stops.set(sipKey("response", message), { reason });
			return;
		}
		if (what.responses) stops.set(`msrp response ${message.transactionId}`, { reason });
		if (what.reports && message.messageId !== undefined) stops.set(`msrp report ${message.messageId}`, { reason });
	}

	/** Does the message stop here? */
	meet(dir: Direction, message: SipMessage | MsrpFrame): Stopped | undefined {
		const stops = this.#stops[dir];
		if (stops.size === 0) return undefined;
		if (!("transactionId" in message)) {
			return stops.get(message.method === "ACK" ? ackKey(message) : sipKey(message.kind, message));
		}
		if (message.kind === "request") return message.method === "REPORT" ? stops.get(`msrp report ${message.messageId}`) : undefined;
		const key = `msrp response ${message.transactionId}`;
		const stopped = stops.get(key);
		// There is one response to a request; a later one with that transaction id is to another.
		stops.delete(key);
		return stopped;
	}
}

function sipKey(kind: "request" | "response", message: SipMessage): string {
	return `${kind} ${topVia(message)?.branch ?? ""} ${message.method}`;
}

/** The ACK to a 2xx has a branch of its own, the others have the INVITE's (RFC 3261 §17.1.1.3): Call-ID and CSeq tell both. */
function ackKey(message: SipMessage): string {
	return `ack ${message.get("call-id") ?? ""} ${cseq(message)?.number ?? ""}`;
}
