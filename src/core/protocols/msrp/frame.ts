import type { Problem } from "../../model/problem.js";
import { parseByteRange } from "./byte-range.js";
import { BYTE_RANGE, CONTENT_TYPE, HEADER_IDS, HEADER_NAMES, MESSAGE_ID } from "./header-names.js";
import { type HeaderRows, ROW } from "./header-rows.js";
import { HTAB, latin1, SP } from "./octets.js";
import type { Path } from "./path-check.js";
import type { StartLine } from "./start-line.js";
import { textEnd } from "./start-line.js";
import type { ByteRange, MsrpFrame, MsrpHeader } from "./types.js";

const EMPTY = Buffer.alloc(0);
const NO_URIS: readonly string[] = [];
const HIGH = /[\x80-\xff]/;

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
	/** To-Path and From-Path taken apart; null when absent */
	readonly to: Path | null;
	readonly from: Path | null;
	/** the head, one character per octet; may run on behind it */
	#text: string;
	readonly #headEnd: number;
	readonly #rows: readonly number[];
	readonly #seen: number;
	readonly #ascii: boolean;
	readonly #comment: string;
	#headers: MsrpHeader[] | null = null;
	/** kept, because tables of several layers look the same string up */
	#messageId: string | undefined;
	#byteRange: ByteRange | null | undefined;
	#byteRangeKnown = false;

	constructor(
		readonly offset: number,
		startLine: StartLine,
		text: string,
		headEnd: number,
		head: HeaderRows,
	) {
		this.kind = startLine.kind;
		this.transactionId = startLine.transactionId;
		this.method = startLine.method;
		this.status = startLine.status;
		this.#comment = startLine.comment;
		this.#text = text;
		this.#headEnd = headEnd;
		this.#rows = head.rows;
		this.#seen = head.seen;
		this.to = head.to;
		this.from = head.from;
		this.#ascii = head.ascii;
		this.problems = head.problems;
	}

	get comment(): string {
		return HIGH.test(this.#comment) ? utf8(this.#comment) : this.#comment;
	}

	/** octets from the first of the start line to the blank line or end-line, without that */
	get headLength(): number {
		return this.#headEnd;
	}

	/** well-formed header lines */
	get headerCount(): number {
		return this.#rows.length / ROW;
	}

	/** Is there a header with that id? */
	has(id: number): boolean {
		return (this.#seen & (1 << id)) !== 0;
	}

	/** index of the first header with that id, or -1 */
	find(id: number): number {
		if ((this.#seen & (1 << id)) === 0) return -1;
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
		return this.#decode(this.#text.slice(this.#valueStart(r), this.#valueEnd(r)));
	}

	#valueStart(r: number): number {
		let at = this.#rows[r + 2]! + 1;
		while (isBlank(this.#text.charCodeAt(at))) at++;
		return Math.min(at, textEnd(this.#text, this.#rows[r + 1]!, this.#rows[r + 3]!));
	}

	#valueEnd(r: number): number {
		const text = this.#text;
		const colon = this.#rows[r + 2]!;
		let at = textEnd(text, this.#rows[r + 1]!, this.#rows[r + 3]!);
		while (at > colon + 1 && isBlank(text.charCodeAt(at - 1))) at--;
		return at;
	}

	#decode(octets: string): string {
		return this.#ascii ? octets : utf8(octets);
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
		const valueStart = this.#valueStart(r);
		const valueEnd = Math.max(valueStart, this.#valueEnd(r));
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

	rowValues(key: string): string | string[] | undefined {
		const id = HEADER_IDS.get(key);
		if (id === undefined) {
			const values = this.headers.filter((header) => header.key === key).map(({ value }) => value);
			return values.length > 1 ? values : values[0];
		}
		const first = this.find(id) * ROW;
		if (first < 0) return undefined;
		const rows = this.#rows;
		let values: string[] | undefined;
		for (let r = first + ROW; r < rows.length; r += ROW) {
			if (rows[r] !== id) continue;
			values ??= [this.#value(first)];
			values.push(this.#value(r));
		}
		return values ?? this.#value(first);
	}

	get toPath(): readonly string[] {
		return this.to?.uris ?? NO_URIS;
	}

	get fromPath(): readonly string[] {
		return this.from?.uris ?? NO_URIS;
	}

	get messageId(): string | undefined {
		this.#messageId ??= this.valueOf(MESSAGE_ID);
		return this.#messageId;
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

function utf8(octets: string): string {
	return Buffer.from(octets, "latin1").toString("utf8");
}

function isBlank(c: number): boolean {
	return c === SP || c === HTAB;
}
