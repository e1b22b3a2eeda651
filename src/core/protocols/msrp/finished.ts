import type { Problem } from "../../model/problem.js";
import { type Position, plus } from "./byte-range.js";
import type { MsrpFrame, MsrpMessage } from "./types.js";

/** A message that is over: what is needed to judge what comes after it, without its content. */
interface Done {
	messageId: string;
	to: string;
	from: string;
	state: MsrpMessage["state"];
	total: Position;
	contentType: string | undefined;
	/** another message with this Message-ID, of other parties */
	next: Done | undefined;
}

/** At least so many finished messages are remembered, at most twice as many. */
const GENERATION = 512;
const EMPTY = Buffer.alloc(0);

/** The finished messages of one assembler, the latest ones. Forgotten by generations: no bookkeeping per message. */
export class Finished {
	#young: Map<string, Done> | undefined;
	#old: Map<string, Done> | undefined;

	remember(message: MsrpMessage, to: string, from: string): void {
		if (this.#young === undefined || this.#young.size >= GENERATION) {
			this.#old = this.#young;
			this.#young = new Map();
		}
		const { messageId, state, contentType } = message;
		const others = this.#young.get(messageId);
		const next = others === undefined || (others.to === to && others.from === from) ? undefined : others;
		if (next !== undefined) next.next = undefined;
		this.#young.set(messageId, { messageId, to, from, state, total: message.total ?? 0, contentType, next });
	}

	/**
	 * Judges a chunk against a finished message of the same key. The message as it was (without content) when the chunk is
	 * none of a new one; null when there is none, or when the chunk begins it anew (RFC 4975 §5.4: sent again after a failure).
	 */
	judge(messageId: string, to: string, from: string, frame: MsrpFrame, problems: Problem[]): MsrpMessage | null {
		const done = find(this.#young?.get(messageId), to, from) ?? find(this.#old?.get(messageId), to, from);
		if (done === undefined) return null;
		const start = frame.byteRange?.start ?? 1;
		const length = frame.bodyOffset;
		if (done.state === "aborted") {
			problems.push({ id: "msrp.chunk-after-abort", offset: 0, length, detail: messageId });
			return withoutContent(done);
		}
		if (start > 1) {
			const beyond = plus(start, frame.bodyLength - 1) > done.total;
			problems.push({ id: beyond ? "msrp.chunk-after-final" : "msrp.message-overlap", offset: 0, length, detail: messageId });
			return withoutContent(done);
		}
		problems.push({ id: "msrp.duplicate-message", offset: 0, length, detail: messageId });
		return null;
	}
}

function find(first: Done | undefined, to: string, from: string): Done | undefined {
	for (let done = first; done !== undefined; done = done.next) if (done.to === to && done.from === from) return done;
	return undefined;
}

function withoutContent({ messageId, state, total, contentType }: Done): MsrpMessage {
	return { messageId, state, chunks: [], chunkCount: 0, total, contentType, content: EMPTY, contiguous: Number(total), truncated: true };
}
