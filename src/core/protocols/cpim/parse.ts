import type { DiagnosticId } from "../../model/problem.js";
import { headerValue, parseHeaderBlock, parseMediaType } from "../mime/index.js";
import { HeaderCollector, report } from "./collect.js";
import type { CpimMessage } from "./types.js";

const FIRST_WINDOW = 4096;

/**
 * Reads the message/cpim content buf[start, end) (RFC 3862) as far as it has arrived. Never throws; offsets count from `start`.
 * A line is judged when its line end is there, or when `complete` says that no more will come; so what is reported of a
 * shorter piece of a message stays true of a longer one, and From and To can be relied on once `headersComplete` is true.
 * Kept are at most 1024 headers and 200 problems; further header lines are passed over.
 *
 * @param complete the content ends at `end`
 */
export function parseCpim(buf: Buffer, start: number, end: number, complete: boolean): CpimMessage {
	const length = end - start;
	// Most heads fit the first window; a bigger one is read again in a wider window, which costs at most a third more.
	for (let window = FIRST_WINDOW; ; window *= 4) {
		const all = window >= length;
		const text = buf.toString("latin1", start, all ? end : start + window);
		const parser = new CpimParser(text, all && complete, length);
		const message = parser.parse();
		if (all || message.mimeComplete) return message;
	}
}

class CpimParser {
	readonly #text: string;
	/** the text holds all that will ever come */
	readonly #final: boolean;
	readonly #message: CpimMessage;
	readonly #collector: HeaderCollector;
	#bareLineFeed = false;
	#separator = false;

