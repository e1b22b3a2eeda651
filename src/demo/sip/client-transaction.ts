import { topVia } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import type { Link } from "../../shell/net/links/link.js";
import { sipRequest } from "../wire/sip.js";
import { Repeater, type SipTimers } from "./timers.js";

export interface ClientHandlers {
	/** every response, repetitions of a 2xx to INVITE included */
	response(message: SipMessage): void;
	/** no final response came in time, or the link is gone */
	failed(reason: "timeout" | "closed"): void;
}

/** One request that we sent (RFC 3261 §17.1, RFC 6026 §7.2 for INVITE). */
export class ClientTransaction {
	readonly #handlers: ClientHandlers;
	readonly #repeater: Repeater;
	readonly #ended: () => void;
	#final = false;
	#over = false;
	#proceeding = false;
	/** of a refusal: sent again when the refusal comes again */
	#ack: Buffer | undefined;

	constructor(
		readonly link: Link,
		readonly method: string,
		readonly uri: string,
		readonly octets: Buffer,
		readonly via: string,
		readonly timers: SipTimers,
		handlers: ClientHandlers,
		ended: () => void,
	) {
		this.#handlers = handlers;
		this.#ended = ended;
		const again = link.transport === "udp" ? (): void => this.#again() : undefined;
		const most = method === "INVITE" ? Number.POSITIVE_INFINITY : timers.t2;
		this.#repeater = new Repeater(again, () => this.#timeout(), timers.t1, most, 64 * timers.t1);
		link.send(octets);
	}

	get final(): boolean {
		return this.#final;
	}

	/** A provisional response came: CANCEL may be sent (RFC 3261 §9.1). */
	get proceeding(): boolean {
		return this.#proceeding;
	}

	receive(message: SipMessage): void {
		if (this.#over) return;
		const { status } = message;
		if (status < 200) {
			if (this.#final) return;
			this.#proceeding = true;
			if (this.method === "INVITE") this.#repeater.stop();
			this.#handlers.response(message);
			return;
		}
		if (this.method === "INVITE" && status >= 300) {
			this.#acknowledge(message);
			if (this.#final) return;
		} else if (this.#final && this.method !== "INVITE") return;
		const first = !this.#final;
		this.#final = true;
		this.#repeater.stop();
		if (first) this.#linger();
		this.#handlers.response(message);
	}

	/** The link is gone, or the endpoint is closed. */
	close(): void {
		if (this.#over) return;
		const told = this.#final;
		this.#end();
		if (!told) this.#handlers.failed("closed");
	}

	#again(): void {
		if (!this.#final) this.link.send(this.octets);
	}

	/** RFC 3261 §17.1.1.3: a refusal is acknowledged on its own transaction. */
	#acknowledge(message: SipMessage): void {
		this.#ack ??= sipRequest("ACK", this.uri, [
			["Via", this.via],
			["Max-Forwards", "70"],
			["From", message.get("from")],
			["To", message.get("to")],
			["Call-ID", message.get("call-id")],
			["CSeq", `${Number.parseInt(message.get("cseq") ?? "1", 10)} ACK`],
			...this.#routes(),
		]);
		this.link.send(this.#ack);
	}

	#routes(): [string, string][] {
		const head = this.octets.toString("latin1");
		return [...head.slice(0, head.indexOf("\r\n\r\n")).matchAll(/^Route: (.*)$/gm)].map((match) => ["Route", match[1]!.trim()]);
	}

	/** Repetitions of the final response still find us (timers D, K, M). */
	#linger(): void {
		if (this.method !== "INVITE" && this.link.transport !== "udp") {
			this.#end();
			return;
		}
		setTimeout(() => this.#end(), 64 * this.timers.t1).unref();
	}

	#timeout(): void {
		if (this.#over || this.#final) return;
		this.#end();
		this.#handlers.failed("timeout");
	}

	#end(): void {
		this.#over = true;
		this.#repeater.stop();
		this.#ended();
	}
}

/** What a response is matched by (RFC 3261 §17.1.3). */
export function responseKey(message: SipMessage): string | undefined {
	const branch = topVia(message)?.branch;
	return branch === undefined ? undefined : `${branch} ${message.method}`;
}
