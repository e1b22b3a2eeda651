import type { DiagnosticId, Problem } from "../../model/problem.js";
import { type Position, plus, samePosition } from "./byte-range.js";
import type { Link } from "./chain.js";
import { type ContentBudget, ContentStore } from "./content-store.js";
import { ownText } from "./octets.js";
import { RangeSet } from "./range-set.js";
import type { MsrpFrame, MsrpMessage } from "./types.js";

const MAX_CHUNKS = 4096;

/** One message under construction. */
export class Reassembly implements Link<Reassembly> {
	before: Reassembly | undefined;
	after: Reassembly | undefined;
	readonly message: MsrpMessage;
	/** of the last chunk */
	entry = 0;
	/** seconds; of the last chunk; NaN when nobody said */
	at = Number.NaN;
	stalledReported = false;
	readonly #arrived = new RangeSet();
	readonly #store: ContentStore;
	readonly #limit: number;
	/** "$" has come: the message ends here */
	#final: Position | undefined;
	/** the first chunk's requests for reports, as the standard reads them (absent has a meaning) */
	#reports = "";

	constructor(
		readonly messageId: string,
		readonly to: string,
		readonly from: string,
		limit: number,
		budget: ContentBudget,
	) {
		this.#limit = limit;
		this.#store = new ContentStore(limit, budget);
		this.message = {
			messageId,
			state: "open",
			chunks: [],
			chunkCount: 0,
			total: undefined,
			contentType: undefined,
			content: EMPTY,
			contiguous: 0,
			truncated: false,
		};
	}

	/** Places a chunk (RFC 4975 §7.3.1). The frame's range was found possible. */
	add(frame: MsrpFrame, problems: Problem[]): void {
		const { message } = this;
		const range = frame.byteRange ?? undefined;
		const start = range?.start ?? 1;
		const length = frame.bodyLength;
		const end = plus(start, length - 1);
		const first = message.chunkCount === 0;
		const note = (id: DiagnosticId, detail: string): void => void problems.push({ id, offset: 0, length: frame.bodyOffset, detail });
		const reports = reportRequests(frame);
		if (first) {
			this.#reports = reports;
			message.contentType = frame.contentType === undefined ? undefined : ownText(frame.contentType);
		} else {
			if (reports !== this.#reports) note("msrp.report-headers-differ", `${this.#reports} before, ${reports} now`);
			if (frame.contentType !== message.contentType)
				note("msrp.content-type-differs", `${message.contentType} before, ${frame.contentType} now`);
			if (range === undefined) note("msrp.missing-byte-range", this.messageId);
		}
		message.chunkCount++;
		if (message.chunks.length < MAX_CHUNKS) message.chunks.push({ start, end, flag: frame.flag });
		if (frame.flag === "#") {
			message.state = "aborted";
			note("msrp.message-aborted", this.messageId);
			return;
		}
		if (this.#final !== undefined && end > this.#final) {
			note("msrp.chunk-after-final", `octet ${end} of ${this.#final}`);
			return;
		}
		this.#place(frame, start, end, note);
		const announced = range?.total;
		if (frame.flag === "$") {
			const expected = announced ?? message.total;
			if (expected !== undefined && !samePosition(expected, end)) note("msrp.total-mismatch", `ends at ${end}, announced ${expected}`);
			this.#final = end;
			message.total = end;
		} else if (announced !== undefined && this.#final === undefined) message.total = announced;
		this.#settle();
	}

	/** Nothing more will come. True when the end is known and octets before it are missing. */
	giveUp(): boolean {
		if (this.message.state !== "open" || this.#final === undefined) return false;
		this.message.state = "gap";
		return true;
	}

	/** Gives the budget back; the message keeps its content. */
	release(): void {
		this.#store.release();
	}

	#place(frame: MsrpFrame, start: Position, end: Position, note: (id: DiagnosticId, detail: string) => void): void {
		const missing = plus(this.#arrived.contiguous, 1);
		if (start > missing) note("msrp.chunk-out-of-order", `octet ${start}, expected ${missing}`);
		if (this.#arrived.add(start, end)) note("msrp.message-overlap", `octets ${start} to ${end}`);
		if (start <= this.#limit) {
			const body = frame.start + frame.bodyOffset;
			this.#store.put(Number(start) - 1, frame.bytes, body, body + frame.bodyKept, frame.bodyLength);
		}
	}

	#settle(): void {
		const { message } = this;
		const contiguous = this.#arrived.contiguous;
		message.contiguous = Number(contiguous);
		if (this.#final !== undefined && contiguous >= this.#final) message.state = "complete";
		const wanted = message.state === "complete" ? Math.min(message.contiguous, Number(this.#final)) : message.contiguous;
		message.content = this.#store.content(wanted);
		message.truncated = message.content.length < wanted;
	}
}

const EMPTY = Buffer.alloc(0);

/**
 * The message of a frame that carries all of it and agrees with itself, which nearly every frame does; null for any other.
 * The content is copied: frames only lend it.
 */
export function checkedWhole(frame: MsrpFrame, messageId: string, limit: number): MsrpMessage | null {
	const range = frame.byteRange;
	const length = frame.bodyLength;
	if (frame.flag !== "$" || (range?.start ?? 1) !== 1 || (range?.total ?? length) !== length) return null;
	const kept = Math.min(frame.bodyKept, limit);
	const content = Buffer.allocUnsafe(kept);
	const from = frame.start + frame.bodyOffset;
	frame.bytes.copy(content, 0, from, from + kept);
	return {
		messageId,
		state: "complete",
		chunks: [{ start: 1, end: length, flag: "$" }],
		chunkCount: 1,
		total: length,
		contentType: frame.contentType === undefined ? undefined : ownText(frame.contentType),
		content,
		contiguous: length,
		truncated: kept < length,
	};
}

/** RFC 4975 §7.1.1: an absent Success-Report means no, an absent Failure-Report means yes; values without case. */
function reportRequests(frame: MsrpFrame): string {
	const success = frame.get("success-report");
	const failure = frame.get("failure-report");
	if (success === undefined && failure === undefined) return "Success-Report no, Failure-Report yes";
	return `Success-Report ${(success ?? "no").toLowerCase()}, Failure-Report ${(failure ?? "yes").toLowerCase()}`;
}
