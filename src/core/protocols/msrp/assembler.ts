import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { Problem } from "../../model/problem.js";
import type { Moment } from "../../model/time.js";
import { rangeFault } from "./byte-range.js";
import { Chain } from "./chain.js";
import { ContentBudget } from "./content-store.js";
import { Finished } from "./finished.js";
import { ownText } from "./octets.js";
import { checkedWhole, Reassembly } from "./reassembly.js";
import type { MsrpFrame, MsrpMessage } from "./types.js";

export interface MsrpAssemblerOptions {
	limits?: Limits;
	/** shared by several assemblers to bound what they hold together */
	budget?: ContentBudget;
}

/** What a chunk did to its message. */
export interface MsrpAssembly {
	message: MsrpMessage;
	/** this chunk made the message complete: now, and only now, `message.content` is worth decoding */
	completed: boolean;
	/** offsets relative to the frame */
	problems: Problem[];
}

/** A finding about a message that was left open, for the entry of its last chunk. */
export interface LateMsrpProblem {
	message: MsrpMessage;
	/** as given to `add` with that chunk; 0 when none was */
	entry: number;
	problem: Problem;
}

/** Seconds of capture time without a chunk after which an open message is reported, once. */
const STALLED = 60;

/**
 * Puts messages together from the SEND chunks of one direction of a connection, whatever number of sessions it carries:
 * the key is the far ends of To-Path and From-Path, and Message-ID (RFC 4975 §5.1, §7.3.1; wire rules 16-20).
 * Memory is bounded by `Limits.msrpMessage`, `Limits.msrpOpenMessages` and the budget; the oldest open message goes first.
 */
export class MsrpAssembler {
	readonly #limits: Limits;
	readonly #budget: ContentBudget;
	/** Message-ID to the open messages of that id (nearly always one), oldest first */
	readonly #byId = new Map<string, Reassembly[]>();
	readonly #finished = new Finished();
	/** the same, in the order they were begun */
	readonly #order = new Chain<Reassembly>();
	#nextCheck = Number.POSITIVE_INFINITY;

	constructor(options: MsrpAssemblerOptions = {}) {
		this.#limits = options.limits ?? DEFAULT_LIMITS;
		this.#budget = options.budget ?? new ContentBudget();
	}

	/**
	 * Takes a frame; undefined when it carries no piece of a message (not a SEND, no body, cut off, no Message-ID,
	 * or a Byte-Range that cannot be). `entry` and `at` come back in late findings.
	 */
	add(frame: MsrpFrame, entry = 0, at?: Moment): MsrpAssembly | undefined {
		if (frame.method !== "SEND" || !frame.complete || frame.bodyOffset < 0) return undefined;
		const id = frame.messageId;
		const range = frame.byteRange;
		if (id === undefined || range === null || (range !== undefined && rangeFault(range) !== null)) return undefined;
		const messageId = ownText(id);
		const to = frame.toPath[frame.toPath.length - 1] ?? "";
		const from = frame.fromPath[frame.fromPath.length - 1] ?? "";
		const problems: Problem[] = [];
		let open = this.#order.size === 0 ? undefined : this.#byId.get(messageId)?.find((one) => one.to === to && one.from === from);
		if (open === undefined) {
			const over = this.#finished.judge(messageId, to, from, frame, problems);
			if (over !== null) return { message: over, completed: false, problems };
			const whole = checkedWhole(frame, messageId, this.#limits.msrpMessage);
			if (whole !== null) {
				this.#finished.remember(whole, to, from);
				return { message: whole, completed: true, problems };
			}
			open = this.#begin(messageId, to, from);
		}
		open.add(frame, problems);
		open.entry = entry;
		if (at !== undefined) {
			open.at = at.sec + at.nsec / 1e9;
			this.#nextCheck = Math.min(this.#nextCheck, open.at + STALLED);
		}
		const { message } = open;
		if (message.state !== "open") {
			open.release();
			this.#remove(open);
			this.#finished.remember(message, to, from);
		}
		return { message, completed: message.state === "complete", problems };
	}

	/** Messages under way. */
	get open(): number {
		return this.#order.size;
	}

	/** Reports, once each, messages that have waited too long for their next chunk. Cheap to call often. */
	advance(now: Moment): LateMsrpProblem[] {
		const time = now.sec + now.nsec / 1e9;
		if (time < this.#nextCheck) return [];
		this.#nextCheck = Number.POSITIVE_INFINITY;
		const late: LateMsrpProblem[] = [];
		for (let open = this.#order.first; open !== undefined; open = open.after) {
			if (open.stalledReported || Number.isNaN(open.at)) continue;
			if (time >= open.at + STALLED) {
				open.stalledReported = true;
				late.push({ message: open.message, entry: open.entry, problem: { id: "msrp.message-stalled", offset: 0, length: 0 } });
			} else this.#nextCheck = Math.min(this.#nextCheck, open.at + STALLED);
		}
		return late;
	}

	/** The stream is over: a message whose end is known while octets before it are missing has a gap. */
	close(): LateMsrpProblem[] {
		const late: LateMsrpProblem[] = [];
		for (let open = this.#order.first; open !== undefined; open = this.#order.first) {
			if (open.giveUp()) {
				const detail = `octets after ${open.message.contiguous}`;
				late.push({ message: open.message, entry: open.entry, problem: { id: "msrp.message-gap", offset: 0, length: 0, detail } });
			}
			open.release();
			this.#remove(open);
		}
		return late;
	}

	#begin(messageId: string, to: string, from: string): Reassembly {
		if (this.#order.size >= this.#limits.msrpOpenMessages) this.#evict();
		const open = new Reassembly(messageId, to, from, this.#limits.msrpMessage, this.#budget);
		const list = this.#byId.get(messageId);
		if (list === undefined) this.#byId.set(messageId, [open]);
		else list.push(open);
		this.#order.push(open);
		return open;
	}

	#evict(): void {
		const oldest = this.#order.first;
		if (oldest === undefined) return;
		oldest.giveUp();
		oldest.release();
		this.#remove(oldest);
	}

	#remove(open: Reassembly): void {
		const list = this.#byId.get(open.messageId)!;
		if (list.length === 1) this.#byId.delete(open.messageId);
		else list.splice(list.indexOf(open), 1);
		this.#order.remove(open);
	}
}
