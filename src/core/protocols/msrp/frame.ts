import type { Problem } from "../../model/problem.js";
import { parseByteRange } from "./byte-range.js";
import { BYTE_RANGE, CONTENT_TYPE, FROM_PATH, HEADER_IDS, HEADER_NAMES, MESSAGE_ID, TO_PATH } from "./header-names.js";
import { ROW } from "./header-rows.js";
import { HTAB, latin1, SP } from "./octets.js";
import { splitPath } from "./path-check.js";
import type { StartLine } from "./start-line.js";
import { textEnd } from "./start-line.js";
import type { ByteRange, MsrpFrame, MsrpHeader } from "./types.js";

const EMPTY = Buffer.alloc(0);

/** The frame that the decoder hands out: offsets into its head, made into strings when asked. */
export class DecodedMsrpFrame implements MsrpFrame {
	length = 0;
	complete = false;
	flag: "$" | "+" | "#" | "" = "";
	bytes: Buffer = EMPTY;
	start = 0;
	end = 0;
	bodyOffset = -1;
	bodyLength = 0;
	bodyKept = 0;
	problems: Problem[] | null;
	readonly kind: "request" | "response";
	readonly transactionId: string;
	readonly method: string;
	readonly status: number;
	/** the head, one character per octet; may run on behind it */
	#text: string;
	readonly #headEnd: number;
	readonly #rows: readonly number[];
	readonly #ascii: boolean;
	readonly #comment: string;
	#headers: MsrpHeader[] | null = null;
	#toPath: readonly string[] | null = null;
	#fromPath: readonly string[] | null = null;
	#byteRange: ByteRange | null | undefined;
	#byteRangeKnown = false;

	constructor(
		readonly offset: number,
		startLine: StartLine,
		text: string,
		headEnd: number,
		rows: readonly number[],
		ascii: boolean,
		problems: Problem[] | null,
	) {
		this.kind = startLine.kind;
		this.transactionId = startLine.transactionId;
		this.method = startLine.method;
		this.status = startLine.status;
		this.#comment = startLine.comment;
		this.#text = text;
		this.#headEnd = headEnd;
		this.#rows = rows;
		this.#ascii = ascii;
		this.problems = problems;
	}

	get comment(): string {
		return this.#decode(this.#comment);
	}

	/** octets from the first of the start line to the blank line or end-line, without that */
	get headLength(): number {
		return this.#headEnd;
	}

	/** well-formed header lines */
	get headerCount(): number {
		return this.#rows.length / ROW;
	}

	/** id in `HEADER_NAMES` of the i-th header, -1 when unknown or absent */
	headerId(index: number): number {
		return this.#rows[index * ROW] ?? -1;
	}

	/** index of the first header with that id, or -1 */
	find(id: number): number {
		const rows = this.#rows;
		for (let r = 0; r < rows.length; r += ROW) if (rows[r] === id) return r / ROW;
		return -1;
	}

	/** value of the first header with that id */
	valueOf(id: number): string | undefined {
		const index = this.find(id);
		return index < 0 ? undefined : this.#value(index * ROW);
	}

	#value(r: number): string {
		const text = this.#text;
		let to = textEnd(text, this.#rows[r + 1]!, this.#rows[r + 3]!);
		let from = this.#rows[r + 2]! + 1;
		while (from < to && isBlank(text.charCodeAt(from))) from++;
		while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
		return this.#decode(text.slice(from, to));
	}

	#decode(octets: string): string {
		return this.#ascii ? octets : Buffer.from(octets, "latin1").toString("utf8");
	}

	get headers(): readonly MsrpHeader[] {
		if (this.#headers === null) {
			this.#headers = [];
			for (let r = 0; r < this.#rows.length; r += ROW) this.#headers.push(this.#header(r));
		}
		return this.#headers;
	}

	#header(r: number): MsrpHeader {
		const text = this.#text;
		const [id, start, colon, end] = [this.#rows[r]!, this.#rows[r + 1]!, this.#rows[r + 2]!, this.#rows[r + 3]!];
		let valueEnd = textEnd(text, start, end);
		let valueStart = colon + 1;
		while (valueStart < valueEnd && isBlank(text.charCodeAt(valueStart))) valueStart++;
		while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--;
		const name = text.slice(start, colon);
		const key = id >= 0 ? HEADER_NAMES[id]!.toLowerCase() : name.toLowerCase();
		return { name, key, value: this.#decode(text.slice(valueStart, valueEnd)), start, end, valueStart, valueEnd };
	}

	row(key: string): MsrpHeader | undefined {
		return this.headers.find((header) => header.key === key);
	}

	get(key: string): string | undefined {
		const id = HEADER_IDS.get(key);
		return id === undefined ? this.row(key)?.value : this.valueOf(id);
	}

	get toPath(): readonly string[] {
		this.#toPath ??= splitPath(this.valueOf(TO_PATH) ?? "");
		return this.#toPath;
	}

	get fromPath(): readonly string[] {
		this.#fromPath ??= splitPath(this.valueOf(FROM_PATH) ?? "");
		return this.#fromPath;
	}

	get messageId(): string | undefined {
		return this.valueOf(MESSAGE_ID);
	}

	get byteRange(): ByteRange | null | undefined {
		if (!this.#byteRangeKnown) {
			const value = this.valueOf(BYTE_RANGE);
			this.#byteRange = value === undefined ? undefined : parseByteRange(value);
			this.#byteRangeKnown = true;
		}
		return this.#byteRange;
	}

	get contentType(): string | undefined {
		return this.valueOf(CONTENT_TYPE);
	}

	/** Adds a finding; offsets count from the frame's first octet. */
	note(problem: Problem): void {
		if (this.problems === null) this.problems = [problem];
		else this.problems.push(problem);
	}

	retain(): this {
		const owned = Buffer.allocUnsafeSlow(this.end - this.start);
		this.bytes.copy(owned, 0, this.start, this.end);
		this.bytes = owned;
		this.end = owned.length;
		this.start = 0;
		// The text may be the window that the head was found in: let go of what is behind the head.
		this.#text = latin1(owned, 0, this.#headEnd);
		return this;
	}
}

function isBlank(c: number): boolean {
	return c === SP || c === HTAB;
}
