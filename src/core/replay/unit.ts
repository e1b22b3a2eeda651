import { decodeMsrpMessage } from "../protocols/msrp/index.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import { cseq, decodeSipDatagram } from "../protocols/sip/index.js";
import type { Unit } from "./types.js";

/** Decodes one whole message; the octets are kept, not copied. Undefined when they are none, or not whole. */
export function readUnit(protocol: "sip" | "msrp", octets: Buffer): Unit | undefined {
	if (protocol === "sip") {
		const sip = decodeSipDatagram(octets, 0, octets.length, "tcp");
		return sip === undefined || sip.start !== 0 ? undefined : { protocol, octets, sip };
	}
	const { frame } = decodeMsrpMessage(octets, 0, octets.length);
	return frame === undefined || frame.start !== 0 || !frame.complete ? undefined : { protocol, octets, msrp: frame };
}

/** What a message is, in a few words. */
export function summaryOf(unit: Unit): string {
	if (unit.protocol === "sip") return unit.sip.kind === "request" ? unit.sip.method : `${unit.sip.status} to ${unit.sip.method}`;
	return unit.msrp.kind === "request" ? `MSRP ${unit.msrp.method}` : `MSRP ${unit.msrp.status}`;
}

/** The same for a request and all its responses. */
export function transactionOf(unit: Unit): string {
	if (unit.protocol === "msrp") return unit.msrp.transactionId;
	return `${unit.sip.get("call-id")} ${cseq(unit.sip)?.number} ${unit.sip.method}`;
}

export function isRequest(unit: Unit): boolean {
	return (unit.protocol === "sip" ? unit.sip : unit.msrp).kind === "request";
}

/** A 200 is due to this MSRP request where it arrives (RFC 4975 §7.1.1 and §7.2). */
export function expectsMsrpAnswer(msrp: MsrpFrame): boolean {
	return msrp.kind === "request" && msrp.method !== "REPORT" && !/^(?:no|partial)$/i.test(msrp.get("failure-report") ?? "");
}
