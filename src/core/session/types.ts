import type { Problem, Severity } from "../model/problem.js";
import type { Moment } from "../model/time.js";

/** A finding about an entry that was handed out before: time-outs, what never came. */
export interface Late {
	/** number of the entry it concerns */
	entry: number;
	problem: Problem;
}

export type SessionKind = "call" | "subscription" | "registration" | "message" | "options" | "publication" | "msrp" | "other";

/** One SIP dialog (RFC 3261 §12), or the attempt to make one. */
export interface DialogSummary {
	/** "d1" */
	id: string;
	callId: string;
	/** method that began it; "" when the capture begins inside it */
	method: string;
	/** tag of the side that began it (or that spoke first) and of the other; "" while unknown */
	tags: [string, string];
	state: "attempt" | "early" | "confirmed" | "terminated";
}

/** Where a Contact with isfocus was seen (RFC 4579 §4.2). */
export interface FocusEvidence {
	/** Contact URI as written */
	uri: string;
	/** the entry that showed it first */
	entry: number;
	/** sent from and to, "192.0.2.1" style: tells the leg */
	from: string;
	to: string;
}

/** One MSRP media description that both sides agreed on. Side 0 began the dialog. */
export interface MediaSummary {
	dialog: string;
	/** index of the m-line */
	index: number;
	/** a=path of both sides, as written, URIs separated by one SP */
	paths: [string, string];
	/** the side that SDP makes connect; undefined when SDP does not tell */
	active: 0 | 1 | undefined;
	/** id of the flow that carries it; undefined when none was seen */
	flow: number | undefined;
	live: boolean;
}

export interface SessionSummary {
	/** "c1" */
	id: string;
	kind: SessionKind;
	/** From URI, To URI and others in order of appearance; session URIs for MSRP without SIP */
	participants: string[];
	callIds: string[];
	dialogs: DialogSummary[];
	began: Moment;
	/** of the last entry */
	last: Moment;
	/** dialogs and connections are over */
	ended: boolean;
	/** the first message seen was the one that begins such a session */
	fromStart: boolean;
	counts: { sip: number; msrp: number };
	focus: FocusEvidence[];
	media: MediaSummary[];
	/** ids of the flows that carried its MSRP, the first 64 */
	msrpFlows: number[];
	/** of all findings of its entries; undefined when there is none */
	worst: Severity | undefined;
}
