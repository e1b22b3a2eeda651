import type { Endpoint } from "../model/flow.js";
import { append } from "./bounded.js";
import type { ContactFacts } from "./contact.js";
import type { MsrpMedia } from "./media.js";
import type { SdpFacts } from "./sdp-facts.js";
import type { Session } from "./sessions.js";
import type { DialogSummary } from "./types.js";

/** A side of a dialog: 0 began it, or spoke first where the capture begins inside the dialog. */
export type Side = 0 | 1;

/** What one side of a dialog last said on one leg. */
export interface LegSide {
	contact: ContactFacts | undefined;
	/** the Contact before that, good until the change has surely arrived */
	previous: ContactFacts | undefined;
	/** seconds */
	changedAt: number;
	/** entry that showed isfocus last; 0 when none did */
	focusEntry: number;
	/** highest CSeq of its requests; -1 before the first */
	cseq: number;
	/** its last description */
	sdp: SdpFacts | undefined;
	/** its last answer: to the offer of which entry, and what it said */
	answered: { offer: number; content: number } | undefined;
	/** CSeq of the INVITE that it last made an offer in response to; -1 before */
	roundCseq: number;
}

/** A dialog as seen between two addresses. A box in the path may show each leg something else. */
export interface Leg {
	key: string;
	sides: [LegSide, LegSide];
	/** Record-Route of the response that made the dialog, topmost first; undefined when that was not seen here */
	recordRoute: string[] | undefined;
	/** an offer made in a response: waits for the ACK or PRACK of that CSeq */
	lateOffer: { sdp: SdpFacts; cseq: number; side: Side } | undefined;
	/** CSeq of the last INVITE, and whether it carried an offer */
	invite: { cseq: number; offered: boolean; side: Side } | undefined;
	/** an offer/answer round was completed */
	agreed: boolean;
	/** agreed MSRP by m-line */
	media: (MsrpMedia | undefined)[];
}

/** A 2xx to INVITE that waits for its ACK. */
export interface Unacknowledged {
	dialog: Dialog;
	cseq: number;
	entry: number;
	/** the ACK has to pass where the 2xx was seen */
	visible: boolean;
	repeats: number;
	acked: boolean;
}

/** One SIP dialog (RFC 3261 §12): both tags known, or an attempt with only the first. */
export class Dialog {
	state: DialogSummary["state"] = "attempt";
	legs: readonly Leg[] = NONE;
	unacknowledged: Unacknowledged | undefined;
	constructor(
		readonly id: string,
		readonly call: Call,
		readonly method: string,
		readonly tags: [string, string],
	) {}

	side(fromTag: string): Side {
		return fromTag === this.tags[1] && fromTag !== this.tags[0] ? 1 : 0;
	}

	/** The leg of a message that side `sender` sent. */
	leg(from: Endpoint, to: Endpoint, sender: Side): Leg {
		const key = sender === 0 ? legKey(from, to) : legKey(to, from);
		const known = this.legs.find((leg) => leg.key === key);
		if (known !== undefined) return known;
		const leg: Leg = {
			key,
			sides: [newSide(), newSide()],
			recordRoute: undefined,
			lateOffer: undefined,
			invite: undefined,
			agreed: false,
			media: [],
		};
		this.legs = append(this.legs.length >= MAX_LEGS ? this.legs.slice(1) : this.legs, leg);
		return leg;
	}

	/** Forgets what was said. */
	clear(): void {
		this.legs = NONE;
	}

	/** Another dialog of the same request (a fork, RFC 3261 §12.1): takes over what the caller said. */
	adopt(attempt: Dialog): void {
		for (const leg of attempt.legs) {
			const sides: [LegSide, LegSide] = [{ ...leg.sides[0], answered: undefined }, newSide()];
			this.legs = append(this.legs, { ...leg, sides, recordRoute: undefined, lateOffer: undefined, agreed: false, media: [] });
		}
	}

	summary(): DialogSummary {
		return { id: this.id, callId: this.call.callId, method: this.method, tags: [this.tags[0], this.tags[1]], state: this.state };
	}
}

const MAX_LEGS = 8;
const MAX_DIALOGS = 64;
const NONE: readonly never[] = [];

function newSide(): LegSide {
	return {
		contact: undefined,
		previous: undefined,
		changedAt: 0,
		focusEntry: 0,
		cseq: -1,
		sdp: undefined,
		answered: undefined,
		roundCseq: -1,
	};
}

/**
 * Names the stretch between two addresses, the end towards side 0 first: a call that comes back to the host that it came
 * from passes there twice. By ports where a machine talks to itself.
 */
function legKey(near: Endpoint, far: Endpoint): string {
	return near.address === far.address ? `${near.port}>${far.port}` : `${near.address}>${far.address}`;
}

/** Everything under one Call-ID. */
export class Call {
	dialogs: readonly Dialog[] = NONE;
	constructor(
		/** tells calls apart in keys */
		readonly serial: number,
		readonly callId: string,
		readonly session: Session,
		/** the first request seen had no To tag: nothing of this call was missed */
		readonly fromStart: boolean,
	) {}

	/** By both tags, in any order. */
	find(a: string, b: string): Dialog | undefined {
		for (const dialog of this.dialogs) {
			const [first, second] = dialog.tags;
			if ((first === a && second === b) || (first === b && second === a)) return dialog;
		}
		return undefined;
	}

	/** The attempt of a caller, by its tag. */
	attempt(tag: string): Dialog | undefined {
		return this.dialogs.find((dialog) => dialog.tags[0] === tag && dialog.tags[1] === "");
	}

	/** The first of the dialogs that an attempt led to. */
	firstOf(tag: string): Dialog | undefined {
		return this.dialogs.find((dialog) => dialog.tags[0] === tag && dialog.tags[1] !== "");
	}

	add(dialog: Dialog): void {
		this.dialogs = append(this.dialogs.length >= MAX_DIALOGS ? this.dialogs.slice(1) : this.dialogs, dialog);
	}
}
