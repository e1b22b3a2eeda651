import type { Problem } from "../../model/problem.js";
import { isToken, skipSpace, trimEnd } from "../uri/chars.js";
import { splitList } from "../uri/split.js";
import { type Head, ROW_END, ROW_NAME_END, ROW_START, ROW_STRIDE, ROW_VALUE } from "./head.js";
import { compactCode, headerKey, isListHeader, sameName } from "./names.js";
import { latin1, utf8 } from "./octets.js";
import type { StartLine } from "./start-line.js";
import type { SipHeader, SipMessage } from "./types.js";

/** Where a message stands: its kept octets are bytes[start, end). */
export interface Placement {
	bytes: Buffer;
	start: number;
	end: number;
	offset: number;
	length: number;
	complete: boolean;
	bodyLength: number;
}

/** A view over octets: strings are made when asked for. */
export class DecodedSipMessage implements SipMessage {
	readonly kind: "request" | "response";
	readonly requestUri: string;
	readonly requestUriStart: number;
	readonly status: number;
	bytes: Buffer;
	/** `bytes` were copied already */
	private owned = false;
	start: number;
	end: number;
	readonly offset: number;
	length: number;
	complete: boolean;
	readonly bodyOffset: number;
	bodyLength: number;
	readonly bodyKept: number;
	problems: Problem[] | null;
	headText: string;
	readonly rows: readonly number[];
	private knownMethod: string | undefined;
	private knownHeaders: SipHeader[] | undefined;
	private readonly reasonStart: number;
	private readonly startLineEnd: number;

	/** `text` is the head as latin1; `head.end` must be known. */
	constructor(text: string, line: StartLine, head: Head, place: Placement, problems: Problem[] | null) {
		this.kind = line.kind;
		this.requestUri = line.requestUri;
		this.requestUriStart = line.uriStart;
		this.status = line.status;
		this.bytes = place.bytes;
		this.start = place.start;
		this.end = place.end;
		this.offset = place.offset;
		this.length = place.length;
		this.complete = place.complete;
		this.bodyOffset = head.end;
		this.bodyLength = place.bodyLength;
		this.bodyKept = Math.min(place.bodyLength, place.end - place.start - head.end);
		this.problems = problems;
		this.headText = text;
		this.rows = head.rows;
		this.knownMethod = line.kind === "request" ? line.method : undefined;
		this.knownHeaders = undefined;
		this.reasonStart = line.reasonStart;
		this.startLineEnd = head.startLineEnd;
	}

	get method(): string {
		if (this.knownMethod === undefined) {
			const value = this.get("cseq") ?? "";
			let i = 0;
			while (isDigit(value.charCodeAt(i))) i++;
			const start = skipSpace(value, i, value.length);
			this.knownMethod = i > 0 && start > i && isToken(value, start) ? value.slice(start) : "";
		}
		return this.knownMethod;
	}

	get reason(): string {
		return this.kind === "response" ? this.decode(this.reasonStart, this.startLineEnd) : "";
	}

	get headers(): readonly SipHeader[] {
		if (this.knownHeaders === undefined) {
			this.knownHeaders = [];
			for (let row = 0; row < this.rows.length; row += ROW_STRIDE) this.knownHeaders.push(this.header(row));
		}
		return this.knownHeaders;
	}

	get(key: string): string | undefined {
		const row = this.find(key, 0);
		return row < 0 ? undefined : this.value(row);
	}

	row(key: string): SipHeader | undefined {
		const row = this.find(key, 0);
		return row < 0 ? undefined : this.header(row);
	}

	rowValues(key: string): string | string[] | undefined {
		const first = this.find(key, 0);
		if (first < 0) return undefined;
		let values: string[] | undefined;
		for (let row = this.find(key, first + ROW_STRIDE); row >= 0; row = this.find(key, row + ROW_STRIDE)) {
			values ??= [this.value(first)];
			values.push(this.value(row));
		}
		return values ?? this.value(first);
	}

	all(key: string): string[] {
		const values: string[] = [];
		const list = isListHeader(key);
		for (let row = this.find(key, 0); row >= 0; row = this.find(key, row + ROW_STRIDE)) {
			if (!list) values.push(this.value(row));
			// The words of a Call-ID may hold quotes and brackets that mean nothing.
			else if (key === "in-reply-to")
				values.push(
					...this.value(row)
						.split(/[\s,]+/)
						.filter(Boolean),
				);
			else for (const element of splitList(this.value(row))) values.push(element);
		}
		return values;
	}

	retain(): this {
		if (this.owned) return this;
		this.owned = true;
		const { start, end } = this;
		this.bytes = Buffer.from(this.bytes.subarray(start, end));
		this.start = 0;
		this.end = end - start;
		// The text may reach far into the body: keep the head alone.
		if (this.headText.length > this.bodyOffset + 256) this.headText = latin1(this.bytes, 0, this.bodyOffset);
		return this;
	}

	/** The stream ended when `length` octets of the frame had arrived. */
	cutTo(length: number): this {
		this.length = length;
		this.bodyLength = length - this.bodyOffset;
		this.complete = false;
		return this;
	}

	/** Index into `rows` of the first row with that key at or after `from`; -1 when there is none. */
	private find(key: string, from: number): number {
		const { rows, headText } = this;
		const length = key.length;
		const compact = compactCode(key);
		for (let row = from; row < rows.length; row += ROW_STRIDE) {
			const start = rows[row]!;
			const nameLength = rows[row + ROW_NAME_END]! - start;
			if (nameLength === length) {
				if (sameName(headText, start, key)) return row;
			} else if (nameLength === 1 && compact !== 0 && (headText.charCodeAt(start) | 32) === compact) return row;
		}
		return -1;
	}

	private value(row: number): string {
		const stop = this.rows[row + ROW_END]!;
		const start = skipSpace(this.headText, this.rows[row + ROW_VALUE]!, stop);
		return this.decode(start, trimEnd(this.headText, start, stop));
	}

	private header(row: number): SipHeader {
		const { headText, rows } = this;
		const start = rows[row + ROW_START]!;
		const end = rows[row + ROW_END]!;
		const valueStart = Math.min(skipSpace(headText, rows[row + ROW_VALUE]!, end), end);
		const name = headText.slice(start, rows[row + ROW_NAME_END]!);
		const valueEnd = Math.max(valueStart, trimEnd(headText, valueStart, end));
		return { name, key: headerKey(name), value: this.decode(valueStart, valueEnd), start, end, valueStart, valueEnd };
	}

	/** Text of octets of the head: UTF-8 only where there is an octet beyond ASCII, folds as one SP (RFC 3261 §7.3.1). */
	private decode(start: number, end: number): string {
		let folded = false;
		let ascii = true;
		for (let i = start; i < end; i++) {
			const code = this.headText.charCodeAt(i);
			if (code === 10) folded = true;
			else if (code > 127) ascii = false;
		}
		const text = ascii ? this.headText.slice(start, end) : utf8(this.bytes, this.start + start, this.start + end);
		return folded ? unfold(text) : text;
	}
}

function isDigit(code: number): boolean {
	return code >= 48 && code <= 57;
}

function unfold(text: string): string {
	let result = "";
	for (const line of text.split("\n")) {
		const from = skipSpace(line, 0, line.length);
		const part = line.slice(from, trimEnd(line, from, line.length));
		result += result === "" || part === "" ? part : ` ${part}`;
	}
	return result;
}
