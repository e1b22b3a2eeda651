import type { MsrpMessage } from "../protocols/msrp/types.js";
import type { Verdict } from "./classifier.js";
import type { Subject } from "./classify.js";
import type { Headline } from "./types.js";

/** Chunks of one message whose verdicts are listed: a file may have millions. */
const STEPS = 256;
/** Octets of a head that are looked at with every chunk. */
const SHORT_HEAD = 8192;

/** A message in several chunks, as far as it was judged. */
export interface Chat {
	history: { entry: number; headline: Headline }[];
	verdict: Verdict;
	/** Content-Disposition of the first chunk that had one */
	disposition: string | undefined;
	/** the type of the content had arrived when the verdict was given */
	payloadKnown: boolean;
	/** octets that had arrived then */
	looked: number;
}

/** "lost" also while the message is open, when it began to be seen in its middle: octet 1 is in a gap of the capture (R6). */
export function stateOf(message: MsrpMessage | undefined): Subject["state"] {
	if (message === undefined || message.state === "complete") return "complete";
	const first = message.chunks[0]?.start ?? 1;
	return message.state === "open" && (first === 1 || message.contiguous > 0) ? "pending" : "lost";
}

/** A long head that comes in many small chunks is looked at only when there is an eighth more of it, or the cost would be quadratic. */
export function worthAnotherLook({ looked }: Chat, { content }: MsrpMessage): boolean {
	return content.length < SHORT_HEAD || content.length >= looked * 1.125;
}

/** R5. */
export function inherit(chat: Chat, entry: number): Verdict {
	note(chat.history, entry, chat.verdict.headline);
	return chat.verdict;
}

export function note(history: Chat["history"], entry: number, headline: Headline): void {
	if (history.length < STEPS) history.push({ entry, headline });
}
