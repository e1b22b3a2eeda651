import type { Step } from "../../core/replay/types.js";

/** What is about to happen in a run that somebody steps through. */
export type Pending =
	/** a message of ours is ready; `octets`: as it would go out, before what the connection still needs (Via, lengths of its own) */
	| { readonly kind: "send"; readonly step: Step; readonly octets: Buffer }
	/** a message of the peer has not come for so many milliseconds */
	| { readonly kind: "overdue"; readonly step: Step; readonly waited: number };

export type Decision =
	/** send it, or wait on; `octets`: these in its place */
	| { readonly kind: "go"; readonly octets?: Buffer }
	/** leave it out, or wait for it no longer */
	| { readonly kind: "skip" }
	| { readonly kind: "stop" };

/** Asked before each message goes out, and when one does not come: whoever answers has all the time. Undefined: as if nobody was asked. */
export type Gate = (pending: Pending) => Promise<Decision | undefined>;
