import type { Verdict } from "../classify/classifier.js";

/** One change of a message on its way through the tool: octets [start, end) of what came were replaced by `octets`. */
export interface SpanEdit {
	start: number;
	end: number;
	octets: Buffer;
	/** what it is, e.g. "Contact host:port"; undefined where nobody named it */
	part?: string;
	/** one short sentence */
	why?: string;
}

/** What one stage did to a message. Spans count in the octets that this stage was given. */
export interface StageEdits {
	/** name of the stage, or of the profile or rule in it */
	by: string;
	edits: readonly SpanEdit[];
	/** what it did beside edits: "waits 0.2 s" */
	did?: string;
}

/** How the message that went on differs from the one that came. */
export interface Rewriting {
	/** in the order in which the stages saw the message */
	stages: readonly StageEdits[];
	/** the message as it came and as it went on; of a long MSRP frame its head alone */
	before: Buffer;
	after: Buffer;
	/** number of the entry about the message as it came, on the other leg; undefined where there is none */
	received: number | undefined;
	/** what clients would have made of the message as it came; messages only */
	verdict: Verdict | undefined;
}
