import { address } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import { Dialog } from "../sip/dialog.js";
import type { SipEndpoint } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import type { Ids } from "../wire/ids.js";
import type { Body, HeaderRow } from "../wire/sip.js";
import { aor, type Binding } from "./registrar.js";

/** The two dialogs of a call between two users. */
interface DirectCall {
	caller: Dialog;
	callee: Dialog;
}

/** Calls and messages between two registered users: a back-to-back user agent that leaves SDP alone, so MSRP goes directly. */
export class DirectCalls {
	readonly #sip: SipEndpoint;
	readonly #ids: Ids;
	readonly #contact: string;
	/** by the key of either dialog */
	readonly #calls = new Map<string, DirectCall>();

	/** `contact`: URI that both users send their later requests to */
	constructor(sip: SipEndpoint, ids: Ids, contact: string) {
		this.#sip = sip;
		this.#ids = ids;
		this.#contact = `<${contact}>`;
	}

	has(key: string): boolean {
		return this.#calls.has(key);
	}

	/** INVITE for a user: the callee hears of it, its answer goes back. */
	invite(transaction: ServerTransaction, user: string, binding: Binding): void {
		const { request, link } = transaction;
		const caller = address(request, "from");
		const name = caller === undefined || caller.displayName === "" ? "" : `"${caller.displayName.replace(/["\\]/g, "\\$&")}" `;
		const headers: HeaderRow[] = [
			["From", `${name}<${aor(caller?.uri.text ?? "")}>;tag=${this.#ids.token(10)}`],
			["To", `<${user}>`],
			["Call-ID", this.#ids.token(20)],
			["CSeq", "1 INVITE"],
			["Contact", this.#contact],
		];
		let invite: Buffer | undefined;
		const outgoing = this.#sip.send(binding.link, "INVITE", binding.contact, headers, bodyOf(request), (response) => {
			if (response === undefined) {
				transaction.respond(408);
				return;
			}
			if (response.status < 200) {
				if (response.status > 100) transaction.respond(response.status, { reason: response.reason });
				return;
			}
			if (response.status >= 300) {
				transaction.respond(response.status, { reason: response.reason });
				return;
			}
			if (invite !== undefined) {
				binding.link.send(invite);
				return;
			}
			const callee = Dialog.ofResponse(response, binding.link, binding.contact);
			invite = this.#sip.acknowledge(callee, 1);
			if (transaction.status >= 200) {
				// Cancelled while the callee answered (RFC 3261 §9.1).
				void this.#sip.within(callee, "BYE");
				return;
			}
			const call = { caller: Dialog.ofRequest(request, link, transaction.tag), callee };
			this.#calls.set(call.caller.key, call);
			this.#calls.set(call.callee.key, call);
			transaction.onUnacknowledged = () => this.#end(call, call.caller);
			transaction.respond(200, { headers: [["Contact", this.#contact]], body: bodyOf(response) });
		});
		transaction.onCancel = () => this.#sip.cancel(outgoing, headers.slice(0, 3).concat([["CSeq", "1 CANCEL"]]));
	}

	/** A request inside one of the dialogs: goes on in the other. */
	within(transaction: ServerTransaction, key: string): void {
		const call = this.#calls.get(key);
		if (call === undefined) return;
		const { request } = transaction;
		const [near, far] = call.caller.key === key ? [call.caller, call.callee] : [call.callee, call.caller];
		if (!near.received(request)) {
			transaction.respond(500, { reason: "CSeq too low" });
			return;
		}
		if (request.method === "BYE") {
			transaction.respond(200);
			this.#end(call, near);
			return;
		}
		const headers = [...far.headers(request.method), ["Contact", this.#contact] as const];
		const number = far.localSeq;
		let ack: Buffer | undefined;
		this.#sip.send(far.link, request.method, far.target, headers, bodyOf(request), (response) => {
			if (response === undefined) transaction.respond(408);
			else if (response.status >= 200) {
				if (request.method === "INVITE" && response.status < 300) {
					if (ack === undefined) ack = this.#sip.acknowledge(far, number);
					else far.link.send(ack);
					far.refresh(response);
				}
				transaction.respond(response.status, { reason: response.reason, headers: [["Contact", this.#contact]], body: bodyOf(response) });
			}
		});
	}

	/** MESSAGE to a user (RFC 3428). */
	message(transaction: ServerTransaction, user: string, binding: Binding): void {
		const { request } = transaction;
		const headers: HeaderRow[] = [
			["From", `<${aor(address(request, "from")?.uri.text ?? "")}>;tag=${this.#ids.token(10)}`],
			["To", `<${user}>`],
			["Call-ID", this.#ids.token(20)],
			["CSeq", "1 MESSAGE"],
		];
		void this.#sip.ask(binding.link, "MESSAGE", binding.contact, headers, bodyOf(request)).then(({ response, status }) => {
			transaction.respond(status === 0 ? 408 : status, response === undefined ? {} : { reason: response.reason });
		});
	}

	/** Ends both dialogs; `over` has ended already. */
	#end(call: DirectCall, over: Dialog): void {
		this.#calls.delete(call.caller.key);
		this.#calls.delete(call.callee.key);
		void this.#sip.within(over === call.caller ? call.callee : call.caller, "BYE");
	}
}

function bodyOf(message: SipMessage): Body | undefined {
	const type = message.get("content-type");
	if (type === undefined || message.bodyKept === 0) return undefined;
	const start = message.start + message.bodyOffset;
	const disposition = message.get("content-disposition");
	const octets = Buffer.from(message.bytes.subarray(start, start + message.bodyKept));
	return { type, octets, ...(disposition === undefined ? {} : { disposition }) };
}
