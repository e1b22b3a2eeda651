import { topVia } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import type { Link } from "../../shell/net/links/link.js";
import { type Body, type HeaderRow, reasonPhrase, sipResponse } from "../wire/sip.js";
import { Repeater, type SipTimers } from "./timers.js";

export interface Response {
	reason?: string;
	headers?: readonly HeaderRow[];
	body?: Body | undefined;
}

/** One request that we received (RFC 3261 §17.2; for INVITE also the repetition of 2xx, §13.3.1.4). */
export class ServerTransaction {
	/** To tag of our responses */
	readonly tag: string;
	/** INVITE only: it was cancelled before its final response; 487 has been sent */
	onCancel: () => void = () => {};
	/** INVITE only: the final response was acknowledged */
	onAck: (ack: SipMessage) => void = () => {};
	/** INVITE only: the 2xx was never acknowledged */
	onUnacknowledged: () => void = () => {};
	readonly #vias: readonly string[];
	readonly #ended: () => void;
	#last: Buffer | undefined;
	#status = 0;
	#repeater: Repeater | undefined;
	#linger: NodeJS.Timeout | undefined;

	constructor(
		readonly link: Link,
		readonly request: SipMessage,
		tag: string,
		readonly timers: SipTimers,
		readonly headers: readonly HeaderRow[],
		ended: () => void,
	) {
		this.tag = tag;
		this.#ended = ended;
		this.#vias = stampedVias(request, link);
	}

	/** the final response; 0 before */
	get status(): number {
		return this.#status;
	}

	respond(status: number, response: Response = {}): void {
		if (this.#status >= 200) return;
		const octets = sipResponse(this.request, status, response.reason ?? reasonPhrase(status), {
			via: this.#vias,
			toTag: status === 100 ? undefined : this.tag,
			headers: [...(response.headers ?? []), ...this.headers],
			body: response.body,
		});
		this.#last = octets;
		this.link.send(octets);
		if (status < 200) return;
		this.#status = status;
		if (this.request.method !== "INVITE") this.#endAfter(this.link.transport === "udp" ? 64 * this.timers.t1 : 0);
		else this.#awaitAck();
	}

	/** The request came again. */
	repeated(): void {
		if (this.#last !== undefined) this.link.send(this.#last);
	}

	acknowledged(ack: SipMessage): void {
		if (this.#repeater === undefined) return;
		this.#repeater.stop();
		this.#repeater = undefined;
		this.#endAfter(this.link.transport === "udp" ? 10 * this.timers.t1 : 0);
		this.onAck(ack);
	}

	/** CANCEL for this INVITE came. */
	cancel(): void {
		if (this.#status >= 200) return;
		this.respond(487);
		this.onCancel();
	}

	close(): void {
		this.#repeater?.stop();
		clearTimeout(this.#linger);
		this.#ended();
	}

	/** A refusal is repeated on UDP only, a 2xx on every transport: it travels end to end. */
	#awaitAck(): void {
		const again = this.link.transport === "udp" || this.#status < 300 ? (): void => this.repeated() : undefined;
		this.#repeater = new Repeater(
			again,
			() => {
				this.#repeater = undefined;
				this.#ended();
				if (this.#status < 300) this.onUnacknowledged();
			},
			this.timers.t1,
			this.timers.t2,
			64 * this.timers.t1,
		);
	}

	#endAfter(milliseconds: number): void {
		if (milliseconds === 0) this.#ended();
		else this.#linger = setTimeout(this.#ended, milliseconds).unref();
	}
}

/** Via rows to copy, the top one with received and rport (RFC 3261 §18.2.1, RFC 3581 §4). */
function stampedVias(request: SipMessage, link: Link): string[] {
	const [top, ...others] = request.all("via");
	const via = topVia(request);
	if (top === undefined || via === undefined) return others;
	let stamped = top;
	const asked = via.rport !== undefined;
	if (asked) stamped = stamped.replace(/;\s*rport(?:\s*=\s*\d*)?(?=\s*(?:;|$))/i, `;rport=${link.remote.port}`);
	if (via.received === undefined && (asked || via.host !== link.remote.address)) stamped += `;received=${link.remote.address}`;
	return [stamped, ...others];
}

/** What a repetition and the ACK of a refusal are matched by (RFC 3261 §17.2.3). */
export function requestKey(message: SipMessage): string | undefined {
	const via = topVia(message);
	if (via?.branch === undefined) return undefined;
	return `${via.branch} ${via.host}:${via.port ?? ""} ${message.method === "ACK" ? "INVITE" : message.method}`;
}
