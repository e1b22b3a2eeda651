import type { Carrier, Endpoint } from "../model/flow.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";

/** One whole message with its decoded view; offsets of the view count from octets[0]. */
export type Unit = { octets: Buffer } & ({ protocol: "sip"; sip: SipMessage } | { protocol: "msrp"; msrp: MsrpFrame });

/** A recorded connection, or pair of UDP endpoints, seen from the side that is played. */
export interface PlanLink {
	id: number;
	protocol: "sip" | "msrp";
	over: Carrier;
	own: Endpoint;
	peer: Endpoint;
	/** the played side opened it, as far as the capture tells */
	ownOpens: boolean;
	/** what the recorded client of a WebSocket asked for (RFC 6455 §4.1) */
	handshake?: { path: string; origin: string | undefined; offered: readonly string[] };
}

/** One recorded message of the side that is played ("send") or of its peer ("receive"). */
export interface Step {
	/** number of the entry in the capture */
	entry: number;
	link: PlanLink;
	action: "send" | "receive";
	unit: Unit;
	/** "200 to INVITE", "SEND" */
	summary: string;
	/** milliseconds since the first message of the plan */
	at: number;
	/** a provisional response: nothing waits for it */
	optional: boolean;
	/**
	 * It is not in the capture; `entry` is then the message that it belongs to. "known": others show what it was, and lead on from it;
	 * "any": one of its kind has to have been there, and little is lost if it does not come
	 */
	implied?: "known" | "any";
}

export interface Plan {
	side: "client" | "server";
	links: readonly PlanLink[];
	steps: readonly Step[];
	/** what cannot be played, and why: one sentence each */
	missing: readonly string[];
}