	constructor(text: string, final: boolean, length: number) {
		this.#text = text;
		this.#final = final;
		this.#message = {
			headers: [],
			from: [],
			to: [],
			cc: [],
			dateTime: undefined,
			subjects: [],
			require: [],
			imdn: { dispositionNotification: [], recordRoute: [], route: [] },
			mime: [],
			contentType: undefined,
			contentTypeParams: new Map(),
			contentDisposition: undefined,
			contentStart: length,
			contentEnd: length,
			headersComplete: false,
			mimeComplete: false,
			missingSeparator: false,
			problems: [],
		};
		this.#collector = new HeaderCollector(this.#message);
	}

	parse(): CpimMessage {
		const message = this.#message;
		const first = this.#skipLeading();
		const mimeStart = first < 0 ? -1 : this.#headerLines(first);
		if (mimeStart >= 0) this.#mime(mimeStart);
		else if (this.#final) {
			message.mimeComplete = true;
			this.#report("cpim.missing-blank-line", message.contentEnd, 0);
			this.#report("cpim.missing-content-type", message.contentEnd, 0);
		}
		message.headersComplete = this.#separator && message.from.length > 0 && message.to.length > 0;
		return message;
	}

	/** Rule P7: empty lines, and a block of MIME headers of the message/cpim itself. The first header's offset; -1: cannot tell yet. */
	#skipLeading(): number {
		let pos = this.#skipEmptyLines(0);
		if (pos < 0) return -1;
		if (this.#isContentLine(pos)) {
			const block = parseHeaderBlock(this.#text, pos, this.#text.length);
			if (!block.terminated && !this.#final && block.bodyStart >= this.#lastWholeLine()) return -1;
			if (block.terminated && parseMediaType(headerValue(block.headers, "content-type") ?? "").type === "message/cpim") {
				pos = this.#skipEmptyLines(block.bodyStart);
				if (pos < 0) return -1;
			}
		}
		if (pos > 0) this.#report("cpim.leading-octets", 0, pos);
		return pos;
	}

	#skipEmptyLines(from: number): number {
		const text = this.#text;
		let pos = from;
		for (;;) {
			if (text.charCodeAt(pos) === 0x0a) pos++;
			else if (text.charCodeAt(pos) === 0x0d && text.charCodeAt(pos + 1) === 0x0a) pos += 2;
			else break;
		}
		const undecided = pos >= text.length || (pos === text.length - 1 && text.charCodeAt(pos) === 0x0d);
		return undecided && !this.#final ? -1 : pos;
	}

	/** Reads the message headers. Where the MIME headers start; -1 when that has not arrived, or never will. */
	#headerLines(from: number): number {
		const text = this.#text;
		let pos = from;
		let mimeLines: boolean | undefined;
		while (pos < text.length) {
			const lineFeed = text.indexOf("\n", pos);
			if (lineFeed < 0 && !this.#final) return -1;
			let next = lineFeed < 0 ? text.length : lineFeed + 1;
			const lineEnd = this.#lineEnd(pos, next);
			if (lineEnd === pos || this.#isBlank(pos, lineEnd)) {
				if (lineEnd !== pos) this.#report("cpim.header-spacing", pos, lineEnd - pos);
				if (lineFeed >= 0 && text.charCodeAt(lineFeed - 1) !== 0x0d) this.#reportLineFeed(lineFeed);
				this.#separator = true;
				return next;
			}
			if (this.#isContentLine(pos) && mimeLines === undefined) {
				mimeLines = this.#holdsContentType(pos);
				if (mimeLines === undefined) return -1;
				if (mimeLines) {
					this.#message.missingSeparator = true;
					this.#report("cpim.missing-blank-line", pos, 0);
					return pos;
				}
			}
			if (lineFeed >= 0 && text.charCodeAt(lineFeed - 1) !== 0x0d) this.#reportLineFeed(lineFeed);
			let continuation: string | undefined;
			let valueEnd = lineEnd;
			for (let more = this.#continuation(next); more > next; more = this.#continuation(next)) {
				valueEnd = this.#lineEnd(next, more);
				const octets = text.slice(next, valueEnd).trim();
				this.#report("cpim.folded-header", next, valueEnd - next);
				continuation = continuation === undefined ? octets : `${continuation} ${octets}`;
				next = more;
			}
			this.#collector.line(text, pos, lineEnd, next, continuation, valueEnd);
			pos = next;
		}
		return -1;
	}

	/**
	 * Rule P6: whether the block that goes on at `pos` holds the part's Content-Type, so that the separator is missing and MIME
	 * headers start here. Without one a "content-*" line is just a header that nobody knows: python3-msrplib puts
	 * Content-Disposition there and the separator after it. Undefined when the block has not arrived so far.
	 */
	#holdsContentType(pos: number): boolean | undefined {
		const block = parseHeaderBlock(this.#text, pos, this.#final ? this.#text.length : this.#lastWholeLine());
		if (headerValue(block.headers, "content-type") !== undefined) return true;
		return block.terminated || this.#final || block.bodyStart < this.#lastWholeLine() ? false : undefined;
	}

	/** Offset after the line at `pos` when that continues the header before it, else `pos`. */
	#continuation(pos: number): number {
		const text = this.#text;
		const code = text.charCodeAt(pos);
		if (code !== 0x20 && code !== 0x09) return pos;
		const lineFeed = text.indexOf("\n", pos);
		if (lineFeed < 0 && !this.#final) return pos;
		const next = lineFeed < 0 ? text.length : lineFeed + 1;
		return this.#isBlank(pos, this.#lineEnd(pos, next)) ? pos : next;
	}

	/** The encapsulated part's headers, from `from` on (RFC 3862 §2.4). */
	#mime(from: number): void {
		const message = this.#message;
		const limit = this.#final ? this.#text.length : this.#lastWholeLine();
		if (from >= limit && !this.#final) return;
		const block = parseHeaderBlock(this.#text, from, limit);
		const over = block.terminated || this.#final || block.bodyStart < limit;
		const isMime = block.headers.some(({ key }) => key.startsWith("content-") || key === "mime-version");
		if (over && !isMime && block.headers.length > 0) {
			// What looks like headers is the text itself: the part came without any.
			block.headers.length = 0;
			block.bodyStart = from;
		}
		message.mime = block.headers;
		const type = headerValue(block.headers, "content-type");
		if (type !== undefined) {
			const media = parseMediaType(type);
			if (media.type !== "") message.contentType = media.type;
			message.contentTypeParams = media.params;
		}
		message.contentDisposition = headerValue(block.headers, "content-disposition");
		if (!over) return;
		message.mimeComplete = true;
		message.contentStart = block.bodyStart;
		if (message.missingSeparator && (block.terminated || this.#final)) this.#separator = true;
		if (message.contentType === undefined) this.#report("cpim.missing-content-type", from, 0);
		this.#checkLineEnds(from, block.bodyStart);
		this.#checkLength();
	}

	/** The part's headers are MIME, whose lines end with CRLF whatever carries them (RFC 2045 §2.1, §3). */
	#checkLineEnds(from: number, to: number): void {
		for (let at = this.#text.indexOf("\n", from); at >= 0 && at < to; at = this.#text.indexOf("\n", at + 1)) {
			if (this.#text.charCodeAt(at - 1) === 0x0d) continue;
			this.#reportLineFeed(at);
			return;
		}
	}

	/** Content-Length means nothing in here (rule P12), but a wrong one misleads. */
	#checkLength(): void {
		const message = this.#message;
		const header = message.mime.find(({ key }) => key === "content-length");
		if (header === undefined || !this.#final) return;
		const actual = message.contentEnd - message.contentStart;
		if (header.value === String(actual)) return;
		this.#report("cpim.content-length-mismatch", header.start, header.end - header.start, `says ${header.value}, is ${actual}`);
	}

	/** The line's name starts with "content-", in any case. */
	#isContentLine(pos: number): boolean {
		const code = this.#text.charCodeAt(pos);
		return (code === 0x43 || code === 0x63) && this.#text.slice(pos, pos + 8).toLowerCase() === "content-";
	}

	#isBlank(start: number, end: number): boolean {
		const code = this.#text.charCodeAt(start);
		return (code === 0x20 || code === 0x09) && this.#text.slice(start, end).trim() === "";
	}

	#lineEnd(start: number, next: number): number {
		let end = next;
		if (end > start && this.#text.charCodeAt(end - 1) === 0x0a) end--;
		if (end > start && this.#text.charCodeAt(end - 1) === 0x0d) end--;
		return end;
	}

	#lastWholeLine(): number {
		return this.#text.lastIndexOf("\n") + 1;
	}

	#reportLineFeed(at: number): void {
		if (this.#bareLineFeed) return;
		this.#bareLineFeed = true;
		this.#report("cpim.bare-lf", at, 1);
	}

	#report(id: DiagnosticId, offset: number, length: number, detail?: string): void {
		report(this.#message, id, offset, length, detail);
	}
}
