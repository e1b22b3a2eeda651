import type { AlgOutcome } from "../../src/core/alg/index.js";
import type { OptionValue } from "../../src/core/alg/types.js";
import type { Endpoint } from "../../src/core/model/flow.js";
import { A, answer, CONTACT_A, CONTACT_B, INVITE, latin1, NAT, row, SDP_B, Wire, wire } from "./scene.js";

/** What each end sends and what arrives: a whole call through a box, each end answering what it really got. */
export interface Call {
	invite: string;
	ok: string;
	ack: string;
	bye: string;
	byeOk: string;
	okSent: string;
	byeSent: string;
	ackSent: string;
	byeOkSent: string;
	byeOutcome: AlgOutcome;
	outcomes: { sent: string; outcome: AlgOutcome }[];
}

/** The URI of an address header: in the brackets, or up to the first semicolon. */
export function uriOf(value: string | undefined): string {
	return /<([^>]*)>/.exec(value ?? "")?.[1] ?? (value ?? "").split(";")[0]!;
}

function dialogRequest(method: string, uri: string, seen: { from: string; to: string; callId: string }, cseq: number, via: string): string {
	return wire(`${method} ${uri} SIP/2.0`, [
		`Via: ${via}`,
		"Max-Forwards: 70",
		`From: ${seen.from}`,
		`To: ${seen.to}`,
		`Call-ID: ${seen.callId}`,
		`CSeq: ${cseq} ${method}`,
	]);
}

export function call(
	names: string | readonly string[],
	options: { source?: Endpoint; invite?: string; set?: Record<string, OptionValue> } = {},
): Call {
	const { source = A } = options;
	const box = new Wire(names, options.set);
	const outcomes: Call["outcomes"] = [];
	const out = (sent: string): string => {
		const outcome = box.out(sent, source);
		outcomes.push({ sent, outcome });
		return latin1(outcome);
	};
	const into = (sent: string): AlgOutcome => {
		const outcome = box.in(sent);
		outcomes.push({ sent, outcome });
		return outcome;
	};
	const invite = out(options.invite ?? INVITE);
	const okSent = answer(invite, "200 OK", [`Contact: ${CONTACT_B}`], SDP_B);
	const ok = latin1(into(okSent));
	const a = { from: row(ok, "From")!, to: row(ok, "To")!, callId: row(ok, "Call-ID")! };
	const ackSent = dialogRequest("ACK", uriOf(row(ok, "Contact")), a, 1, "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa2;rport");
	const ack = out(ackSent);
	const b = { from: row(okSent, "To")!, to: row(okSent, "From")!, callId: row(okSent, "Call-ID")! };
	const byeSent = dialogRequest("BYE", uriOf(row(invite, "Contact")), b, 7, "SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bKb1");
	const byeOutcome = into(byeSent);
	const bye = latin1(byeOutcome);
	const byeOkSent = answer(bye, "200 OK", []);
	const byeOk = out(byeOkSent);
	return { invite, ok, ack, bye, byeOk, okSent, byeSent, ackSent, byeOkSent, byeOutcome, outcomes };
}

export const CONTACT_URI_A = uriOf(CONTACT_A);
export const CONTACT_URI_B = uriOf(CONTACT_B);
export { INVITE, NAT };
