import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { Problem } from "../../model/problem.js";
import type { Moment } from "../../model/time.js";
import { type Position, rangeFault } from "./byte-range.js";
import { ContentBudget } from "./content-store.js";
import { ownText } from "./octets.js";
import { Reassembly } from "./reassembly.js";
import type { MsrpFrame, MsrpMessage } from "./types.js";

export interface MsrpAssemblerOptions {
	limits?: Limits;
	/** shared by several assemblers to bound them together */
	budget?: ContentBudget;
}

/** What a chunk did to its message. */
export interface MsrpAssembly {
	message: MsrpMessage;
	/** this chunk made the message complete: now, and only now, `message.content` may be decoded */
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

/** A message that is over: what is needed to judge what comes after it. */
interface Done {
	messageId: string;
	to: string;
	from: string;
	aborted: boolean;
	total: Position;
	message: MsrpMessage;
}

/** capture time without a chunk after which an open message is reported once (wire-protocol limit of this project) */
const STALLED = 60;
/** finished messages that are remembered, to know their chunks and duplicates */
const REMEMBERED = 1024;

/**
 * Puts messages together from the SEND chunks of one direction of a connection, whatever number of sessions it carries:
 * the key is the far ends of To-Path and From-Path, and Message-ID (RFC 4975 §5.1, §7.3.1; wire rules 16-20).
 * Memory is bounded by `Limits.msrpMessage`, `Limits.msrpOpenMessages` and the budget; the oldest open message goes first.
 */
export class MsrpAssembler {
	readonly #limits: Limits;
	readonly #budget: ContentBudget;
	/** Message-ID to the open messages of that id (nearly always one), oldest first */
	readonly #open = new Map<string, Reassembly[]>();
	readonly #done = new Map<string, Done[]>();
	#openCount = 0;
	#doneCount = 0;
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
		const messageId = frame.messageId;
		const range = frame.byteRange;
		if (messageId === undefined || range === null || (range !== undefined && rangeFault(range) !== null)) return undefined;
		const to = frame.toPath[frame.toPath.length - 1] ?? "";
		const from = frame.fromPath[frame.fromPath.length - 1] ?? "";
		const now = at === undefined ? 0 : at.sec + at.nsec / 1e9;
		let open = find(this.#open.get(messageId), to, from);
		const problems: Problem[] = [];
		if (open === undefined) {
			const done = find(this.#done.get(messageId), to, from);
			if (done !== undefined) {
				const over = afterDone(done, frame, range?.start ?? 1, problems);
				if (over) return { message: done.message, completed: false, problems };
				this.#forget(done);
			}
			open = this.#begin(messageId, to, from);
		}
		open.add(frame, problems);
		open.entry = entry;
		open.at = now;
		if (at !== undefined && now + STALLED < this.#nextCheck) this.#nextCheck = now + STALLED;
		const completed = open.message.state === "complete";
		if (completed || open.message.state === "aborted") this.#finish(open);
		return { message: open.message, completed, problems };
	}

	/** Reports, once each, messages that have waited too long for their next chunk. Cheap to call often. */
	advance(now: Moment): LateMsrpProblem[] {
		const time = now.sec + now.nsec / 1e9;
		if (time < this.#nextCheck) return [];
		this.#nextCheck = Number.POSITIVE_INFINITY;
		const late: LateMsrpProblem[] = [];
		for (const list of this.#open.values()) {
			for (const open of list) {
				if (open.stalledReported) continue;
				if (time >= open.at + STALLED) {
					open.stalledReported = true;
					late.push({ message: open.message, entry: open.entry, problem: { id: "msrp.message-stalled", offset: 0, length: 0 } });
				} else this.#nextCheck = Math.min(this.#nextCheck, open.at + STALLED);
			}
		}
		return late;
	}

	/** The stream is over: messages whose last chunk came while octets are missing have a gap. */
	close(): LateMsrpProblem[] {
		const late: LateMsrpProblem[] = [];
		for (const list of this.#open.values()) {
			for (const open of list) {
				if (open.giveUp()) {
					const detail = `octets from ${String(Number(open.message.contiguous) + 1)} on`;
					late.push({ message: open.message, entry: open.entry, problem: { id: "msrp.message-gap", offset: 0, length: 0, detail } });
				}
				open.release();
			}
		}
		this.#open.clear();
		this.#openCount = 0;
		return late;
	}

	#begin(messageId: string, to: string, from: string): Reassembly {
		if (this.#openCount >= this.#limits.msrpOpenMessages) this.#evict();
		const key = ownText(messageId);
		const open = new Reassembly(key, ownText(to), ownText(from), this.#limits.msrpMessage, this.#budget);
		const list = this.#open.get(key);
		if (list === undefined) this.#open.set(key, [open]);
		else list.push(open);
		this.#openCount++;
		return open;
	}

	#evict(): void {
		const oldest = this.#open.values().next().value?.[0];
		if (oldest === undefined) return;
		oldest.giveUp();
		oldest.release();
		this.#remove(oldest);
	}

	#remove(open: Reassembly): void {
		remove(this.#open, open);
		this.#openCount--;
	}

	#finish(open: Reassembly): void {
		open.release();
		this.#remove(open);
		const { message } = open;
		// The consumer has the content; what stays here must not keep it alive.
		const slim: MsrpMessage = { ...message, chunks: [], content: EMPTY, truncated: true };
		const done: Done = {
			messageId: open.messageId,
			to: open.to,
			from: open.from,
			aborted: message.state === "aborted",
			total: message.total ?? 0,
			message: slim,
		};
		if (this.#doneCount >= REMEMBERED) {
			const oldest = this.#done.values().next().value?.[0];
			if (oldest !== undefined) this.#forget(oldest);
		}
		const list = this.#done.get(open.messageId);
		if (list === undefined) this.#done.set(open.messageId, [done]);
		else list.push(done);
		this.#doneCount++;
	}

	#forget(done: Done): void {
		remove(this.#done, done);
		this.#doneCount--;
	}
}

const EMPTY = Buffer.alloc(0);

interface Keyed {
	messageId: string;
	to: string;
	from: string;
}

function find<T extends Keyed>(list: T[] | undefined, to: string, from: string): T | undefined {
	return list?.find((item) => item.to === to && item.from === from);
}

function remove<T extends Keyed>(map: Map<string, T[]>, item: T): void {
	const list = map.get(item.messageId);
	if (list === undefined) return;
	if (list.length === 1) map.delete(item.messageId);
	else list.splice(list.indexOf(item), 1);
}

/** Judges a chunk of a message that is over. False when it begins the message anew (RFC 4975 §5.4: sent again after a failure). */
function afterDone(done: Done, frame: MsrpFrame, start: Position, problems: Problem[]): boolean {
	const id = done.aborted
		? "msrp.chunk-after-abort"
		: start > 1 && Number(start) + frame.bodyLength - 1 > Number(done.total)
			? "msrp.chunk-after-final"
			: null;
	if (id !== null) {
		problems.push({ id, offset: 0, length: 0, detail: done.messageId });
		return true;
	}
	if (start > 1) {
		problems.push({ id: "msrp.message-overlap", offset: 0, length: 0, detail: done.messageId });
		return true;
	}
	problems.push({ id: "msrp.duplicate-message", offset: 0, length: 0, detail: done.messageId });
	return false;
}
